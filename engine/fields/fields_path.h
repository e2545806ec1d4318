// SPDX-License-Identifier: Apache-2.0
// Paths that calls were given, and the events that have them. Private to the fields_*.cpp files.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_PATH_H
#define SAKER_ENGINE_FIELDS_FIELDS_PATH_H

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/scratch.h"

namespace saker {

class Event;

// The codes of these events. Requires: the catalog has each name.
[[nodiscard]] EventSet events_named(std::initializer_list<std::string_view> names);
// The event's row; one without parameters for records that rules do not see.
[[nodiscard]] const EventDef& def_of(const Event& event) noexcept;
// The event's parameter with this name, or null.
[[nodiscard]] const ParamDef* param_named(const Event& event, std::string_view name) noexcept;
// The same for a name that is asked for with many events: found by their code. Events that are not
// in `only` count as without.
class ParamOfEvents {
 public:
  explicit ParamOfEvents(std::string_view name, const EventSet& only = EventSet().set());
  [[nodiscard]] const ParamDef* of(const Event& event) const noexcept;

 private:
  std::vector<const ParamDef*> params_;  // by code
};
[[nodiscard]] bool is_path(const ParamDef& param) noexcept;

// `path` below `base`, or alone when it is absolute, with "//", "." and ".." taken out of it as
// text. The base stays as it is but for a final '/'.
[[nodiscard]] std::string_view normalized_path(Scratch& scratch, std::string_view base,
                                               std::string_view path) noexcept;
// The path without its last component; whole when it has none.
[[nodiscard]] std::string_view directory_of(std::string_view path) noexcept;
// The text with each run of '/' as one.
[[nodiscard]] std::string_view collapsed_slashes(Scratch& scratch, std::string_view path) noexcept;

// What stands before a relative path whose directory is not known.
inline constexpr std::string_view kUnknownDirectory = "<UNKNOWN>";
// The directory that the path in this slot is relative to, if it is known.
[[nodiscard]] std::optional<std::string_view> base_of(const Event& event, uint8_t slot) noexcept;
// The path of a parameter made absolute: the kernel's when the call opened it, else computed from
// the text. Nothing when the event lacks it or it is empty.
[[nodiscard]] std::optional<std::string_view> absolute_path(const Event& event,
                                                            const ParamDef& param) noexcept;

// The path parameter of open, openat, openat2 and creat; null for other events.
[[nodiscard]] const ParamDef* opened_param(const Event& event) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_PATH_H
