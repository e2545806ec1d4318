// SPDX-License-Identifier: Apache-2.0
// Decisions of the kernel for which none of the loaded rules holds: what a rule asks for could not
// be read there, or the rules, or the process, have changed since. Nothing is refused without an
// alert.
#ifndef SAKER_CMD_UNNAMED_DECISION_H
#define SAKER_CMD_UNNAMED_DECISION_H

#include "engine/rules/rule_set.h"
#include "probes/wire.h"

namespace saker {

// What describes them, in place of a rule. Requires: not EV_DECISION_NONE.
[[nodiscard]] const Rule& rule_for_unnamed(ev_decision decision);

}  // namespace saker

#endif  // SAKER_CMD_UNNAMED_DECISION_H
