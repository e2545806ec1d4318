// SPDX-License-Identifier: Apache-2.0
#include "cmd/rules_schema.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/priority.h"
#include "engine/rules/action.h"
#include "engine/rules/reader.h"
#include "outputs/json.h"

namespace saker {
namespace {

void write_member(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  json.text(value);
}

void begin(JsonWriter& json, std::string_view key) {
  json.key(key);
  json.begin_object();
}

// Every scalar is a text.
void write_text(JsonWriter& json) {
  json.key("type");
  json.texts(std::vector<std::string_view>{"string", "number", "boolean"});
}

void write_texts(JsonWriter& json) {
  write_member(json, "type", "array");
  begin(json, "items");
  write_text(json);
  json.end_object();
}

template <typename Words>
void write_words(JsonWriter& json, const Words& words) {
  json.key("enum");
  json.texts(words);
}

// In the usual spellings; a rule file may have any.
void write_priority(JsonWriter& json) {
  std::vector<std::string> words = {"INFO", "Info", "info"};
  for (int i = 0; i <= static_cast<int>(Priority::kDebug); ++i) {
    const std::string name(to_string(static_cast<Priority>(i)));
    std::string upper = name;
    std::string lower = name;
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    words.insert(words.end(), {name, upper, lower});
  }
  write_words(json, words);
}

// An array of maps, each with these texts; `others` writes the other members of `properties`.
template <typename WriteOthers>
void write_maps(JsonWriter& json, std::initializer_list<std::string_view> texts,
                WriteOthers others) {
  write_member(json, "type", "array");
  begin(json, "items");
  write_member(json, "type", "object");
  json.key("required");
  json.texts(texts);
  begin(json, "properties");
  for (const std::string_view text : texts) {
    begin(json, text);
    write_text(json);
    json.end_object();
  }
  others();
  json.end_object();
  json.end_object();
}

void write_plugins(JsonWriter& json) {
  write_maps(json, {"name", "version"}, [&] {
    begin(json, "alternatives");
    write_maps(json, {"name", "version"}, [] {});
    json.end_object();
  });
}

void write_exceptions(JsonWriter& json) {
  write_maps(json, {"name"}, [&] {
    for (const char* key : {"fields", "comps"}) {
      begin(json, key);
      json.end_object();  // one text or several
    }
    begin(json, "values");
    write_member(json, "type", "array");
    json.end_object();
  });
}

void write_override(JsonWriter& json) {
  write_member(json, "type", "object");
  json.key("additionalProperties");
  json.boolean(false);
  begin(json, "properties");
  for (const RuleKey& key : rule_file_keys()) {
    if (key.can_replace) {
      begin(json, key.name);
      write_words(json, key.can_append ? std::vector<std::string_view>{"append", "replace"}
                                       : std::vector<std::string_view>{"replace"});
      json.end_object();
    }
  }
  json.end_object();
}

void write_type(JsonWriter& json, std::string_view type) { write_member(json, "type", type); }

// By RuleKeyShape.
constexpr void (*kWriters[])(JsonWriter& json) = {
    write_text,
    [](JsonWriter& json) { write_type(json, "boolean"); },
    [](JsonWriter& json) { write_type(json, "integer"); },
    write_texts,
    write_priority,
    [](JsonWriter& json) { write_words(json, kRuleActions); },
    [](JsonWriter& json) { write_words(json, kEnforcements); },
    write_plugins,
    write_exceptions,
    write_override,
};
static_assert(std::size(kWriters) == static_cast<size_t>(RuleKeyShape::kOverride) + 1);

}  // namespace

std::string rules_schema() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_member(json, "$schema", "http://json-schema.org/draft-04/schema#");
  write_member(json, "id", "saker-rules");
  write_member(json, "title", "Rules of Saker");
  json.key("type");
  json.texts(std::vector<std::string_view>{"array", "null"});
  begin(json, "items");
  json.key("type");
  json.texts(std::vector<std::string_view>{"object", "null"});
  json.key("additionalProperties");
  json.boolean(false);
  begin(json, "properties");
  for (const RuleKey& key : rule_file_keys()) {
    begin(json, key.name);
    kWriters[static_cast<size_t>(key.shape)](json);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  json.end_object();
  return out + '\n';
}

}  // namespace saker
