// SPDX-License-Identifier: Apache-2.0
// Describe: what a load made of the rule files, as plain values: for `saker explain`, for lists of
// rules and for programs that read them. Made by the loader when LoadOptions::describe asks for it.
#ifndef SAKER_ENGINE_RULES_DESCRIBE_H
#define SAKER_ENGINE_RULES_DESCRIBE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/filter_explanation.h"
#include "engine/lang/ast.h"
#include "engine/rules/document.h"
#include "engine/rules/loader.h"
#include "engine/rules/merge.h"
#include "engine/rules/names.h"
#include "engine/rules/rule_compiler.h"

namespace saker {

// Sorted names, each once.
using NameList = std::vector<std::string>;

struct ConditionDescription {
  // Named in it as it is written, not those that its macros name.
  NameList macros;
  NameList lists;
  // Of the whole condition.
  NameList operators;
  NameList transformers;
  NameList fields;
  EventSet events;  // it can hold for
  // Macros and lists replaced, exceptions added; null: left out before that.
  std::shared_ptr<const lang::Expr> resolved;
};

struct RuleDescription {
  RuleDefinition definition;
  ConditionDescription condition;
  NameList plugins;  // whose fields are in its condition or output
  RuleOutcome outcome;
  filter::FilterExplanation filter;  // when loaded
};

struct MacroDescription {
  MacroDefinition definition;
  ConditionDescription condition;
  NameList plugins;  // whose fields it uses
  bool used = false;
};

struct ListDescription {
  ListDefinition definition;
  NameList lists;                      // items that are names of lists
  std::vector<std::string> own_items;  // the others
  std::vector<std::string> items;      // all, the lists replaced
  bool used = false;
};

// All in the order of first definition.
struct RulesDescription {
  std::string required_engine_version;  // empty: none
  std::vector<std::vector<PluginRequirement>> required_plugin_versions;
  std::vector<RuleDescription> rules;
  std::vector<MacroDescription> macros;
  std::vector<ListDescription> lists;

  // Null: no such name.
  [[nodiscard]] const RuleDescription* find_rule(std::string_view name) const;
  [[nodiscard]] const MacroDescription* find_macro(std::string_view name) const;
  [[nodiscard]] const ListDescription* find_list(std::string_view name) const;
};

[[nodiscard]] NameList event_names(const EventSet& events);
// One for each of its fields, the default ones included.
[[nodiscard]] std::vector<std::string> operators_of(const ExceptionDefinition& exception);

class Describer {
 public:
  // Borrows both.
  Describer(const DefinitionStore& store, const std::vector<PluginVersion>& plugins)
      : store_(store), plugins_(plugins) {}

  void add_rule(const RuleDefinition& definition, CompiledRule compiled);
  // Of the rules that are loaded, in their order.
  void add_filter(std::vector<filter::FilterExplanation> explanations);
  // Adds macros and lists. Requires: all rules are added.
  [[nodiscard]] RulesDescription finish(Names& names) &&;

 private:
  ConditionDescription describe(const lang::Expr& written,
                                std::shared_ptr<const lang::Expr> resolved) const;
  [[nodiscard]] MacroDescription describe(const MacroDefinition& macro, const Names& names) const;
  [[nodiscard]] ListDescription describe(const ListDefinition& list, const Names& names) const;
  [[nodiscard]] NameList plugins_of(const NameList& fields) const;

  const DefinitionStore& store_;
  const std::vector<PluginVersion>& plugins_;
  RulesDescription result_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_DESCRIBE_H
