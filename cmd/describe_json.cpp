// SPDX-License-Identifier: Apache-2.0
#include "cmd/describe_json.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/filter_text.h"
#include "engine/base/priority.h"
#include "engine/event_catalog.h"
#include "engine/lang/ast.h"

namespace saker {
namespace {

void write_text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  json.text(value);
}

void write_flag(JsonWriter& json, std::string_view key, bool value) {
  json.key(key);
  json.boolean(value);
}

template <typename Texts>
void write_texts(JsonWriter& json, std::string_view key, const Texts& texts) {
  json.key(key);
  json.texts(texts);
}

// What rules and macros have in common.
void write_condition(JsonWriter& json, const ConditionDescription& condition) {
  write_texts(json, "macros", condition.macros);
  write_texts(json, "lists", condition.lists);
  write_texts(json, "condition_operators", condition.operators);
  write_texts(json, "condition_fields", condition.fields);
  write_texts(json, "events", event_names(condition.events));
  write_text(json, "condition_compiled", lang::to_text(*condition.resolved));
}

void write_info(JsonWriter& json, const RuleDefinition& rule) {
  json.key("info");
  json.begin_object();
  write_text(json, "name", rule.name.value);
  write_text(json, "condition", join(rule.condition));
  write_text(json, "priority", to_string(rule.priority));
  write_text(json, "output", join(rule.output));
  write_text(json, "description", join(rule.description));
  write_flag(json, "enabled", rule.enabled);
  write_text(json, "source", source_of(rule));
  write_flag(json, "capture", rule.capture);
  json.key("capture_duration");
  json.unsigned_integer(rule.capture_duration_ms);
  write_text(json, "action", to_string(rule.action));
  std::set<std::string> tags;
  for (const Text& tag : rule.tags) {
    tags.insert(tag.value);
  }
  write_texts(json, "tags", tags);
  json.end_object();
}

void write_exceptions(JsonWriter& json, const RuleDefinition& rule) {
  std::set<std::string> names;
  std::set<std::string> fields;
  std::set<std::string> operators;
  for (const ExceptionDefinition& exception : rule.exceptions) {
    names.insert(exception.name.value);
    for (const Text& field : exception.fields.texts) {
      fields.insert(field.value);
    }
    const std::vector<std::string> comparisons = operators_of(exception);
    operators.insert(comparisons.begin(), comparisons.end());
  }
  write_texts(json, "exception_names", names);
  write_texts(json, "exception_fields", fields);
  write_texts(json, "exception_operators", operators);
}

void write_details(JsonWriter& json, const RuleDescription& rule) {
  json.key("details");
  json.begin_object();
  write_condition(json, rule.condition);
  write_exceptions(json, rule.definition);
  write_texts(json, "output_fields", rule.outcome.output_fields);
  write_text(json, "output_compiled", rule.outcome.output);
  json.key("extra_output_formatted_fields");
  json.begin_object();
  for (const auto& [name, format] : rule.outcome.extra_formats) {
    write_text(json, name, format);
  }
  json.end_object();
  write_texts(json, "plugins", rule.plugins);
  if (rule.outcome.state == RuleState::kLoaded) {
    write_text(json, "action", to_string(rule.outcome.action));
    write_text(json, "enforcement", to_string(rule.outcome.enforcement));
    json.key("kernel_filter");
    write_json(json, rule.filter, leaf_rows(*rule.condition.resolved));
  }
  json.end_object();
}

void write_macro(JsonWriter& json, const MacroDescription& macro) {
  json.begin_object();
  json.key("info");
  json.begin_object();
  write_text(json, "name", macro.definition.name.value);
  write_text(json, "condition", join(macro.definition.condition));
  json.end_object();
  json.key("details");
  json.begin_object();
  write_flag(json, "used", macro.used);
  write_condition(json, macro.condition);
  write_texts(json, "plugins", macro.plugins);
  json.end_object();
  json.end_object();
}

void write_list(JsonWriter& json, const ListDescription& list) {
  json.begin_object();
  json.key("info");
  json.begin_object();
  write_text(json, "name", list.definition.name.value);
  write_texts(json, "items", list.own_items);
  json.end_object();
  json.key("details");
  json.begin_object();
  write_flag(json, "used", list.used);
  write_texts(json, "lists", list.lists);
  write_texts(json, "items_compiled", list.items);
  write_texts(json, "plugins", std::vector<std::string>());
  json.end_object();
  json.end_object();
}

void write_plugin(JsonWriter& json, const PluginRequirement& plugin) {
  write_text(json, "name", plugin.name.value);
  write_text(json, "version", plugin.version.to_string());
}

void write_plugins(JsonWriter& json, const std::vector<std::vector<PluginRequirement>>& entries) {
  json.key("required_plugin_versions");
  json.begin_array();
  for (const std::vector<PluginRequirement>& entry : entries) {
    json.begin_object();
    write_plugin(json, entry.front());
    json.key("alternatives");
    json.begin_array();
    for (size_t i = 1; i < entry.size(); ++i) {
      json.begin_object();
      write_plugin(json, entry[i]);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_json(JsonWriter& json, const RuleDescription& rule) {
  json.begin_object();
  write_info(json, rule.definition);
  write_details(json, rule);
  json.end_object();
}

void write_json(JsonWriter& json, const RulesDescription& description) {
  json.begin_object();
  write_text(json, "required_engine_version", description.required_engine_version);
  write_plugins(json, description.required_plugin_versions);
  json.key("rules");
  json.begin_array();
  for (const RuleDescription& rule : description.rules) {
    if (rule.condition.resolved != nullptr) {
      write_json(json, rule);
    }
  }
  json.end_array();
  json.key("macros");
  json.begin_array();
  for (const MacroDescription& macro : description.macros) {
    if (macro.condition.resolved != nullptr) {
      write_macro(json, macro);
    }
  }
  json.end_array();
  json.key("lists");
  json.begin_array();
  for (const ListDescription& list : description.lists) {
    write_list(json, list);
  }
  json.end_array();
  json.end_object();
}

}  // namespace saker
