// SPDX-License-Identifier: Apache-2.0
#include "cmd/rules_schema.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/schema_types.h"
#include "engine/base/priority.h"
#include "engine/rules/action.h"
#include "engine/rules/reader.h"
#include "outputs/json.h"

namespace saker {
namespace {

template <typename Words>
void write_words(JsonWriter& json, const Words& words) {
  json.texts("enum", words);
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
  json.text("type", "array");
  json.begin_object("items");
  json.text("type", "object");
  json.texts("required", texts);
  json.begin_object("properties");
  for (const std::string_view text : texts) {
    json.begin_object(text);
    write_text_type(json);
    json.end_object();
  }
  others();
  json.end_object();
  json.end_object();
}

void write_plugins(JsonWriter& json) {
  write_maps(json, {"name", "version"}, [&] {
    json.begin_object("alternatives");
    write_maps(json, {"name", "version"}, [] {});
    json.end_object();
  });
}

void write_exceptions(JsonWriter& json) {
  write_maps(json, {"name"}, [&] {
    for (const char* key : {"fields", "comps"}) {
      json.begin_object(key);
      json.end_object();  // one text or several
    }
    json.begin_object("values");
    json.text("type", "array");
    json.end_object();
  });
}

void write_override(JsonWriter& json) {
  json.text("type", "object");
  json.boolean("additionalProperties", false);
  json.begin_object("properties");
  for (const RuleKey& key : rule_file_keys()) {
    if (key.can_replace) {
      json.begin_object(key.name);
      write_words(json, key.can_append ? std::vector<std::string_view>{"append", "replace"}
                                       : std::vector<std::string_view>{"replace"});
      json.end_object();
    }
  }
  json.end_object();
}

void write_type(JsonWriter& json, std::string_view type) { json.text("type", type); }

// By RuleKeyShape.
constexpr void (*kWriters[])(JsonWriter& json) = {
    write_text_type,
    [](JsonWriter& json) { write_type(json, "boolean"); },
    [](JsonWriter& json) { write_type(json, "integer"); },
    write_texts_type,
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
  json.text("$schema", "http://json-schema.org/draft-04/schema#");
  json.text("id", "saker-rules");
  json.text("title", "Rules of Saker");
  json.texts("type", std::vector<std::string_view>{"array", "null"});
  json.begin_object("items");
  json.texts("type", std::vector<std::string_view>{"object", "null"});
  json.boolean("additionalProperties", false);
  json.begin_object("properties");
  for (const RuleKey& key : rule_file_keys()) {
    json.begin_object(key.name);
    kWriters[static_cast<size_t>(key.shape)](json);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  json.end_object();
  return out + '\n';
}

}  // namespace saker
