// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_lints.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/lang/parser.h"
#include "engine/lang/quoting.h"

namespace saker {
namespace {

using lang::Atom;
using lang::Contradiction;
using lang::FormNode;
using lang::Literal;
using lang::Presence;

// So many `=` of one field joined by `or` are better a list.
constexpr size_t kMinEqualities = 3;

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string text_of(const Literal& literal) {
  return in_quotes((literal.holds ? "" : "not ") + literal.atom->text);
}

const lang::Comparison& comparison_of(const Literal& literal) {
  return std::get<lang::Comparison>(literal.place->node);
}

std::string operand_of(const Literal& literal) { return to_text(comparison_of(literal).lhs); }

// A list without items that is written as one; a named list may be meant to be filled.
bool is_empty_list(const lang::Comparison& comparison) {
  const auto* items = std::get_if<std::vector<lang::Constant>>(&comparison.rhs.node);
  return items != nullptr && items->empty() &&
         comparison.rhs.span.end - comparison.rhs.span.begin <= 2;
}

std::string possible_values(const Literal& literal) {
  std::string list;
  for (const std::string_view value : literal.atom->closed_values) {
    list += (list.empty() ? operand_of(literal) + " is one of " : ", ") + std::string(value);
  }
  return list;
}

// Holds for each value, or for none.
bool is_always(const Literal& literal) {
  const Literal opposite{literal.atom, !literal.holds, literal.place};
  return !lang::is_satisfiable({&opposite, 1}, Presence::kRequired);
}
bool is_never(const Literal& literal) { return !lang::is_satisfiable({&literal, 1}); }

// Comparisons with the same operand in the same text.
using Groups = std::map<std::pair<uint32_t, const lang::Origin*>, std::vector<Literal>>;

Groups group(const FormNode& alternatives) {
  Groups groups;
  for (const FormNode& child : alternatives.children) {
    if (child.kind == FormNode::Kind::kLiteral) {
      const Literal& literal = child.literal;
      groups[{literal.atom->operand, literal.place->origin.get()}].push_back(literal);
    }
  }
  return groups;
}

// The values in "x = a or x = b", as written.
std::vector<std::string> equal_values(const std::vector<Literal>& literals) {
  std::vector<std::string> values;
  for (const Literal& literal : literals) {
    const auto* constant = std::get_if<lang::Constant>(&comparison_of(literal).rhs.node);
    if (literal.holds && literal.atom->is_equality() && constant != nullptr) {
      values.push_back(constant->text);
    }
  }
  return values;
}

bool are_all_of_hooks(const EventSet& events) {
  const EventCatalog& catalog = EventCatalog::builtin();
  bool all = events.any();
  for (size_t code = 0; code < catalog.size(); ++code) {
    const bool is_of_hook = (catalog.def(static_cast<EventCode>(code)).flags & kEventOfHook) != 0;
    all = all && (!events.test(code) || is_of_hook);
  }
  return all;
}

}  // namespace

RuleLints::RuleLints(const FieldCatalog& fields, const LoadOptions& options,
                     FindingReporter& reporter, Diagnostics& diagnostics)
    : fields_(fields),
      options_(options),
      reporter_(reporter),
      diagnostics_(diagnostics),
      atoms_(fields, EventCatalog::builtin()),
      forms_(atoms_) {}

void RuleLints::check(const RuleDefinition& rule, const lang::Expr& condition,
                      const lang::ConditionInfo& info, const SourceText& own_text) {
  rule_ = &rule;
  own_text_ = &own_text;
  // Without any it is switched off by evt.num.
  events_ = info.events.any() ? info.events : EventCatalog::builtin().all();
  check_exceptions(rule);
  if (act_of(rule).first == RuleAction::kAlert && are_all_of_hooks(info.events)) {
    report(code::kNeverMatches, condition,
           "this rule can never match: only rules that act are asked about its events",
           "give it 'action: deny'; in audit it only alerts");
    return;
  }
  const FormNode form = forms_.add(condition, info.comparisons);
  if (const auto found = contradictions_.find(form, events_)) {
    report_contradiction(*found, "this rule can never match");
    return;
  }
  check_parts(form);
  if (options_.matching == RuleMatching::kFirst) {
    check_shadow(rule, form);
  }
}

void RuleLints::report(const FindingCode& code, const lang::Expr& place, std::string message,
                       std::string hint) {
  reporter_.report(lang::Finding{false, code, std::move(message), std::move(hint), place.span,
                                 place.origin, false},
                   *own_text_, {"rule", "rule condition", &rule_->name});
}

void RuleLints::report_contradiction(const Contradiction& found, std::string_view what) {
  std::string message(what);
  message += found.in_alternatives ? ": no alternative fits; of the first, " : ": ";
  std::string hint;
  if (found.other.has_value()) {
    message += text_of(*found.other) + " and " + text_of(found.literal) + " exclude each other";
  } else if ((found.literal.atom->events & events_).none()) {
    message += "none of its events has what " + text_of(found.literal) + " asks for";
  } else if (is_never(found.literal)) {
    message += text_of(found.literal) + " never holds";
    hint = possible_values(found.literal);
  } else {
    message += "no value of " + in_quotes(operand_of(found.literal)) + " fits all comparisons";
  }
  report(code::kNeverMatches, *found.literal.place, std::move(message), std::move(hint));
}

void RuleLints::check_parts(const FormNode& node) {
  if (node.kind == FormNode::Kind::kLiteral) {
    check_comparison(node.literal);
  } else if (node.kind == FormNode::Kind::kOr) {
    check_alternatives(node);
  }
  for (const FormNode& child : node.children) {
    check_parts(child);
  }
}

void RuleLints::check_comparison(const Literal& literal) {
  const Atom& atom = *literal.atom;
  if (!atom.cheaper.empty()) {
    report(code::kCheaperOperator, *literal.place,
           in_quotes(atom.text) + " is a plain text comparison", "write " + atom.cheaper);
  }
  const Literal positive{literal.atom, true, literal.place};
  const bool is_empty = is_empty_list(comparison_of(literal));
  if (is_empty || (atom.is_understood && is_never(positive))) {
    report(code::kConstantComparison, *literal.place, in_quotes(atom.text) + " never holds",
           is_empty ? "the list is empty" : possible_values(positive));
  } else if (atom.is_understood && !atom.is_exists() && is_always(positive)) {
    report(code::kConstantComparison, *literal.place,
           in_quotes(atom.text) + " holds for every value",
           "to ask whether there is one write " + operand_of(literal) + " exists");
  }
}

void RuleLints::check_alternatives(const FormNode& node) {
  for (const FormNode& child : node.children) {
    const bool is_known = child.kind == FormNode::Kind::kLiteral && is_never(child.literal);
    if (node.is_negated || is_known) {
      continue;  // the latter is reported as a comparison
    }
    if (const auto found = contradictions_.find_in_part(child, events_)) {
      report_contradiction(*found, "this alternative can never hold");
    }
  }
  for (const auto& [key, literals] : group(node)) {
    check_group(literals);
  }
}

// `or` of comparisons with one operand.
void RuleLints::check_group(const std::vector<Literal>& literals) {
  std::vector<Literal> opposites = literals;
  for (Literal& literal : opposites) {
    literal.holds = !literal.holds;
  }
  if (literals.size() > 1 && std::none_of(literals.begin(), literals.end(), is_always) &&
      !lang::is_satisfiable(opposites, Presence::kRequired)) {
    const Literal& last = literals.back();
    report(code::kConstantComparison, *last.place,
           text_of(literals.front()) + " or " + text_of(last) + " holds for every value",
           "did you mean 'and'?");
  }
  const std::vector<std::string> values = equal_values(literals);
  if (values.size() >= kMinEqualities) {
    std::string list;
    for (const std::string& value : values) {
      list += (list.empty() ? "" : ", ") + lang::quote_if_needed(value);
    }
    const std::string operand = operand_of(literals.front());
    report(code::kCheaperOperator, *literals.front().place,
           std::to_string(values.size()) + " values of " + in_quotes(operand) +
               " are compared one by one",
           "write " + operand + " in (" + list + ")");
  }
}

RuleLints::Act RuleLints::act_of(const RuleDefinition& rule) const {
  const Enforcement mode = options_.enforcement.mode_of(rule);
  return rule.action == RuleAction::kAlert || mode == Enforcement::kOff
             ? Act(RuleAction::kAlert, Enforcement::kOff)
             : Act(rule.action, mode);
}

void RuleLints::check_shadow(const RuleDefinition& rule, const FormNode& condition) {
  Peers& peers = peers_[act_of(rule)];
  if (const auto shadow = peers.shadowing.find(condition)) {
    const Text& earlier = peers.names[shadow->rule];
    const std::string place = earlier.source->name() + ":" +
                              std::to_string(earlier.source->position(earlier.span.begin).line);
    diagnostics_.add(
        {Severity::kWarning,
         code::kShadowedRule,
         "this rule is never reported: rule " + in_quotes(earlier.value) +
             (shadow->is_equal ? ", which has the same condition, comes first"
                               : " comes first and holds whenever this one does"),
         "it stands in " + place + "; put this rule before it, or set rule_matching: all",
         rule.name.source,
         rule.name.span,
         {{"rule", rule.name.value, rule.name.source, rule.name.span}}});
  }
  peers.shadowing.add(condition);
  peers.names.push_back(rule.name);
}

void RuleLints::check_exceptions(const RuleDefinition& rule) {
  for (const ExceptionDefinition& exception : rule.exceptions) {
    std::string forgeable;
    bool is_safe = exception.values.empty();
    for (const Text& field : exception.fields.texts) {
      const auto parsed = lang::parse_operand(field.value);
      if (const auto* operand = std::get_if<lang::Operand>(&parsed)) {
        lang::for_each_field(*operand, [&](const lang::FieldRef& ref) {
          FieldCatalog::Use use;
          static_cast<void>(fields_.resolve(ref.name, ref.has_arg, ref.arg, use));
          is_safe = is_safe || use.def == nullptr || (use.def->flags & kFieldForgeable) == 0;
          forgeable += (forgeable.empty() ? "" : " and ") + ref.name;
        });
      }
    }
    if (is_safe || forgeable.empty()) {
      continue;
    }
    const Place& place = exception.fields.place;
    diagnostics_.add(
        {Severity::kWarning,
         code::kForgeableException,
         "anyone can pass this exception: a process chooses its own " + forgeable,
         "compare proc.exepath too; in containers also proc.is_exe_upper_layer with false",
         place.source,
         place.span,
         {{"rule", rule.name.value, rule.name.source, rule.name.span},
          {"exception", exception.name.value, exception.name.source, exception.name.span}}});
  }
}

}  // namespace saker
