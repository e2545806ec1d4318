// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/describe.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "engine/lang/event_analysis.h"
#include "engine/lang/inventory.h"
#include "engine/lang/parser.h"

namespace saker {
namespace {

NameList to_list(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

template <typename Description>
const Description* find(const std::vector<Description>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Description& candidate) {
    return candidate.definition.name.value == name;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

NameList event_names(const EventSet& events) {
  const EventCatalog& catalog = EventCatalog::builtin();
  std::set<std::string> names;
  for (size_t code = 0; code < catalog.size(); ++code) {
    if (events.test(code)) {
      names.emplace(catalog.def(static_cast<EventCode>(code)).name);
    }
  }
  return to_list(names);
}

std::vector<std::string> operators_of(const ExceptionDefinition& exception) {
  if (!exception.comps.has_value()) {
    return std::vector<std::string>(exception.fields.texts.size(),
                                    exception.fields.is_sequence ? "=" : "in");
  }
  std::vector<std::string> operators;
  for (const Text& comp : exception.comps->texts) {
    operators.push_back(comp.value);
  }
  return operators;
}

const RuleDescription* RulesDescription::find_rule(std::string_view name) const {
  return find(rules, name);
}

const MacroDescription* RulesDescription::find_macro(std::string_view name) const {
  return find(macros, name);
}

const ListDescription* RulesDescription::find_list(std::string_view name) const {
  return find(lists, name);
}

NameList Describer::plugins_of(const NameList& fields) const {
  std::set<std::string> names;
  for (const PluginVersion& plugin : plugins_) {
    for (const std::string& field : fields) {
      if (std::any_of(plugin.field_prefixes.begin(), plugin.field_prefixes.end(),
                      [&](const std::string& prefix) { return field.starts_with(prefix); })) {
        names.insert(plugin.name);
      }
    }
  }
  return to_list(names);
}

ConditionDescription Describer::describe(const lang::Expr& written,
                                         std::shared_ptr<const lang::Expr> resolved) const {
  const lang::Inventory named = lang::take_inventory(
      written, [this](std::string_view name) { return store_.find_list(name) != nullptr; });
  const lang::Inventory whole =
      lang::take_inventory(*resolved, [](std::string_view) { return false; });
  ConditionDescription result;
  result.macros = to_list(named.macros);
  result.lists = to_list(named.lists);
  result.operators = to_list(whole.operators);
  result.transformers = to_list(whole.transformers);
  result.fields = to_list(whole.fields);
  result.events = lang::possible_events(*resolved, EventCatalog::builtin());
  result.resolved = std::move(resolved);
  return result;
}

void Describer::add_rule(const RuleDefinition& definition, CompiledRule compiled) {
  RuleDescription rule{definition, {}, {}, std::move(compiled.outcome), {}};
  if (compiled.written != nullptr && compiled.resolved != nullptr) {
    rule.condition = describe(*compiled.written, std::move(compiled.resolved));
    NameList fields = rule.condition.fields;
    fields.insert(fields.end(), rule.outcome.output_fields.begin(),
                  rule.outcome.output_fields.end());
    rule.plugins = plugins_of(fields);
  }
  result_.rules.push_back(std::move(rule));
}

void Describer::add_filter(std::vector<filter::FilterExplanation> explanations) {
  for (RuleDescription& rule : result_.rules) {
    if (rule.outcome.state == RuleState::kLoaded) {
      rule.filter = std::move(explanations[rule.outcome.number]);
    }
  }
}

MacroDescription Describer::describe(const MacroDefinition& macro, const Names& names) const {
  MacroDescription result{macro, {}, {}, names.is_used(macro)};
  const lang::ParseResult parsed =
      lang::parse_condition(join(macro.condition), lang::kRuleConditionDepth);
  const auto* written = std::get_if<lang::ExprPtr>(&parsed);
  const lang::Expr* resolved = names.condition_of(macro);
  if (written != nullptr && resolved != nullptr) {
    result.condition = describe(**written, lang::clone(*resolved));
    result.plugins = plugins_of(result.condition.fields);
  }
  return result;
}

ListDescription Describer::describe(const ListDefinition& list, const Names& names) const {
  ListDescription result{list, {}, {}, {}, names.is_used(list)};
  std::set<std::string> nested;
  for (const Text& item : list.items) {
    if (store_.find_list(item.value) != nullptr && item.value != list.name.value) {
      nested.insert(item.value);
    } else {
      result.own_items.push_back(item.value);
    }
  }
  result.lists = to_list(nested);
  return result;
}

RulesDescription Describer::finish(Names& names) && {
  for (const MacroDefinition& macro : store_.macros()) {
    result_.macros.push_back(describe(macro, names));
  }
  for (const ListDefinition& list : store_.lists()) {
    result_.lists.push_back(describe(list, names));
  }
  // Only now: looking a list up makes it a used one.
  for (ListDescription& list : result_.lists) {
    for (const lang::Constant& item : names.find_list(list.definition.name.value)->items) {
      list.items.push_back(item.text);
    }
  }
  return std::move(result_);
}

}  // namespace saker
