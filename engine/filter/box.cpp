// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/box.h"

#include <algorithm>
#include <map>
#include <set>

namespace saker::filter {
namespace {

// Covered boxes are looked for among so many only: the search is quadratic.
constexpr size_t kMaxCovered = 512;

void drop_covered(std::vector<Box>& boxes) {
  if (boxes.size() > kMaxCovered) {
    return;
  }
  for (size_t i = 0; i < boxes.size(); ++i) {
    const Box outer = boxes[i];
    const auto end = std::remove_if(boxes.begin() + static_cast<std::ptrdiff_t>(i) + 1, boxes.end(),
                                    [&outer](const Box& box) { return covers(outer, box); });
    boxes.erase(end, boxes.end());
  }
}

// Fewer sides hold more, so they come first.
void sort_by_sides(std::vector<Box>& boxes) {
  std::ranges::sort(boxes, [](const Box& a, const Box& b) {
    return a.sides.size() != b.sides.size() ? a.sides.size() < b.sides.size() : a < b;
  });
}

void set_side(Box& box, Axis axis, ClassSet classes, AxisSizes sizes) {
  if (!classes.is_all(sizes[axis])) {
    box.sides.push_back({axis, std::move(classes)});
  }
}

// Joins those that are equal but for this axis.
void join_along(std::vector<Box>& boxes, Axis axis, AxisSizes sizes) {
  std::map<Box, ClassSet> joined;
  for (Box& box : boxes) {
    ClassSet classes = ClassSet::all();
    const auto side = std::ranges::find(box.sides, axis, &Box::Side::axis);
    if (side != box.sides.end()) {
      classes = std::move(side->classes);
      box.sides.erase(side);
    }
    const auto [entry, is_new] = joined.try_emplace(std::move(box), classes);
    if (!is_new) {
      entry->second = entry->second | classes;
    }
  }
  boxes.clear();
  for (const auto& [rest, classes] : joined) {
    Box box = rest;
    if (!classes.is_all(sizes[axis])) {
      const auto place = std::ranges::lower_bound(box.sides, axis, {}, &Box::Side::axis);
      box.sides.insert(place, {axis, classes});
    }
    boxes.push_back(std::move(box));
  }
}

std::set<Axis> axes_of(const std::vector<Box>& boxes) {
  std::set<Axis> axes;
  for (const Box& box : boxes) {
    for (const Box::Side& side : box.sides) {
      axes.insert(side.axis);
    }
  }
  return axes;
}

std::vector<Axis> shape_of(const Box& box) {
  std::vector<Axis> axes;
  for (const Box::Side& side : box.sides) {
    axes.push_back(side.axis);
  }
  return axes;
}

}  // namespace

const ClassSet* Box::side(Axis axis) const noexcept {
  const auto found = std::ranges::lower_bound(sides, axis, {}, &Side::axis);
  return found != sides.end() && found->axis == axis ? &found->classes : nullptr;
}

bool intersect(const Box& a, const Box& b, AxisSizes sizes, Box& both) {
  both.sides.clear();
  auto left = a.sides.begin();
  auto right = b.sides.begin();
  while (left != a.sides.end() || right != b.sides.end()) {
    if (right == b.sides.end() || (left != a.sides.end() && left->axis < right->axis)) {
      both.sides.push_back(*left++);
    } else if (left == a.sides.end() || right->axis < left->axis) {
      both.sides.push_back(*right++);
    } else {
      ClassSet classes = left->classes & right->classes;
      if (classes.is_empty(sizes[left->axis])) {
        return false;
      }
      both.sides.push_back({left->axis, std::move(classes)});
      ++left;
      ++right;
    }
  }
  return true;
}

Box hull(const Box& a, const Box& b, AxisSizes sizes) {
  Box result;
  for (const Box::Side& side : a.sides) {
    if (const ClassSet* other = b.side(side.axis)) {
      set_side(result, side.axis, side.classes | *other, sizes);
    }
  }
  return result;
}

bool covers(const Box& outer, const Box& inner) {
  return std::ranges::all_of(outer.sides, [&inner](const Box::Side& side) {
    const ClassSet* other = inner.side(side.axis);
    return other != nullptr && (*other & side.classes) == *other;
  });
}

void join_alike(std::vector<Box>& boxes, AxisSizes sizes) {
  size_t before = 0;
  do {
    before = boxes.size();
    for (const Axis axis : axes_of(boxes)) {
      join_along(boxes, axis, sizes);
    }
    sort_by_sides(boxes);
    drop_covered(boxes);
  } while (boxes.size() < before);
}

size_t join_to(std::vector<Box>& boxes, size_t limit, AxisSizes sizes) {
  const size_t before = boxes.size();
  // Boxes that ask of the same dimensions lose the least, and come to stand side by side.
  std::ranges::sort(boxes, [](const Box& a, const Box& b) {
    const auto left = shape_of(a);
    const auto right = shape_of(b);
    return left != right ? left < right : a < b;
  });
  const auto is_alike = [](const Box& a, const Box& b) { return shape_of(a) == shape_of(b); };
  while (boxes.size() > limit) {
    const bool any_alike = std::ranges::adjacent_find(boxes, is_alike) != boxes.end();
    size_t surplus = boxes.size() - limit;
    std::vector<Box> joined;
    for (size_t i = 0; i < boxes.size(); ++i) {
      const bool joins =
          surplus > 0 && i + 1 < boxes.size() && (!any_alike || is_alike(boxes[i], boxes[i + 1]));
      if (joins) {
        joined.push_back(hull(boxes[i], boxes[i + 1], sizes));
        ++i;
        --surplus;
      } else {
        joined.push_back(std::move(boxes[i]));
      }
    }
    boxes = std::move(joined);
  }
  join_alike(boxes, sizes);
  return before - boxes.size();
}

}  // namespace saker::filter
