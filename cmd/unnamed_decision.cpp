// SPDX-License-Identifier: Apache-2.0
#include "cmd/unnamed_decision.h"

#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/fields/catalog.h"

namespace saker {
namespace {

Rule make_rule(std::string_view topic) {
  Rule rule;
  rule.name = "Saker internal: " + std::string(topic);
  rule.source = "internal";
  rule.priority = Priority::kWarning;
  rule.output = rule.name +
                " (decision=%evt.decision hook=%evt.hook event=%evt.type file=%fd.name"
                " path=%fs.path.name source=%fs.path.source target=%fs.path.target"
                " process=%proc.name executable=%proc.exepath command=%proc.cmdline pid=%proc.pid"
                " parent=%proc.pname user=%user.name user_uid=%user.uid container=%container.id)";
  auto parsed = OutputTemplate::parse(rule.output, FieldCatalog::builtin());
  auto* output = std::get_if<OutputTemplate>(&parsed);
  SAKER_CHECK(output != nullptr);
  rule.output_template = std::move(*output);
  return rule;
}

}  // namespace

const Rule& rule_for_unnamed(ev_decision decision) {
  static const Rule kUndecided = make_rule("operation could not be decided about");
  static const Rule kDecided = make_rule("decision without a rule");
  return decision == EV_DECISION_UNDECIDED ? kUndecided : kDecided;
}

}  // namespace saker
