// SPDX-License-Identifier: Apache-2.0
// The events a condition can hold for (spec of the language, 2.7): what limits a rule to some
// events and what the kernel must capture. Comparisons of evt.type, syscall.type and evt.num with
// constants are understood, any other is taken to hold or not for every event.
#ifndef SAKER_ENGINE_LANG_EVENT_ANALYSIS_H
#define SAKER_ENGINE_LANG_EVENT_ANALYSIS_H

#include "engine/event_catalog.h"
#include "engine/lang/ast.h"

namespace saker::lang {

// Needs no type check of the condition: unknown names count as no event. Macros count as unknown
// comparisons.
[[nodiscard]] EventSet possible_events(const Expr& condition, const EventCatalog& events);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_EVENT_ANALYSIS_H
