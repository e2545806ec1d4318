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

void write_member(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  json.text(value);
}

void write_reference(JsonWriter& json, std::string_view definition) {
  write_member(json, "$ref", "#/definitions/" + std::string(definition));
}

// Every scalar is a text.
void write_scalar_type(JsonWriter& json) {
  json.key("type");
  json.texts(std::vector<std::string_view>{"string", "number", "boolean"});
}

void write_choices(JsonWriter& json, const SettingDef& setting) {
  json.begin_object();
  json.key("enum");
  json.begin_array();
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
    write_member(json, "type", "integer");
    json.key("minimum");
    json.integer(setting.low);
    json.key("maximum");
    json.integer(setting.high);
    json.end_object();
  } else if (setting.type == SettingType::kBool) {
    json.begin_object();
    write_member(json, "type", "boolean");
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
    write_scalar_type(json_);  // a reference would hide the description
    return;
  }
  json_.key("anyOf");
  json_.begin_array();
  write_plain(json_, setting);
  json_.begin_object();
  write_reference(json_, "variable");
  json_.end_object();
  json_.end_array();
}

// One item may stand without the list.
void SchemaWriter::write_list(const SchemaNode& node) {
  json_.key("anyOf");
  json_.begin_array();
  json_.begin_object();
  json_.key("type");
  json_.texts(std::vector<std::string_view>{"array", "null"});
  json_.key("items");
  json_.begin_object();
  json_.key("anyOf");
  json_.begin_array();
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
    write_member(json_, "type", "object");
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
  json_.key("additionalProperties");
  json_.boolean(false);
  json_.key("properties");
  json_.begin_object();
  for (const SchemaNode* field : node.fields) {
    json_.key(field->name);
    json_.begin_object();
    write_node(*field);
    json_.end_object();
  }
  json_.end_object();
}

void SchemaWriter::write_node(const SchemaNode& node) {
  if (node.falco != nullptr) {
    write_member(json_, "description",
                 "Of Falco, without meaning here: " + std::string(node.falco->advice));
    return;
  }
  if (node.key == nullptr) {
    json_.key("type");
    json_.texts(std::vector<std::string_view>{"object", "null"});
    write_fields(node);
    return;
  }
  write_member(json_, "description", node.key->setting.doc);
  if (node.key->is_list()) {
    write_list(node);
  } else if (node.key->is_map()) {
    json_.key("anyOf");
    json_.begin_array();
    json_.begin_object();
    write_reference(json_, "map");
    json_.end_object();
    json_.begin_object();
    write_member(json_, "type", "null");
    json_.end_object();
    json_.end_array();
  } else {
    write_value(node.key->setting);
  }
}

void SchemaWriter::write_definitions() {
  json_.key("definitions");
  json_.begin_object();
  json_.key("text");
  json_.begin_object();
  write_scalar_type(json_);
  json_.end_object();
  json_.key("variable");
  json_.begin_object();
  write_member(json_, "type", "string");
  write_member(json_, "pattern", "[$][{].*[}]");
  json_.end_object();
  json_.key("map");
  json_.begin_object();
  write_member(json_, "type", "object");
  json_.end_object();
  json_.end_object();
}

void SchemaWriter::write(const SchemaNode& root) {
  json_.begin_object();
  write_member(json_, "$schema", "http://json-schema.org/draft-04/schema#");
  write_member(json_, "id", "saker-config");
  write_member(json_, "title", "Configuration of Saker");
  json_.key("type");
  json_.texts(std::vector<std::string_view>{"object", "null"});
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
