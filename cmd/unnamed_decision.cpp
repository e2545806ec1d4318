// SPDX-License-Identifier: Apache-2.0
#include "cmd/unnamed_decision.h"

#include <string_view>

#include "cmd/internal_alert.h"

namespace saker {
namespace {

Rule make_rule(std::string_view topic) {
  return make_internal_rule(
      topic,
      "(decision=%evt.decision hook=%evt.hook event=%evt.type file=%fd.name"
      " path=%fs.path.name source=%fs.path.source target=%fs.path.target"
      " process=%proc.name executable=%proc.exepath command=%proc.cmdline pid=%proc.pid"
      " parent=%proc.pname user=%user.name user_uid=%user.uid container=%container.id)");
}

}  // namespace

const Rule& rule_for_unnamed(ev_decision decision) {
  static const Rule kUndecided = make_rule("operation could not be decided about");
  static const Rule kDecided = make_rule("decision without a rule");
  return decision == EV_DECISION_UNDECIDED ? kUndecided : kDecided;
}

}  // namespace saker
