// SPDX-License-Identifier: Apache-2.0
// Box: a clause of the filter: for some dimensions the classes that the value must be in. Boxes: an
// `or` of them, kept few by joining.
#ifndef SAKER_ENGINE_FILTER_BOX_H
#define SAKER_ENGINE_FILTER_BOX_H

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/filter/class_set.h"

namespace saker::filter {

// Number of a dimension; see axis.h.
using Axis = uint16_t;

// How many classes each axis has.
using AxisSizes = std::span<const size_t>;

struct Box {
  struct Side {
    Axis axis;
    ClassSet classes;
    friend auto operator<=>(const Side&, const Side&) = default;
  };
  std::vector<Side> sides;  // by axis, each at most once, none of them all

  // Null: the axis does not matter.
  [[nodiscard]] const ClassSet* side(Axis axis) const noexcept;
  friend auto operator<=>(const Box&, const Box&) = default;
};

// What both hold. False: nothing does.
[[nodiscard]] bool intersect(const Box& a, const Box& b, AxisSizes sizes, Box& both);
// The smallest box that holds both.
[[nodiscard]] Box hull(const Box& a, const Box& b, AxisSizes sizes);
// Whether all that `inner` holds is held by `outer`. May say no when it is.
[[nodiscard]] bool covers(const Box& outer, const Box& inner);

// Joins boxes that differ on one axis only, drops those that are covered by others. Loses nothing.
void join_alike(std::vector<Box>& boxes, AxisSizes sizes);
// Joins until at most `limit` are left, so that they may hold more than before; gives how many
// boxes went.
size_t join_to(std::vector<Box>& boxes, size_t limit, AxisSizes sizes);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_BOX_H
