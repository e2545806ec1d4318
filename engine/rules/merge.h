// SPDX-License-Identifier: Apache-2.0
// Merge: items of several files -> the definitions that are in effect: later items redefine,
// append to or override earlier ones. Texts stay texts; nothing is parsed here.
#ifndef SAKER_ENGINE_RULES_MERGE_H
#define SAKER_ENGINE_RULES_MERGE_H

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"

namespace saker {

// A text put together from several items; its value is the parts joined by one blank.
using JoinedText = std::vector<Text>;
[[nodiscard]] std::string join(const JoinedText& parts);

struct ListDefinition {
  Text name;
  std::vector<Text> items;
  bool broken = false;
};

struct MacroDefinition {
  Text name;
  JoinedText condition;
  size_t file = 0;   // where it was first defined
  size_t order = 0;  // of its first definition among all macros
  // Macros of a smaller order may be used in its condition. Grows with each change.
  size_t sees_before = 0;
  bool broken = false;
};

struct ExceptionDefinition {
  Text name;
  OneOrMany fields;
  std::optional<OneOrMany> comps;
  std::vector<ExceptionTuple> values;
};

// An item that defined or changed a rule.
struct Revision {
  enum class Kind : uint8_t { kDefine, kAppend, kOverride, kToggle };
  Kind kind = Kind::kDefine;
  Place place;                      // of the rule's name in the item
  std::vector<Override> overrides;  // kOverride
  bool sets_enabled = false;
};

struct RuleDefinition {
  Text name;
  JoinedText condition;
  JoinedText output;
  JoinedText description;
  Priority priority = Priority::kDebug;
  Text source;  // empty value: not given
  bool enabled = true;
  bool warn_evttypes = true;
  bool skip_if_unknown_filter = false;
  bool capture = false;
  uint64_t capture_duration_ms = 0;
  RuleAction action = RuleAction::kAlert;
  std::optional<Enforcement> enforcement;  // absent: as configured
  std::vector<Text> tags;
  std::vector<ExceptionDefinition> exceptions;
  std::vector<Revision> revisions;
  size_t file = 0;  // that changed it last
  bool broken = false;
};

// "syscall" when the rule does not say.
[[nodiscard]] std::string_view source_of(const RuleDefinition& rule) noexcept;

class DefinitionStore {
 public:
  // Applies an item of the file with this number. Reports what does not fit what is there.
  void apply(Item item, size_t file, Diagnostics& diagnostics);

  // In order of first definition.
  [[nodiscard]] const std::deque<ListDefinition>& lists() const noexcept { return lists_; }
  [[nodiscard]] const std::deque<MacroDefinition>& macros() const noexcept { return macros_; }
  [[nodiscard]] const std::deque<RuleDefinition>& rules() const noexcept { return rules_; }
  // Null: no such name.
  [[nodiscard]] const ListDefinition* find_list(std::string_view name) const;
  [[nodiscard]] const MacroDefinition* find_macro(std::string_view name) const;

 private:
  // Defines a name of which nothing else is known, unless it is there.
  void declare(const Item& item, size_t file);
  MacroDefinition& add_macro(const Text& name, size_t file);
  RuleDefinition& add_rule(const Text& name);
  ListDefinition& add_list(const Text& name);
  void apply_list(Item item, Diagnostics& diagnostics);
  void apply_macro(Item item, size_t file, Diagnostics& diagnostics);
  void apply_rule(Item item, size_t file, Diagnostics& diagnostics);

  // Deques: addresses, which the indexes and later passes hold, do not change.
  std::deque<ListDefinition> lists_;
  std::deque<MacroDefinition> macros_;
  std::deque<RuleDefinition> rules_;
  template <typename Definition>
  using ByName = std::map<std::string, Definition*, std::less<>>;
  ByName<ListDefinition> lists_by_name_;
  ByName<MacroDefinition> macros_by_name_;
  ByName<RuleDefinition> rules_by_name_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_MERGE_H
