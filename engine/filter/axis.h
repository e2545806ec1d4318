// SPDX-License-Identifier: Apache-2.0
// Axis: what a box may ask for: a dimension of the kernel's filter (filter_wire.h), or whether one
// of the patterns is in a text. The dimensions of patterns, and the late ones, are no axes.
#ifndef SAKER_ENGINE_FILTER_AXIS_H
#define SAKER_ENGINE_FILTER_AXIS_H

#include <cstddef>
#include <cstdint>

#include "engine/filter/box.h"
#include "probes/filter_wire.h"

namespace saker::filter {

inline constexpr size_t kAxes = EV_DIMS + EV_TEXTS * EV_PATTERNS;

// Its classes are 0, the pattern is not there, and 1.
[[nodiscard]] constexpr Axis pattern_axis(ev_automaton_text text, uint32_t bit) noexcept {
  return static_cast<Axis>(EV_DIMS + text * EV_PATTERNS + bit);
}
[[nodiscard]] constexpr bool is_pattern(Axis axis) noexcept { return axis >= EV_DIMS; }
[[nodiscard]] constexpr ev_automaton_text text_of(Axis axis) noexcept {
  return static_cast<ev_automaton_text>((axis - EV_DIMS) / EV_PATTERNS);
}
[[nodiscard]] constexpr uint32_t bit_of(Axis axis) noexcept {
  return static_cast<uint32_t>(axis - EV_DIMS) % EV_PATTERNS;
}
[[nodiscard]] constexpr ev_dimension dimension_of(Axis axis) noexcept {
  return !is_pattern(axis)                ? static_cast<ev_dimension>(axis)
         : text_of(axis) == EV_TEXT_GIVEN ? EV_DIM_GIVEN_PATTERNS
                                          : EV_DIM_PATH_PATTERNS;
}

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_AXIS_H
