// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/box.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace saker::filter {
namespace {

constexpr std::array<size_t, 3> kSizes = {2, 3, 4};

using Point = std::array<uint32_t, 3>;

std::vector<Point> all_points() {
  std::vector<Point> points;
  for (uint32_t a = 0; a < kSizes[0]; ++a) {
    for (uint32_t b = 0; b < kSizes[1]; ++b) {
      for (uint32_t c = 0; c < kSizes[2]; ++c) {
        points.push_back({a, b, c});
      }
    }
  }
  return points;
}

bool holds(const Box& box, const Point& point) {
  return std::ranges::all_of(box.sides, [&point](const Box::Side& side) {
    return side.classes.contains(point[side.axis]);
  });
}
bool any_holds(const std::vector<Box>& boxes, const Point& point) {
  return std::ranges::any_of(boxes, [&point](const Box& box) { return holds(box, point); });
}

class RandomBoxes {
 public:
  Box box() {
    Box box;
    for (Axis axis = 0; axis < kSizes.size(); ++axis) {
      std::vector<uint32_t> classes;
      for (uint32_t number = 0; number < kSizes[axis]; ++number) {
        if (random_() % 2 == 0) {
          classes.push_back(number);
        }
      }
      ClassSet set = ClassSet::of(classes);
      set = random_() % 2 == 0 ? set : set.complement();
      if (!set.is_empty(kSizes[axis]) && !set.is_all(kSizes[axis])) {
        box.sides.push_back({axis, set});
      }
    }
    return box;
  }
  std::vector<Box> boxes() {
    std::vector<Box> boxes(random_() % 12);
    std::ranges::generate(boxes, [this] { return box(); });
    return boxes;
  }

 private:
  std::minstd_rand random_{7};
};

TEST(Box, IntersectionHoldsWhereBothDo) {
  RandomBoxes random;
  for (int i = 0; i < 2000; ++i) {
    const Box a = random.box();
    const Box b = random.box();
    Box both;
    const bool is_any = intersect(a, b, kSizes, both);
    bool found = false;
    for (const Point& point : all_points()) {
      const bool expected = holds(a, point) && holds(b, point);
      found = found || expected;
      if (is_any) {
        EXPECT_EQ(holds(both, point), expected);
      }
    }
    EXPECT_EQ(is_any, found);
  }
}

TEST(Box, HullHoldsBoth) {
  RandomBoxes random;
  for (int i = 0; i < 2000; ++i) {
    const Box a = random.box();
    const Box b = random.box();
    const Box both = hull(a, b, kSizes);
    for (const Point& point : all_points()) {
      EXPECT_TRUE(holds(both, point) || (!holds(a, point) && !holds(b, point)));
    }
  }
}

TEST(Box, CoversOnlyWhatItHolds) {
  RandomBoxes random;
  int covered = 0;
  for (int i = 0; i < 2000; ++i) {
    const Box outer = random.box();
    const Box inner = random.box();
    if (covers(outer, inner)) {
      ++covered;
      for (const Point& point : all_points()) {
        EXPECT_TRUE(holds(outer, point) || !holds(inner, point));
      }
    }
  }
  EXPECT_GT(covered, 20);
}

TEST(Box, JoiningAlikeChangesNothing) {
  RandomBoxes random;
  size_t before = 0;
  size_t after = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::vector<Box> boxes = random.boxes();
    std::vector<Box> joined = boxes;
    join_alike(joined, kSizes);
    before += boxes.size();
    after += joined.size();
    for (const Point& point : all_points()) {
      EXPECT_EQ(any_holds(joined, point), any_holds(boxes, point));
    }
  }
  EXPECT_LT(after, before * 2 / 3);
}

TEST(Box, JoiningToALimitLosesNothing) {
  RandomBoxes random;
  for (int i = 0; i < 2000; ++i) {
    const std::vector<Box> boxes = random.boxes();
    std::vector<Box> joined = boxes;
    const size_t gone = join_to(joined, 3, kSizes);
    EXPECT_LE(joined.size(), std::min<size_t>(boxes.size(), 3));
    EXPECT_EQ(gone, boxes.size() - joined.size());
    for (const Point& point : all_points()) {
      EXPECT_TRUE(any_holds(joined, point) || !any_holds(boxes, point));
    }
  }
}

}  // namespace
}  // namespace saker::filter
