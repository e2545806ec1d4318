// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/merge.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace saker {
namespace {

constexpr std::string_view kDefaultSource = "syscall";

void report(Diagnostics& diagnostics, Severity severity, const FindingCode& code,
            std::string message, std::string hint, const Place& place,
            std::vector<DiagnosticContext> contexts) {
  diagnostics.add({severity, code, std::move(message), std::move(hint), place.source, place.span,
                   std::move(contexts)});
}

void error(Diagnostics& diagnostics, const Item& item, std::string message, std::string hint = "") {
  report(diagnostics, Severity::kError, code::kValidate, std::move(message), std::move(hint),
         {item.name.source, item.name.span}, {context_of(item)});
}

template <typename Map>
std::string near_name(const Item& item, const Map& by_name) {
  std::vector<std::string_view> names;
  names.reserve(by_name.size());
  for (const auto& [name, definition] : by_name) {
    names.push_back(name);
  }
  return did_you_mean(item.name.value, names);
}

template <typename Map>
typename Map::mapped_type find(const Map& by_name, std::string_view name) {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

bool is_append(const Item& item, std::string_view key) {
  return item.append || item.change_of(key) == Change::kAppend;
}

// What is appended to a text that could not be read makes no sense without it.
template <typename Definition>
bool is_lost(const Definition& definition, const JoinedText& text) {
  return definition.broken && text.empty();
}

std::string_view source_of(const Text& source) noexcept {
  return source.value.empty() ? kDefaultSource : std::string_view(source.value);
}

Revision revision_of(const Item& item) {
  Revision revision;
  revision.place = {item.name.source, item.name.span};
  revision.overrides = item.overrides.value_or(std::vector<Override>());
  revision.sets_enabled = item.enabled.has_value() && !item.append;
  revision.kind = item.toggle                  ? Revision::Kind::kToggle
                  : item.append                ? Revision::Kind::kAppend
                  : item.overrides.has_value() ? Revision::Kind::kOverride
                                               : Revision::Kind::kDefine;
  return revision;
}

// Changes one rule by one item.
class RuleMerge {
 public:
  RuleMerge(RuleDefinition& rule, Item& item, Diagnostics& diagnostics)
      : rule_(rule), item_(item), diagnostics_(diagnostics) {}

  void define();
  void append();
  void apply_overrides();

 private:
  // False, and reported: the item is for another source.
  bool check_source();
  void define_exceptions();
  void append_exceptions();
  void append_exception(ExceptionItem& exception);
  void append_text(const char* key, JoinedText& text, std::optional<Text>& added);
  void append_tags();
  void replace_all();
  void exception_finding(Severity severity, const FindingCode& code, const Text& name,
                         std::string message) {
    DiagnosticContext exception{"exception", name.value, name.source, name.span};
    report(diagnostics_, severity, code, std::move(message), "", {name.source, name.span},
           {context_of(item_), std::move(exception)});
  }

  RuleDefinition& rule_;
  Item& item_;
  Diagnostics& diagnostics_;
};

bool RuleMerge::check_source() {
  if (!item_.source.has_value() || source_of(*item_.source) == source_of(rule_.source)) {
    return true;
  }
  error(diagnostics_, item_,
        "rule '" + rule_.name.value + "' is there already, for source '" +
            std::string(source_of(rule_.source)) + "'",
        "leave 'source' out, or give the rule another name");
  return false;
}

void RuleMerge::define_exceptions() {
  rule_.exceptions.clear();
  for (ExceptionItem& exception : *item_.exceptions) {
    const auto same = [&](const ExceptionDefinition& other) {
      return other.name.value == exception.name.value;
    };
    if (std::any_of(rule_.exceptions.begin(), rule_.exceptions.end(), same)) {
      exception_finding(Severity::kWarning, code::kExceptionNotUnique, exception.name,
                        "exception '" + exception.name.value + "' is defined twice");
    }
    if (!exception.fields.has_value()) {
      exception_finding(Severity::kError, code::kValidate, exception.name,
                        "exception '" + exception.name.value + "' has no 'fields'");
      continue;
    }
    rule_.exceptions.push_back(
        {std::move(exception.name), *std::move(exception.fields), std::move(exception.comps),
         std::move(exception.values).value_or(std::vector<ExceptionTuple>())});
  }
}

void RuleMerge::append_exception(ExceptionItem& exception) {
  const auto known = std::find_if(
      rule_.exceptions.begin(), rule_.exceptions.end(),
      [&](const ExceptionDefinition& other) { return other.name.value == exception.name.value; });
  const std::string quoted = "exception '" + exception.name.value + "'";
  if (known == rule_.exceptions.end()) {
    if (!exception.fields.has_value() || !exception.values.has_value()) {
      exception_finding(Severity::kError, code::kValidate, exception.name,
                        quoted + " is new, so it needs 'fields' and 'values'");
      return;
    }
    rule_.exceptions.push_back({std::move(exception.name), *std::move(exception.fields),
                                std::move(exception.comps), *std::move(exception.values)});
    return;
  }
  if (exception.fields.has_value() || exception.comps.has_value()) {
    exception_finding(Severity::kError, code::kValidate, exception.name,
                      quoted + " is there already; only 'values' can be appended to it");
    return;
  }
  if (!exception.values.has_value()) {
    exception_finding(Severity::kWarning, code::kAppendNoValues, exception.name,
                      "nothing is appended to " + quoted + ": it has no 'values'");
    return;
  }
  std::move(exception.values->begin(), exception.values->end(), std::back_inserter(known->values));
}

void RuleMerge::append_exceptions() {
  for (ExceptionItem& exception : *item_.exceptions) {
    append_exception(exception);
  }
}

void RuleMerge::append_text(const char* key, JoinedText& text, std::optional<Text>& added) {
  if (!added.has_value() || !is_append(item_, key)) {
    return;
  }
  if (!is_lost(rule_, text)) {
    text.push_back(std::move(*added));
  }
  added.reset();
}

void RuleMerge::append_tags() {
  if (item_.tags.has_value() && item_.change_of("tags") == Change::kAppend) {
    std::move(item_.tags->begin(), item_.tags->end(), std::back_inserter(rule_.tags));
    item_.tags.reset();
  }
}

// Everything the item still has; what was appended has been taken out of it.
void RuleMerge::replace_all() {
  const auto replace_text = [](JoinedText& text, std::optional<Text>& given) {
    if (given.has_value()) {
      text = {*std::move(given)};
    }
  };
  replace_text(rule_.condition, item_.condition);
  replace_text(rule_.output, item_.output);
  replace_text(rule_.description, item_.description);
  rule_.priority = item_.priority.value_or(rule_.priority);
  rule_.enabled = item_.enabled.value_or(rule_.enabled);
  rule_.warn_evttypes = item_.warn_evttypes.value_or(rule_.warn_evttypes);
  rule_.skip_if_unknown_filter =
      item_.skip_if_unknown_filter.value_or(rule_.skip_if_unknown_filter);
  rule_.capture = item_.capture.value_or(rule_.capture);
  rule_.capture_duration_ms = item_.capture_duration_ms.value_or(rule_.capture_duration_ms);
  rule_.action = item_.action.value_or(rule_.action);
  if (item_.enforcement.has_value()) {
    rule_.enforcement = item_.enforcement;
  }
  if (item_.tags.has_value()) {
    rule_.tags = *std::move(item_.tags);
  }
  if (item_.exceptions.has_value()) {
    define_exceptions();
  }
}

void RuleMerge::define() {
  if (!check_source()) {
    return;
  }
  const Text source = item_.source.value_or(rule_.source);
  rule_ = {};
  rule_.source = source;
  rule_.name = item_.name;
  rule_.broken = item_.broken;
  replace_all();
}

void RuleMerge::append() {
  if (!check_source()) {
    return;
  }
  if (!item_.condition.has_value() && !item_.exceptions.has_value()) {
    error(diagnostics_, item_, "nothing to append: there is no 'condition' and no 'exceptions'",
          "'append: true' looks at these two only; use 'override' for other keys");
    return;
  }
  append_text("condition", rule_.condition, item_.condition);
  if (item_.exceptions.has_value()) {
    append_exceptions();
  }
}

void RuleMerge::apply_overrides() {
  if (item_.change_of("condition").has_value() && !check_source()) {
    return;
  }
  append_text("condition", rule_.condition, item_.condition);
  append_text("output", rule_.output, item_.output);
  append_text("desc", rule_.description, item_.description);
  append_tags();
  if (item_.exceptions.has_value() && item_.change_of("exceptions") == Change::kAppend) {
    append_exceptions();
    item_.exceptions.reset();
  }
  replace_all();
}

}  // namespace

std::string_view source_of(const RuleDefinition& rule) noexcept { return source_of(rule.source); }

std::string join(const JoinedText& parts) {
  std::string joined;
  for (const Text& part : parts) {
    joined += (joined.empty() ? "" : " ") + part.value;
  }
  return joined;
}

void DefinitionStore::apply(Item item, size_t file, Diagnostics& diagnostics) {
  if (item.name.value.empty()) {
    return;  // reported by the reader
  }
  if (item.unreadable) {
    declare(item, file);
  } else if (item.kind == ItemKind::kList) {
    apply_list(std::move(item), diagnostics);
  } else if (item.kind == ItemKind::kMacro) {
    apply_macro(std::move(item), file, diagnostics);
  } else if (item.kind == ItemKind::kRule) {
    apply_rule(std::move(item), file, diagnostics);
  }
}

void DefinitionStore::declare(const Item& item, size_t file) {
  if (item.kind == ItemKind::kList && find_list(item.name.value) == nullptr) {
    add_list(item.name).broken = true;
  } else if (item.kind == ItemKind::kMacro && find_macro(item.name.value) == nullptr) {
    add_macro(item.name, file).broken = true;
  } else if (item.kind == ItemKind::kRule && !rules_by_name_.contains(item.name.value)) {
    add_rule(item.name).broken = true;
  }
}

ListDefinition& DefinitionStore::add_list(const Text& name) {
  ListDefinition& list = lists_.emplace_back();
  list.name = name;
  lists_by_name_.emplace(name.value, &list);
  return list;
}

MacroDefinition& DefinitionStore::add_macro(const Text& name, size_t file) {
  const size_t order = macros_.size();
  MacroDefinition& macro = macros_.emplace_back();
  macro.name = name;
  macro.file = file;
  macro.order = order;
  macro.sees_before = order;
  macros_by_name_.emplace(name.value, &macro);
  return macro;
}

RuleDefinition& DefinitionStore::add_rule(const Text& name) {
  RuleDefinition& rule = rules_.emplace_back();
  rule.name = name;
  rules_by_name_.emplace(name.value, &rule);
  return rule;
}

void DefinitionStore::apply_list(Item item, Diagnostics& diagnostics) {
  ListDefinition* known = find(lists_by_name_, item.name.value);
  std::vector<Text> items = std::move(item.items).value_or(std::vector<Text>());
  if (is_append(item, "items")) {
    if (known == nullptr) {
      error(diagnostics, item, "list '" + item.name.value + "' is not there to be appended to",
            near_name(item, lists_by_name_));
      return;
    }
    std::move(items.begin(), items.end(), std::back_inserter(known->items));
    return;
  }
  if (known == nullptr) {
    known = &add_list(item.name);
  }
  known->name = std::move(item.name);
  known->items = std::move(items);
  known->broken = item.broken;
}

void DefinitionStore::apply_macro(Item item, size_t file, Diagnostics& diagnostics) {
  MacroDefinition* known = find(macros_by_name_, item.name.value);
  const size_t now = macros_.size();
  if (is_append(item, "condition")) {
    if (known == nullptr) {
      error(diagnostics, item, "macro '" + item.name.value + "' is not there to be appended to",
            near_name(item, macros_by_name_));
      return;
    }
    if (item.condition.has_value() && !is_lost(*known, known->condition)) {
      known->condition.push_back(*std::move(item.condition));
    }
    known->sees_before = now;
    return;
  }
  if (known == nullptr) {
    known = &add_macro(item.name, file);
  }
  known->name = std::move(item.name);
  known->condition.clear();
  if (item.condition.has_value()) {
    known->condition.push_back(*std::move(item.condition));
  }
  known->sees_before = now;
  known->broken = item.broken;
}

void DefinitionStore::apply_rule(Item item, size_t file, Diagnostics& diagnostics) {
  RuleDefinition* known = find(rules_by_name_, item.name.value);
  const bool changes = item.append || item.toggle || item.overrides.has_value();
  if (known == nullptr && changes) {
    error(diagnostics, item, "rule '" + item.name.value + "' is not there to be changed",
          near_name(item, rules_by_name_));
    return;
  }
  if (changes && item.broken) {
    return;
  }
  if (known == nullptr) {
    known = &add_rule(item.name);
    known->source = item.source.value_or(Text());
  }
  std::vector<Revision> revisions = std::move(known->revisions);
  revisions.push_back(revision_of(item));
  RuleMerge merge(*known, item, diagnostics);
  if (item.toggle) {
    known->enabled = item.enabled.value_or(known->enabled);
  } else if (item.append) {
    merge.append();
  } else if (item.overrides.has_value()) {
    merge.apply_overrides();
  } else {
    merge.define();
  }
  known->revisions = std::move(revisions);
  known->file = file;
}

const ListDefinition* DefinitionStore::find_list(std::string_view name) const {
  return find(lists_by_name_, name);
}

const MacroDefinition* DefinitionStore::find_macro(std::string_view name) const {
  return find(macros_by_name_, name);
}

}  // namespace saker
