// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/class_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace saker::filter {
namespace {

using Classes = std::vector<uint32_t>;

Classes unite(const Classes& a, const Classes& b) {
  Classes result;
  std::ranges::set_union(a, b, std::back_inserter(result));
  return result;
}
Classes intersect(const Classes& a, const Classes& b) {
  Classes result;
  std::ranges::set_intersection(a, b, std::back_inserter(result));
  return result;
}
Classes subtract(const Classes& a, const Classes& b) {
  Classes result;
  std::ranges::set_difference(a, b, std::back_inserter(result));
  return result;
}

}  // namespace

ClassSet ClassSet::of(std::vector<uint32_t> classes) {
  std::ranges::sort(classes);
  const auto repeated = std::ranges::unique(classes);
  classes.erase(repeated.begin(), repeated.end());
  return {std::move(classes), false};
}

bool ClassSet::contains(uint32_t number) const noexcept {
  return std::ranges::binary_search(classes_, number) != is_inverted_;
}

bool ClassSet::is_empty(size_t size) const noexcept {
  return is_inverted_ ? classes_.size() == size : classes_.empty();
}

bool ClassSet::is_all(size_t size) const noexcept {
  return is_inverted_ ? classes_.empty() : classes_.size() == size;
}

ClassSet operator&(const ClassSet& a, const ClassSet& b) {
  if (a.is_inverted_ && b.is_inverted_) {
    return {unite(a.classes_, b.classes_), true};
  }
  if (a.is_inverted_) {
    return {subtract(b.classes_, a.classes_), false};
  }
  return {b.is_inverted_ ? subtract(a.classes_, b.classes_) : intersect(a.classes_, b.classes_),
          false};
}

ClassSet operator|(const ClassSet& a, const ClassSet& b) {
  return (a.complement() & b.complement()).complement();
}

}  // namespace saker::filter
