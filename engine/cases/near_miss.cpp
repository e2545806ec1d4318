// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/near_miss.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include "engine/event.h"
#include "engine/fields/catalog.h"
#include "engine/format.h"
#include "engine/lang/ast.h"

namespace saker {
namespace {

constexpr size_t kMaxTextBytes = 200;  // of a comparison, and of a value

std::string shortened(std::string text) {
  if (text.size() > kMaxTextBytes) {
    text.resize(kMaxTextBytes);
    text += "...";
  }
  return text;
}

// Children of a node, last one first; none for a comparison.
std::vector<const lang::Expr*> children_of(const lang::Expr& expr) {
  std::vector<const lang::Expr*> children;
  const auto add = [&](const std::vector<lang::ExprPtr>& nodes) {
    std::for_each(nodes.rbegin(), nodes.rend(),
                  [&](const lang::ExprPtr& node) { children.push_back(node.get()); });
  };
  if (const auto* all = std::get_if<lang::And>(&expr.node)) {
    add(all->children);
  } else if (const auto* any = std::get_if<lang::Or>(&expr.node)) {
    add(any->children);
  } else if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
    children.push_back(negation->child.get());
  }
  return children;
}

// What the field on the left of a comparison holds; empty: it is no field of an output.
std::string value_text(const lang::Expr& comparison, const Event& event) {
  const lang::Operand& lhs = std::get<lang::Comparison>(comparison.node).lhs;
  const auto parsed = OutputTemplate::parse('%' + to_text(lhs), FieldCatalog::builtin());
  const auto* output = std::get_if<OutputTemplate>(&parsed);
  if (output == nullptr) {
    return {};
  }
  std::string text;
  output->render(text, event, BufferFormat::kDots);
  return to_text(lhs) + " is " + shortened(std::move(text));
}

}  // namespace

std::vector<const lang::Expr*> comparisons_of(const lang::Expr& condition) {
  std::vector<const lang::Expr*> comparisons;
  std::vector<const lang::Expr*> open = {&condition};
  while (!open.empty()) {
    const lang::Expr* const expr = open.back();
    open.pop_back();
    if (std::holds_alternative<lang::Comparison>(expr->node)) {
      comparisons.push_back(expr);
    }
    std::ranges::copy(children_of(*expr), std::back_inserter(open));
  }
  return comparisons;
}

std::string unasked_text(const Rule& rule) {
  std::string kinds;
  for (const std::string& name : event_names(rule.events)) {
    kinds += (kinds.empty() ? "" : ", ") + name;
  }
  return "no event is of a kind that the rule is about: " + shortened(std::move(kinds));
}

NearMiss::NearMiss(const RuleSet& rules, const RulesDescription& description, uint32_t rule)
    : rules_(rules), rule_(rule), evaluator_(rules.program()) {
  const RuleDescription* described = description.find_rule(rules.rules()[rule].name);
  if (described != nullptr && described->condition.resolved != nullptr) {
    comparisons_ = comparisons_of(*described->condition.resolved);
  }
}

void NearMiss::add(const Event& event, const std::function<std::string()>& place) {
  if (!rules_.rules()[rule_].events.test(event.code())) {
    return;
  }
  const lang::Program& program = rules_.program();
  const uint32_t entry = program.entry(rule_);
  evaluator_.start();
  uint32_t next = entry;
  uint32_t last = entry;
  bool holds = false;
  while (next < lang::kAccept) {
    const lang::Instruction& instruction = program.instructions()[next];
    last = next;
    holds = evaluator_.test(instruction.predicate, event);
    next = holds ? instruction.if_true : instruction.if_false;
  }
  const uint32_t progress = next == lang::kAccept ? UINT32_MAX : entry - last + 1;
  if (progress <= progress_) {
    return;
  }
  progress_ = progress;
  best_ = "nearest is " + place() + ": " +
          (next == lang::kAccept ? "the rule holds, but another one that holds comes before it"
                                 : comparison_text(entry - last, event, holds));
}

std::string NearMiss::comparison_text(uint32_t number, const Event& event, bool holds) const {
  if (number >= comparisons_.size()) {
    return "its condition does not hold";
  }
  const lang::Expr& comparison = *comparisons_[number];
  const std::string value = value_text(comparison, event);
  return shortened(to_text(comparison)) + (holds ? " holds" : " does not hold") +
         (value.empty() ? "" : "; " + value);
}

std::string NearMiss::text() const {
  return progress_ != 0 ? best_ : unasked_text(rules_.rules()[rule_]);
}

}  // namespace saker
