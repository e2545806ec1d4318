// SPDX-License-Identifier: Apache-2.0
#include "tests/support/yaml_json.h"

#include "engine/base/setting_text.h"
#include "engine/base/yaml.h"
#include "outputs/json.h"

namespace saker::test {
namespace {

void write(JsonWriter& json, const YamlNode& node) {
  int64_t integer = 0;
  if (node.is_map()) {
    json.begin_object();
    for (const auto& [key, value] : node.fields) {
      json.key(key->text);
      write(json, *value);
    }
    json.end_object();
  } else if (node.is_sequence()) {
    json.begin_array();
    for (const YamlNode* item : node.items) {
      write(json, *item);
    }
    json.end_array();
  } else if (node.is_null()) {
    json.null();
  } else if (!node.quoted && (node.text == "true" || node.text == "false")) {
    json.boolean(node.text == "true");
  } else if (!node.quoted &&
             set_integer<int64_t>(integer, node.text, INT64_MIN, INT64_MAX).empty()) {
    json.integer(integer);
  } else {
    json.text(node.text);
  }
}

}  // namespace

std::string yaml_as_json(std::string_view yaml) {
  const YamlFile file = parse_yaml(yaml);
  std::string document;
  JsonWriter json(document);
  write(json, *file.documents.at(0));
  return document;
}

}  // namespace saker::test
