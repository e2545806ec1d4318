// SPDX-License-Identifier: Apache-2.0
// Document: the items of rule files as plain structs, made by the reader (reader.h), put together
// by the merge (merge.h). Every text keeps its place, so later passes can point at it.
#ifndef SAKER_ENGINE_RULES_DOCUMENT_H
#define SAKER_ENGINE_RULES_DOCUMENT_H

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/finding_code.h"
#include "engine/base/priority.h"
#include "engine/base/source_text.h"
#include "engine/rules/action.h"

namespace saker {

// A scalar of a rule file.
struct Text {
  std::string value;
  std::shared_ptr<const SourceText> source;
  Span span;                // of the whole scalar in `source`
  bool is_verbatim = true;  // false: the value is not what stands there (${VAR} of a configuration)

  // The bytes of the file that became `part` of the value; all of them when it is not verbatim.
  [[nodiscard]] Span locate(Span part) const;
};

struct Version {
  std::array<uint32_t, 3> numbers{};

  // "MAJOR.MINOR.PATCH"; empty for anything else.
  [[nodiscard]] static std::optional<Version> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string to_string() const;
  // This version can stand in for `required`: same major number and not older.
  [[nodiscard]] bool satisfies(const Version& required) const noexcept;
  friend auto operator<=>(const Version&, const Version&) = default;
};

struct PluginRequirement {
  Text name;
  Version version;
};

// What one key of an `override` asks for.
enum class Change : uint8_t { kAppend, kReplace };

struct Override {
  Text key;
  Change change = Change::kAppend;
};

struct Place {
  std::shared_ptr<const SourceText> source;
  Span span;
};

// `fields`, `comps` of an exception: one text or a sequence.
struct OneOrMany {
  std::vector<Text> texts;
  bool is_sequence = false;
  Place place;
};

// One value of a tuple: a scalar or a sequence of scalars.
using ExceptionValue = OneOrMany;

struct ExceptionTuple {
  std::vector<ExceptionValue> values;
  bool is_sequence = false;  // false: one scalar (scalar form)
  Place place;
};

struct ExceptionItem {
  Text name;
  std::optional<OneOrMany> fields;
  std::optional<OneOrMany> comps;
  std::optional<std::vector<ExceptionTuple>> values;
};

enum class ItemKind : uint8_t { kEngineVersion, kPluginVersions, kList, kMacro, kRule };

// One item of a file. What is absent in the file is absent here.
struct Item {
  ItemKind kind = ItemKind::kRule;
  Text name;  // of the list, macro or rule; the value of required_engine_version
  // It has an error, already reported: whoever refers to it must not report another.
  bool broken = false;
  bool unreadable = false;  // not YAML: nothing but kind and name is known; broken
  bool append = false;      // the older form of `override`
  bool toggle = false;      // only `enabled`: switches a rule that is defined elsewhere
  std::optional<std::vector<Override>> overrides;

  std::optional<Version> engine_version;
  // Each entry: alternatives, of which the first that is present must do.
  std::vector<std::vector<PluginRequirement>> plugin_versions;
  std::optional<std::vector<Text>> items;
  std::optional<Text> condition;
  std::optional<Text> output;
  std::optional<Text> description;
  std::optional<Priority> priority;
  std::optional<Text> source;
  std::optional<bool> enabled;
  std::optional<bool> warn_evttypes;
  std::optional<bool> skip_if_unknown_filter;
  std::optional<bool> capture;
  std::optional<uint64_t> capture_duration_ms;
  std::optional<RuleAction> action;
  std::optional<Enforcement> enforcement;
  std::optional<std::vector<Text>> tags;
  std::optional<std::vector<ExceptionItem>> exceptions;

  // What `override` says about a key; empty: nothing.
  [[nodiscard]] std::optional<Change> change_of(std::string_view key) const noexcept;
};

// "rule", "macro", ...: the key that makes an item one of this kind.
[[nodiscard]] std::string_view to_string(ItemKind kind) noexcept;

// The context "in rule X" of findings about an item.
[[nodiscard]] DiagnosticContext context_of(const Item& item);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_DOCUMENT_H
