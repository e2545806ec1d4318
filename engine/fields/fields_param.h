// SPDX-License-Identifier: Apache-2.0
// Parameters of events as texts. Private to the fields_*.cpp files.
//
// A parameter has a raw text (the number or string that the call was given) and, by its type, a
// resolved one: a descriptor's name, an absolute path, names of flags, of errors, of users.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_PARAM_H
#define SAKER_ENGINE_FIELDS_FIELDS_PARAM_H

#include <string_view>

#include "engine/event_catalog.h"

namespace saker {

class Event;

struct ParamText {
  std::string_view raw;       // "<NA>" or "NULL" when the event lacks it
  std::string_view resolved;  // empty: there is none
};
[[nodiscard]] ParamText param_text(const Event& event, const ParamDef& param) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_PARAM_H
