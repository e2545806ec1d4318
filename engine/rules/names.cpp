// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/names.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/lang/parser.h"
#include "engine/rules/document.h"

namespace saker {
namespace {

// Macros in macros, lists in lists; bounds the stack.
constexpr size_t kMaxNesting = 200;

ConditionOwner owner_of(const MacroDefinition& macro) {
  return {"macro", "macro condition", &macro.name};
}

}  // namespace

void Names::resolve_macros() {
  for (const MacroDefinition& definition : store_.macros()) {
    resolve_macro(definition, macros_[&definition]);
  }
}

lang::Resolution Names::resolve(const lang::Expr& condition, size_t file,
                                std::vector<lang::Finding>& findings) {
  const Scope scope{std::numeric_limits<size_t>::max(), file, nullptr};
  return lang::resolve(condition, definitions(scope), findings);
}

lang::Definitions Names::definitions(const Scope& scope) {
  lang::Definitions result;
  result.macro = [this, scope](std::string_view name) { return find_macro(name, scope); };
  result.list = [this](std::string_view name) { return find_list(name); };
  result.macro_hint = [this, scope](std::string_view name) { return macro_hint(name, scope); };
  result.budget = scope.self == nullptr ? &rule_budget_ : &kept_budget_;
  return result;
}

const lang::MacroDef* Names::find_macro(std::string_view name, const Scope& scope) {
  const MacroDefinition* definition = store_.find_macro(name);
  if (definition == nullptr || definition->order >= scope.before_order ||
      definition->file > scope.up_to_file) {
    return nullptr;
  }
  Macro& macro = macros_[definition];
  macro.used = true;
  if (macro.progress == Progress::kActive || active_.size() >= kMaxNesting) {
    macro.unusable.problem = "macro '" + std::string(name) + "' contains itself";
    std::string path;
    for (auto at = std::find(active_.begin(), active_.end(), name); at != active_.end(); ++at) {
      path += std::string(*at) + " -> ";
    }
    macro.unusable.hint = path + std::string(name);
    if (macro.progress != Progress::kActive) {
      macro.unusable.problem = "macros are nested deeper than " + std::to_string(kMaxNesting);
      macro.unusable.hint = "";
    }
    return &macro.unusable;
  }
  resolve_macro(*definition, macro);
  return &macro.def;
}

std::string Names::macro_hint(std::string_view name, const Scope& scope) const {
  const MacroDefinition* definition = store_.find_macro(name);
  if (definition == nullptr) {
    std::vector<std::string_view> names;
    for (const MacroDefinition& macro : store_.macros()) {
      names.push_back(macro.name.value);
    }
    return did_you_mean(name, names);
  }
  if (definition == scope.self) {
    return "a macro cannot contain itself";
  }
  const Text& place = definition->name;
  const std::string line = std::to_string(place.source->position(place.span.begin).line);
  return definition->file > scope.up_to_file
             ? "it is defined in a file that is loaded later: " + place.source->name() + ":" + line
             : "it is defined in line " + line + "; a macro may use those above it only";
}

void Names::resolve_macro(const MacroDefinition& definition, Macro& macro) {
  if (macro.progress == Progress::kDone) {
    return;
  }
  macro.progress = Progress::kActive;
  active_.push_back(definition.name.value);
  macro.def.name = definition.name.value;
  if (!definition.condition.empty()) {
    macro.def.source = texts_.add(ComposedText(definition.condition));
    const lang::ParseResult parsed =
        lang::parse_condition(macro.def.source->text(), lang::kRuleConditionDepth);
    if (const auto* error = std::get_if<lang::ParseError>(&parsed)) {
      reporter_.report(*error, *macro.def.source, owner_of(definition));
    } else {
      std::vector<lang::Finding> findings;
      const Scope scope{definition.sees_before, definition.file, &definition};
      lang::Resolution resolution =
          lang::resolve(**std::get_if<lang::ExprPtr>(&parsed), definitions(scope), findings);
      macro.condition = std::move(resolution.tree);
      macro.def.complete = resolution.complete;
      for (const lang::Finding& finding : findings) {
        reporter_.report(finding, *macro.def.source, owner_of(definition));
      }
    }
  }
  macro.def.condition = macro.condition.get();
  macro.def.complete = macro.def.complete && macro.condition != nullptr && !definition.broken;
  active_.pop_back();
  macro.progress = Progress::kDone;
}

const lang::ListDef* Names::find_list(std::string_view name) {
  const ListDefinition* definition = store_.find_list(name);
  if (definition == nullptr) {
    return nullptr;
  }
  List& list = lists_[definition];
  // A list that is named in its own items stands there for its name (list `docker` with an item
  // `docker`).
  if (list.progress == Progress::kActive || active_lists_ >= kMaxNesting) {
    return nullptr;
  }
  resolve_list(*definition, list);
  return &list.def;
}

void Names::resolve_list(const ListDefinition& definition, List& list) {
  if (list.progress == Progress::kDone) {
    return;
  }
  list.progress = Progress::kActive;
  ++active_lists_;
  list.def.name = definition.name.value;
  lists_are_complete_ = lists_are_complete_ && !definition.broken;
  list.def.items.reserve(definition.items.size());
  for (const Text& item : definition.items) {
    add_item(item, definition, list.def);
  }
  --active_lists_;
  list.progress = Progress::kDone;
}

void Names::add_item(const Text& item, const ListDefinition& definition, lang::ListDef& def) {
  const auto error = [&](std::string message, std::string hint, Span span) {
    lists_are_complete_ = false;
    diagnostics_.add(
        {Severity::kError,
         code::kCompileCondition,
         std::move(message),
         std::move(hint),
         item.source,
         item.locate(span),
         {{"list", definition.name.value, definition.name.source, definition.name.span},
          {"list item", item.value, item.source, item.span}}});
  };
  if (const lang::ListDef* nested = find_list(item.value)) {
    if (nested->items.size() > kept_budget_.list_items) {
      error("the lists grow too large when list '" + nested->name + "' is replaced", "",
            {0, static_cast<uint32_t>(item.value.size())});
      return;
    }
    kept_budget_.list_items -= nested->items.size();
    def.items.insert(def.items.end(), nested->items.begin(), nested->items.end());
    return;
  }
  auto parsed = lang::parse_list_item(item.value);
  if (const auto* failure = std::get_if<lang::ParseError>(&parsed)) {
    error("bad list item: " + failure->message, failure->hint, failure->span);
    return;
  }
  for (lang::Constant& constant : *std::get_if<std::vector<lang::Constant>>(&parsed)) {
    def.items.push_back(std::move(constant));
  }
}

void Names::report_unused(const FindingCode& code, std::string_view type, const Text& name) const {
  diagnostics_.add({Severity::kWarning,
                    code,
                    std::string(type) + " '" + name.value + "' is not used",
                    "",
                    name.source,
                    name.span,
                    {{type, name.value, name.source, name.span}}});
}

bool Names::is_used(const MacroDefinition& macro) const {
  const auto found = macros_.find(&macro);
  return found != macros_.end() && found->second.used;
}

bool Names::is_used(const ListDefinition& list) const { return lists_.find(&list) != lists_.end(); }

const lang::Expr* Names::condition_of(const MacroDefinition& macro) const {
  const auto found = macros_.find(&macro);
  return found == macros_.end() ? nullptr : found->second.def.condition;
}

void Names::report_unused() const {
  for (const ListDefinition& list : store_.lists()) {
    if (!is_used(list)) {
      report_unused(code::kUnusedList, "list", list.name);
    }
  }
  for (const MacroDefinition& macro : store_.macros()) {
    if (!is_used(macro)) {
      report_unused(code::kUnusedMacro, "macro", macro.name);
    }
  }
}

}  // namespace saker
