// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_schema.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/config_keys.h"
#include "cmd/falco_keys.h"
#include "cmd/schema_types.h"
#include "outputs/json.h"
#include "outputs/settings.h"

namespace saker {
namespace {

// Keys and sections as they nest; the items of a list of maps are a node, too.
struct SchemaNode {
  std::string name;
  const ConfigKey* key = nullptr;   // null: a section
  const FalcoKey* falco = nullptr;  // without meaning here
  std::vector<SchemaNode*> fields;  // of a section, or of the items of a list
};

class SchemaTree {
 public:
  SchemaTree();
  [[nodiscard]] const SchemaNode& root() const { return nodes_.front(); }

 private:
  SchemaNode& node_at(std::string_view path);

  std::deque<SchemaNode> nodes_{1};
};

SchemaTree::SchemaTree() {
  for (const ConfigKey& key : config_keys()) {
    node_at(key.name).key = &key;
  }
  for (const FalcoKey& key : falco_keys()) {
    if (key.value.empty()) {
      node_at(key.name).falco = &key;
    }
  }
}

// Made if need be. "rules[].enable.tag" is below the key "rules", as "webserver.enabled" is below
// the section "webserver".
SchemaNode& SchemaTree::node_at(std::string_view path) {
  SchemaNode* node = &nodes_.front();
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    std::string_view name = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    name.remove_suffix(name.ends_with("[]") ? 2 : 0);
    const auto found = std::ranges::find(node->fields, name, &SchemaNode::name);
    if (found != node->fields.end()) {
      node = *found;
    } else {
      SchemaNode& made = nodes_.emplace_back();
      made.name = name;
      node->fields.push_back(&made);
      node = &made;
    }
  }
  return *node;
}

void write_reference(JsonWriter& json, std::string_view definition) {
  json.text("$ref", "#/definitions/" + std::string(definition));
}

void write_choices(JsonWriter& json, const SettingDef& setting) {
  json.begin_object();
  json.begin_array("enum");
  for (const std::string_view choice : choices_of(setting)) {
    json.text(choice);
    std::string capitalized(choice);
    capitalized[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(capitalized[0])));
    if (capitalized != choice) {
      json.text(capitalized);
    }
  }
  json.end_array();
  json.end_object();
}

// The members of a value that is not the variable of an environment.
void write_plain(JsonWriter& json, const SettingDef& setting) {
  if (setting.type == SettingType::kInteger) {
    json.begin_object();
    json.text("type", "integer");
    json.integer("minimum", setting.low);
    json.integer("maximum", setting.high);
    json.end_object();
  } else if (setting.type == SettingType::kBool) {
    json.begin_object();
    json.text("type", "boolean");
    json.end_object();
  } else {
    write_choices(json, setting);
  }
}

class SchemaWriter {
 public:
  explicit SchemaWriter(std::string& out) : json_(out) {}
  void write(const SchemaNode& root);

 private:
  void write_node(const SchemaNode& node);
  void write_fields(const SchemaNode& node);
  void write_list(const SchemaNode& node);
  void write_value(const SettingDef& setting);
  void write_definitions();

  JsonWriter json_;
};

void SchemaWriter::write_value(const SettingDef& setting) {
  if (setting.type == SettingType::kText && setting.choices.empty()) {
    write_text_type(json_);  // a reference would hide the description
    return;
  }
  json_.begin_array("anyOf");
  write_plain(json_, setting);
  json_.begin_object();
  write_reference(json_, "variable");
  json_.end_object();
  json_.end_array();
}

// One item may stand without the list.
void SchemaWriter::write_list(const SchemaNode& node) {
  json_.begin_array("anyOf");
  json_.begin_object();
  json_.texts("type", std::vector<std::string_view>{"array", "null"});
  json_.begin_object("items");
  json_.begin_array("anyOf");
  if (node.key->set) {
    json_.begin_object();
    write_reference(json_, "text");
    json_.end_object();
  }
  if (node.key->set_entry) {
    json_.begin_object();
    write_reference(json_, "map");
    json_.end_object();
  }
  if (!node.fields.empty()) {
    json_.begin_object();
    json_.text("type", "object");
    write_fields(node);
    json_.end_object();
  }
  json_.end_array();
  json_.end_object();
  json_.end_object();
  if (node.key->set) {
    json_.begin_object();
    write_reference(json_, "text");
    json_.end_object();
  }
  json_.end_array();
}

void SchemaWriter::write_fields(const SchemaNode& node) {
  json_.boolean("additionalProperties", false);
  json_.begin_object("properties");
  for (const SchemaNode* field : node.fields) {
    json_.begin_object(field->name);
    write_node(*field);
    json_.end_object();
  }
  json_.end_object();
}

void SchemaWriter::write_node(const SchemaNode& node) {
  if (node.falco != nullptr) {
    json_.text("description", "Of Falco, without meaning here: " + std::string(node.falco->advice));
    return;
  }
  if (node.key == nullptr) {
    json_.texts("type", std::vector<std::string_view>{"object", "null"});
    write_fields(node);
    return;
  }
  json_.text("description", node.key->setting.doc);
  if (node.key->is_list()) {
    write_list(node);
  } else if (node.key->is_map()) {
    json_.begin_array("anyOf");
    json_.begin_object();
    write_reference(json_, "map");
    json_.end_object();
    json_.begin_object();
    json_.text("type", "null");
    json_.end_object();
    json_.end_array();
  } else {
    write_value(node.key->setting);
  }
}

void SchemaWriter::write_definitions() {
  json_.begin_object("definitions");
  json_.begin_object("text");
  write_text_type(json_);
  json_.end_object();
  json_.begin_object("variable");
  json_.text("type", "string");
  json_.text("pattern", "[$][{].*[}]");
  json_.end_object();
  json_.begin_object("map");
  json_.text("type", "object");
  json_.end_object();
  json_.end_object();
}

void SchemaWriter::write(const SchemaNode& root) {
  json_.begin_object();
  json_.text("$schema", "http://json-schema.org/draft-04/schema#");
  json_.text("id", "saker-config");
  json_.text("title", "Configuration of Saker");
  json_.texts("type", std::vector<std::string_view>{"object", "null"});
  write_fields(root);
  write_definitions();
  json_.end_object();
}

}  // namespace

std::string config_schema() {
  std::string out;
  SchemaWriter(out).write(SchemaTree().root());
  return out + '\n';
}

}  // namespace saker
