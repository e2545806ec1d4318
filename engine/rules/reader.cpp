// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/base/strings.h"
#include "engine/base/yaml.h"
#include "engine/rules/item_reader.h"

namespace saker {
namespace {

// Which changes `override` may ask for.
enum class Ops : uint8_t { kNone, kReplace, kAppendOrReplace };

struct Key {
  ItemKind kind;
  std::string_view name;
  Ops ops;
  RuleKeyShape shape;
  void (*read)(ItemReader& reader, std::string_view key, const YamlNode& node);
};

void read_name(ItemReader& reader, std::string_view key, const YamlNode& node) {
  if (std::optional<Text> name = reader.text(key, node)) {
    reader.item().name = *std::move(name);
  }
}

template <std::optional<Text> Item::* member>
void read_text(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.item().*member = reader.text(key, node);
}

template <std::optional<bool> Item::* member>
void read_bool(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.item().*member = reader.boolean(key, node);
}

template <std::optional<uint64_t> Item::* member>
void read_number(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.item().*member = reader.number(key, node);
}

template <std::optional<std::vector<Text>> Item::* member>
void read_texts(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.item().*member = reader.texts(key, node);
}

void read_source(ItemReader& reader, std::string_view key, const YamlNode& node) {
  const bool is_absent = node.is_null() || (node.is_scalar() && trim(node.text).empty());
  if (!is_absent) {
    reader.item().source = reader.text(key, node);
  }
}

void read_append(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.item().append = reader.boolean(key, node).value_or(false);
  if (reader.item().append) {
    reader.warning(code::kDeprecated, "'append' is the older form of 'override'", node.span,
                   "write 'override: {KEY: append}' instead");
  }
}

// Reports that the value of `key` is none of the words that it may be.
void report_unknown_word(ItemReader& reader, std::string_view key, const Text& given,
                         const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) {
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  const std::string what(key);
  const std::string_view near = closest(given.value, words);
  reader.wrong_type("unknown " + what + " '" + given.value + "'", given.span,
                    near.empty() ? "it is one of " + list : did_you_mean(given.value, words));
}

void read_priority(ItemReader& reader, std::string_view key, const YamlNode& node) {
  const std::optional<Text> text = reader.text(key, node);
  if (!text.has_value()) {
    return;
  }
  reader.item().priority = parse_priority(text->value);
  if (!reader.item().priority.has_value()) {
    std::vector<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Priority::kDebug); ++i) {
      names.push_back(to_string(static_cast<Priority>(i)));
    }
    reader.enter("rule priority", text->value, node.span);
    report_unknown_word(reader, key, *text, names);
    reader.leave();
  }
}

// A member whose values have the names of the table, by number.
template <auto member, const auto& names>
void read_word(ItemReader& reader, std::string_view key, const YamlNode& node) {
  const std::optional<Text> text = reader.text(key, node);
  if (!text.has_value()) {
    return;
  }
  const auto found = std::ranges::find(names, text->value);
  if (found == names.end()) {
    report_unknown_word(reader, key, *text, {names.begin(), names.end()});
    return;
  }
  using Value = typename std::remove_reference_t<decltype(reader.item().*member)>::value_type;
  reader.item().*member = static_cast<Value>(found - names.begin());
}

void read_engine_version(ItemReader& reader, std::string_view key, const YamlNode& node) {
  const std::optional<Text> text = reader.text(key, node);
  if (!text.has_value()) {
    return;
  }
  reader.item().name = *text;
  const bool is_number = text->value.find_first_not_of("0123456789") == std::string::npos;
  const std::optional<Version> version =
      Version::parse(is_number ? "0." + text->value + ".0" : text->value);
  if (!version.has_value()) {
    reader.error("'" + text->value + "' is not an engine version", node.span,
                 "it is a number N or MAJOR.MINOR.PATCH");
  }
  reader.item().engine_version = version;
}

std::optional<PluginRequirement> read_plugin(ItemReader& reader, const YamlNode& node) {
  const YamlNode* name = node.find("name");
  const YamlNode* version = node.find("version");
  if (!node.is_map() || name == nullptr || version == nullptr) {
    reader.wrong_type("a plugin requirement is a map with 'name' and 'version'", node.span);
    return std::nullopt;
  }
  const std::optional<Text> name_text = reader.text("name", *name);
  const std::optional<Text> version_text = reader.text("version", *version);
  if (!name_text.has_value() || !version_text.has_value()) {
    return std::nullopt;
  }
  const std::optional<Version> parsed = Version::parse(version_text->value);
  if (!parsed.has_value()) {
    reader.error("'" + version_text->value + "' is not a version", version->span,
                 "it is MAJOR.MINOR.PATCH");
    return std::nullopt;
  }
  return PluginRequirement{*name_text, *parsed};
}

void read_plugin_entry(ItemReader& reader, const YamlNode& node) {
  std::vector<const YamlNode*> candidates = {&node};
  const YamlNode* alternatives = node.find("alternatives");
  if (alternatives != nullptr && reader.is_sequence("alternatives", *alternatives)) {
    candidates.insert(candidates.end(), alternatives->items.begin(), alternatives->items.end());
  }
  std::vector<PluginRequirement> entry;
  for (const YamlNode* candidate : candidates) {
    reader.enter(candidate == &node ? "required plugin versions entry"
                                    : "required plugin versions alternative",
                 "", candidate->span);
    std::optional<PluginRequirement> plugin = read_plugin(reader, *candidate);
    reader.leave();
    if (!plugin.has_value()) {
      continue;
    }
    const auto same = [&](const PluginRequirement& other) {
      return other.name.value == plugin->name.value;
    };
    if (std::any_of(entry.begin(), entry.end(), same)) {
      reader.invalid("plugin '" + plugin->name.value + "' is named twice in one entry",
                     plugin->name.span);
    }
    entry.push_back(*std::move(plugin));
  }
  reader.item().plugin_versions.push_back(std::move(entry));
}

void read_plugin_versions(ItemReader& reader, std::string_view key, const YamlNode& node) {
  if (!reader.is_sequence(key, node)) {
    return;
  }
  for (const YamlNode* entry : node.items) {
    read_plugin_entry(reader, *entry);
  }
}

void read_override(ItemReader& reader, std::string_view key, const YamlNode& node);

// One row per key. The first row of a kind names it.
constexpr Key kKeys[] = {
    {ItemKind::kEngineVersion, "required_engine_version", Ops::kNone, RuleKeyShape::kText,
     read_engine_version},
    {ItemKind::kPluginVersions, "required_plugin_versions", Ops::kNone, RuleKeyShape::kPlugins,
     read_plugin_versions},
    {ItemKind::kList, "list", Ops::kNone, RuleKeyShape::kText, read_name},
    {ItemKind::kList, "items", Ops::kAppendOrReplace, RuleKeyShape::kTexts,
     read_texts<&Item::items>},
    {ItemKind::kList, "append", Ops::kNone, RuleKeyShape::kBool, read_append},
    {ItemKind::kList, "override", Ops::kNone, RuleKeyShape::kOverride, read_override},
    {ItemKind::kMacro, "macro", Ops::kNone, RuleKeyShape::kText, read_name},
    {ItemKind::kMacro, "condition", Ops::kAppendOrReplace, RuleKeyShape::kText,
     read_text<&Item::condition>},
    {ItemKind::kMacro, "append", Ops::kNone, RuleKeyShape::kBool, read_append},
    {ItemKind::kMacro, "override", Ops::kNone, RuleKeyShape::kOverride, read_override},
    {ItemKind::kRule, "rule", Ops::kNone, RuleKeyShape::kText, read_name},
    {ItemKind::kRule, "desc", Ops::kAppendOrReplace, RuleKeyShape::kText,
     read_text<&Item::description>},
    {ItemKind::kRule, "condition", Ops::kAppendOrReplace, RuleKeyShape::kText,
     read_text<&Item::condition>},
    {ItemKind::kRule, "output", Ops::kAppendOrReplace, RuleKeyShape::kText,
     read_text<&Item::output>},
    {ItemKind::kRule, "priority", Ops::kReplace, RuleKeyShape::kPriority, read_priority},
    {ItemKind::kRule, "source", Ops::kNone, RuleKeyShape::kText, read_source},
    {ItemKind::kRule, "enabled", Ops::kReplace, RuleKeyShape::kBool, read_bool<&Item::enabled>},
    {ItemKind::kRule, "tags", Ops::kAppendOrReplace, RuleKeyShape::kTexts, read_texts<&Item::tags>},
    {ItemKind::kRule, "exceptions", Ops::kAppendOrReplace, RuleKeyShape::kExceptions,
     read_exceptions},
    {ItemKind::kRule, "warn_evttypes", Ops::kReplace, RuleKeyShape::kBool,
     read_bool<&Item::warn_evttypes>},
    {ItemKind::kRule, "skip-if-unknown-filter", Ops::kReplace, RuleKeyShape::kBool,
     read_bool<&Item::skip_if_unknown_filter>},
    {ItemKind::kRule, "capture", Ops::kReplace, RuleKeyShape::kBool, read_bool<&Item::capture>},
    {ItemKind::kRule, "capture_duration", Ops::kReplace, RuleKeyShape::kNumber,
     read_number<&Item::capture_duration_ms>},
    {ItemKind::kRule, "action", Ops::kReplace, RuleKeyShape::kAction,
     read_word<&Item::action, kRuleActions>},
    {ItemKind::kRule, "enforcement", Ops::kReplace, RuleKeyShape::kEnforcement,
     read_word<&Item::enforcement, kEnforcements>},
    {ItemKind::kRule, "append", Ops::kNone, RuleKeyShape::kBool, read_append},
    {ItemKind::kRule, "override", Ops::kNone, RuleKeyShape::kOverride, read_override},
};

// Without any of these a rule can only be a toggle.
constexpr std::string_view kRuleBody[] = {"condition", "output", "desc", "priority"};

const Key* find_key(ItemKind kind, std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.kind == kind && key.name == name) {
      return &key;
    }
  }
  return nullptr;
}

void read_override_entry(ItemReader& reader, const YamlNode& name, const YamlNode& value) {
  const Key* key = find_key(reader.item().kind, name.text);
  if (key == nullptr || key->ops == Ops::kNone) {
    std::vector<std::string_view> names;
    for (const Key& row : kKeys) {
      if (row.kind == reader.item().kind && row.ops != Ops::kNone) {
        names.push_back(row.name);
      }
    }
    reader.wrong_type("'" + name.text + "' cannot be overridden", name.span,
                      did_you_mean(name.text, names));
    return;
  }
  const bool is_append = value.is_scalar() && value.text == "append";
  if (!is_append && !(value.is_scalar() && value.text == "replace")) {
    reader.wrong_type("an override is 'append' or 'replace'", value.span);
  } else if (is_append && key->ops == Ops::kReplace) {
    reader.error("'" + name.text + "' cannot be appended to, only replaced", value.span);
  } else {
    reader.item().overrides->push_back(
        {reader.raw(name), is_append ? Change::kAppend : Change::kReplace});
  }
}

void read_override(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.enter("overrides", "", node.span);
  reader.item().overrides.emplace();
  if (reader.is_map(key, node)) {
    for (const auto& [name, value] : node.fields) {
      read_override_entry(reader, *name, *value);
    }
  }
  reader.leave();
}

// `override` and the keys of the item must name each other.
void check_overrides(ItemReader& reader, const YamlNode& node) {
  const Item& item = reader.item();
  const YamlNode* overrides = node.find("override");
  if (overrides == nullptr || !item.overrides.has_value()) {
    return;  // not given, or no key of this kind of item
  }
  reader.enter("overrides", "", overrides->span);
  if (item.append) {
    reader.error("'append: true' and 'override' exclude each other", node.find("append")->span,
                 "write all changes in 'override'");
  }
  for (const Override& entry : *item.overrides) {
    if (node.find(entry.key.value) == nullptr) {
      reader.error("'override' names '" + entry.key.value + "', which is not given",
                   entry.key.span);
    }
  }
  for (const auto& [name, value] : node.fields) {
    const Key* key = find_key(item.kind, name->text);
    if (key != nullptr && key->ops != Ops::kNone && overrides->find(name->text) == nullptr) {
      reader.error("'" + name->text + "' is given, but 'override' does not name it", name->span,
                   key->ops == Ops::kReplace ? "add '" + name->text + ": replace'"
                                             : "add '" + name->text + ": append' or ': replace'");
    }
  }
  reader.leave();
}

void check_required(ItemReader& reader, const YamlNode& node) {
  const auto require = [&](std::string_view key) {
    if (node.find(key) == nullptr) {
      reader.error(std::string(to_string(reader.item().kind)) + " '" + reader.item().name.value +
                       "' has no '" + std::string(key) + "'",
                   reader.item().name.span);
    }
  };
  Item& item = reader.item();
  if (item.kind == ItemKind::kList) {
    require("items");
  } else if (item.kind == ItemKind::kMacro) {
    require("condition");
  } else if (item.kind == ItemKind::kRule && !item.append && !item.overrides.has_value()) {
    const auto is_given = [&](std::string_view key) { return node.find(key) != nullptr; };
    if (is_given("enabled") && std::none_of(std::begin(kRuleBody), std::end(kRuleBody), is_given)) {
      item.toggle = true;
      reader.warning(code::kDeprecated, "a rule with only 'enabled' is an older form",
                     node.find("enabled")->span, "add 'override: {enabled: replace}'");
      return;
    }
    for (const std::string_view key : kRuleBody) {
      require(key);
    }
  }
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

void check_name(ItemReader& reader) {
  const Item& item = reader.item();
  if (item.name.value.empty()) {
    return;
  }
  if (item.kind == ItemKind::kMacro && !is_identifier(item.name.value)) {
    reader.warning(code::kInvalidMacroName, "'" + item.name.value + "' cannot be used as a macro",
                   item.name.span, "names of macros are a letter, then letters, digits and '_'");
  }
  if (item.kind == ItemKind::kList &&
      item.name.value.find_first_of("()\"' \t\b\r\n=,") != std::string::npos) {
    reader.warning(code::kInvalidListName, "'" + item.name.value + "' cannot be used as a list",
                   item.name.span, "names of lists have no blanks, quotes, '(', ')', '=' or ','");
  }
}

void warn_unknown_key(ItemReader& reader, const YamlNode& key) {
  std::vector<std::string_view> names;
  std::string_view owner;
  for (const Key& row : kKeys) {
    if (row.kind == reader.item().kind) {
      names.push_back(row.name);
    } else if (row.name == key.text) {
      owner = to_string(row.kind);
    }
  }
  std::string hint = did_you_mean(key.text, names);
  if (hint.empty() && !owner.empty()) {
    hint = owner == key.text ? "start a new item with '- " + key.text + ":'"
                             : "it is a key of a " + std::string(owner);
  }
  std::string message = "unknown key '" + key.text + "' in a " +
                        std::string(to_string(reader.item().kind)) + ", ignored";
  // A schema knows the keys of all kinds of items together.
  if (owner.empty()) {
    reader.unknown_key(std::move(message), key.span, std::move(hint));
  } else {
    reader.warning(code::kUnknownKey, std::move(message), key.span, std::move(hint));
  }
}

Item read_item(const std::shared_ptr<const SourceText>& source, const YamlNode& node,
               const Key& first, Diagnostics& diagnostics) {
  Item item;
  item.kind = first.kind;
  item.name.source = source;
  item.name.span = node.find(first.name)->span;
  ItemReader reader(source, diagnostics, item);
  first.read(reader, first.name, *node.find(first.name));
  check_name(reader);
  for (const auto& [name, value] : node.fields) {
    const Key* key = find_key(first.kind, name->text);
    if (key == nullptr) {
      warn_unknown_key(reader, *name);
    } else if (key->name != first.name) {
      key->read(reader, key->name, *value);
    }
  }
  check_overrides(reader, node);
  check_required(reader, node);
  return item;
}

// The value of a line "KEY: VALUE", as far as it can be told without YAML; empty: another line.
std::string_view value_of(std::string_view line, std::string_view key) {
  const size_t begin = std::min(line.find_first_not_of(" \t-{"), line.size());
  const bool is_flow = line.substr(0, begin).ends_with('{');
  line.remove_prefix(begin);
  if (!line.starts_with(key) || !line.substr(key.size()).starts_with(':')) {
    return {};
  }
  const std::string_view value = trim(line.substr(key.size() + 1));
  if (value.starts_with('"') || value.starts_with('\'')) {
    return value.substr(1, value.find(value[0], 1) - 1);
  }
  return trim(value.substr(0, value.find_first_of(is_flow ? "#,}" : "#")));
}

class FileReader {
 public:
  FileReader(const std::shared_ptr<const SourceText>& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  std::vector<Item> read() {
    const YamlFile file = parse_yaml_items(source_->text());
    for (const YamlError& error : file.errors) {
      add(Severity::kError, code::kYamlParse, error.message, error.hint, error.span);
    }
    for (const YamlNode* document : file.documents) {
      read_document(*document);
    }
    return std::move(items_);
  }

 private:
  void add(Severity severity, const FindingCode& code, std::string message, std::string hint,
           Span span, std::string_view item_type = "rules content") {
    Diagnostic diagnostic{severity, code, std::move(message), std::move(hint), source_, span, {}};
    diagnostic.contexts.push_back({"rules content", source_->name(), source_, span});
    if (item_type != diagnostic.contexts.front().item_type) {
      diagnostic.contexts.push_back({item_type, "", source_, span});
    }
    diagnostic.breaks_schema = true;
    diagnostics_.add(std::move(diagnostic));
  }

  void read_document(const YamlNode& document) {
    if (document.is_null()) {
      return;
    }
    if (document.is_unreadable()) {
      find_names(document.span);
      return;
    }
    if (!document.is_sequence()) {
      find_names(document.span);
      add(Severity::kError, code::kYamlValidate, "a rule file is a sequence of items",
          "each item starts with '- rule:', '- macro:' or '- list:'", document.span);
      return;
    }
    for (const YamlNode* node : document.items) {
      if (!node->is_null()) {
        read_node(*node);
      }
    }
  }

  // So that whoever refers to what is defined there does not get an error for it.
  void find_names(Span part) {
    const std::string_view text = source_->text();
    for (uint32_t at = part.begin; at < part.end;) {
      const auto end = static_cast<uint32_t>(std::min<size_t>(text.find('\n', at), part.end));
      for (const ItemKind kind : {ItemKind::kList, ItemKind::kMacro, ItemKind::kRule}) {
        add_unreadable(kind, value_of(text.substr(at, end - at), to_string(kind)));
      }
      at = end + 1;
    }
  }

  void add_unreadable(ItemKind kind, std::string_view name) {
    if (name.empty()) {
      return;
    }
    const auto begin = static_cast<uint32_t>(name.data() - source_->text().data());
    Item& item = items_.emplace_back();
    item.kind = kind;
    item.name = {std::string(name), source_, {begin, begin + static_cast<uint32_t>(name.size())}};
    item.broken = true;
    item.unreadable = true;
  }

  void read_node(const YamlNode& node) {
    if (!node.is_map()) {
      add(Severity::kError, code::kYamlValidate, "an item of a rule file is a map",
          "each item starts with '- rule:', '- macro:' or '- list:'", node.span, kItem);
      return;
    }
    std::vector<std::string_view> names;
    for (const Key* key = std::begin(kKeys); key != std::end(kKeys); ++key) {
      if (key->name != to_string(key->kind)) {
        continue;
      }
      if (node.find(key->name) != nullptr) {
        items_.push_back(read_item(source_, node, *key, diagnostics_));
        return;
      }
      names.push_back(key->name);
    }
    const Span place = node.fields.empty() ? node.span : node.fields[0].first->span;
    const std::string name = node.fields.empty() ? "" : node.fields[0].first->text;
    add(Severity::kWarning, code::kUnknownItem, "unknown item '" + name + "', ignored",
        did_you_mean(name, names), place, kItem);
  }

  static constexpr std::string_view kItem = "rules content item";

  const std::shared_ptr<const SourceText>& source_;
  Diagnostics& diagnostics_;
  std::vector<Item> items_;
};

}  // namespace

std::vector<RuleKey> rule_file_keys() {
  std::vector<RuleKey> keys;
  for (const Key& row : kKeys) {
    if (std::ranges::find(keys, row.name, &RuleKey::name) == keys.end()) {
      keys.push_back(
          {row.name, row.shape, row.ops == Ops::kAppendOrReplace, row.ops != Ops::kNone});
    }
  }
  return keys;
}

std::vector<Item> read_rule_file(const std::shared_ptr<const SourceText>& source,
                                 Diagnostics& diagnostics) {
  return FileReader(source, diagnostics).read();
}

}  // namespace saker
