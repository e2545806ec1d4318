// SPDX-License-Identifier: Apache-2.0
// Names: the macros and lists of a load, parsed and resolved when they are first used.
//
// A macro may use the macros above it, a rule those of its own and of earlier files; lists may be
// used from anywhere.
#ifndef SAKER_ENGINE_RULES_NAMES_H
#define SAKER_ENGINE_RULES_NAMES_H

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/lang/ast.h"
#include "engine/lang/resolver.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/merge.h"

namespace saker {

class Names {
 public:
  // Borrows all four.
  Names(const DefinitionStore& store, ConditionTexts& texts, FindingReporter& reporter,
        Diagnostics& diagnostics)
      : store_(store), texts_(texts), reporter_(reporter), diagnostics_(diagnostics) {}

  // Resolves all macros, also those that no rule uses, so that all mistakes are found.
  void resolve_macros();
  // The condition of a rule of this file with its names replaced.
  [[nodiscard]] lang::Resolution resolve(const lang::Expr& condition, size_t file,
                                         std::vector<lang::Finding>& findings);
  void report_unused() const;
  // False: a list in use is wrong, so that conditions may lack some of their constants.
  [[nodiscard]] bool lists_are_complete() const noexcept { return lists_are_complete_; }

  // The items with nested lists replaced; null: no such list, or one inside itself. Uses the list.
  [[nodiscard]] const lang::ListDef* find_list(std::string_view name);
  [[nodiscard]] bool is_used(const MacroDefinition& macro) const;
  [[nodiscard]] bool is_used(const ListDefinition& list) const;
  // With its names replaced; null: something is wrong with it.
  [[nodiscard]] const lang::Expr* condition_of(const MacroDefinition& macro) const;

 private:
  enum class Progress : uint8_t { kNew, kActive, kDone };
  struct Macro {
    Progress progress = Progress::kNew;
    bool used = false;
    lang::ExprPtr condition;
    lang::MacroDef def;
    lang::MacroDef unusable;  // what it is to those it would contain itself by
  };
  struct List {
    Progress progress = Progress::kNew;
    lang::ListDef def;
  };
  // Which macros a condition may use.
  struct Scope {
    size_t before_order;
    size_t up_to_file;
    const MacroDefinition* self;  // null: a rule
  };

  [[nodiscard]] lang::Definitions definitions(const Scope& scope);
  [[nodiscard]] const lang::MacroDef* find_macro(std::string_view name, const Scope& scope);
  [[nodiscard]] std::string macro_hint(std::string_view name, const Scope& scope) const;
  void resolve_macro(const MacroDefinition& definition, Macro& macro);
  void resolve_list(const ListDefinition& definition, List& list);
  void add_item(const Text& item, const ListDefinition& definition, lang::ListDef& def);
  void report_unused(const FindingCode& code, std::string_view type, const Text& name) const;

  const DefinitionStore& store_;
  ConditionTexts& texts_;
  FindingReporter& reporter_;
  Diagnostics& diagnostics_;
  // Resolved macros and lists are kept during a load, conditions of rules are not.
  lang::ExpansionBudget kept_budget_{500'000, 2'000'000};
  lang::ExpansionBudget rule_budget_{10'000'000, 20'000'000};
  std::unordered_map<const MacroDefinition*, Macro> macros_;
  std::unordered_map<const ListDefinition*, List> lists_;
  std::vector<std::string_view> active_;  // names of the macros that are being resolved
  size_t active_lists_ = 0;
  bool lists_are_complete_ = true;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_NAMES_H
