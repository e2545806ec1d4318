// SPDX-License-Identifier: Apache-2.0
// EnforcementHook: one row per enum ev_hook (probes/filter_wire.h): which operation the kernel asks
// about there, by which events rules speak of it, and what is known of it.
#ifndef SAKER_ENGINE_FILTER_ENFORCEMENT_HOOKS_H
#define SAKER_ENGINE_FILTER_ENFORCEMENT_HOOKS_H

#include <optional>
#include <span>
#include <string_view>

#include "engine/event_catalog.h"
#include "probes/filter_wire.h"

namespace saker::filter {

// A field and the value that it has at the hook.
struct HookField {
  std::string_view name;
  ev_dimension dimension;
};

// A hook that sees a part of what its events do: a condition has to ask for that part.
struct HookLimit {
  std::string_view field;
  std::span<const std::string_view> values;  // the field is one of them; of flags, it has them
  bool is_flag = false;
  std::string_view seen;    // "executable mappings"
  std::string_view demand;  // what a condition can ask for
};

// Of regular files a hook cannot tell what its events do from what others do.
enum class RegularFiles : uint8_t { kTold, kNotTold };

struct EnforcementHook {
  ev_hook hook;
  std::string_view name;  // as the kernel names it
  // The hook cannot tell these apart: a condition is about all of them or about none. The first is
  // the one that the hook is named for. None: no rule is about it.
  std::span<const std::string_view> events;
  std::span<const std::string_view> also;  // further ways to the same: decided alike
  // Besides what is known of every process: its user, names, executable and place.
  std::span<const HookField> fields;
  const HookLimit* limit;  // null: the hook sees all that its events do
  std::string_view doc;
  RegularFiles regular_files = RegularFiles::kTold;

  [[nodiscard]] std::optional<ev_dimension> dimension_of(std::string_view field) const noexcept;
  // Whether some of the events come to the hook.
  [[nodiscard]] bool sees_any(const EventSet& some, const EventCatalog& catalog) const;
};

// By their number.
[[nodiscard]] std::span<const EnforcementHook> enforcement_hooks() noexcept;

// Fields that each hook can be asked for.
[[nodiscard]] std::span<const std::string_view> fields_of_all_hooks() noexcept;

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_ENFORCEMENT_HOOKS_H
