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

// What rules and macros have in common.
void write_condition(JsonWriter& json, const ConditionDescription& condition) {
  json.texts("macros", condition.macros);
  json.texts("lists", condition.lists);
  json.texts("condition_operators", condition.operators);
  json.texts("condition_fields", condition.fields);
  json.texts("events", event_names(condition.events));
  json.text("condition_compiled", lang::to_text(*condition.resolved));
}

void write_info(JsonWriter& json, const RuleDefinition& rule) {
  json.begin_object("info");
  json.text("name", rule.name.value);
  json.text("condition", join(rule.condition));
  json.text("priority", to_string(rule.priority));
  json.text("output", join(rule.output));
  json.text("description", join(rule.description));
  json.boolean("enabled", rule.enabled);
  json.text("source", source_of(rule));
  json.boolean("capture", rule.capture);
  json.unsigned_integer("capture_duration", rule.capture_duration_ms);
  json.text("action", to_string(rule.action));
  std::set<std::string> tags;
  for (const Text& tag : rule.tags) {
    tags.insert(tag.value);
  }
  json.texts("tags", tags);
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
  json.texts("exception_names", names);
  json.texts("exception_fields", fields);
  json.texts("exception_operators", operators);
}

void write_details(JsonWriter& json, const RuleDescription& rule) {
  json.begin_object("details");
  write_condition(json, rule.condition);
  write_exceptions(json, rule.definition);
  json.texts("output_fields", rule.outcome.output_fields);
  json.text("output_compiled", rule.outcome.output);
  json.begin_object("extra_output_formatted_fields");
  for (const auto& [name, format] : rule.outcome.extra_formats) {
    json.text(name, format);
  }
  json.end_object();
  json.texts("plugins", rule.plugins);
  if (rule.outcome.state == RuleState::kLoaded) {
    json.text("action", to_string(rule.outcome.action));
    json.text("enforcement", to_string(rule.outcome.enforcement));
    json.key("kernel_filter");
    write_json(json, rule.filter, leaf_rows(*rule.condition.resolved));
  }
  json.end_object();
}

void write_macro(JsonWriter& json, const MacroDescription& macro) {
  json.begin_object();
  json.begin_object("info");
  json.text("name", macro.definition.name.value);
  json.text("condition", join(macro.definition.condition));
  json.end_object();
  json.begin_object("details");
  json.boolean("used", macro.used);
  write_condition(json, macro.condition);
  json.texts("plugins", macro.plugins);
  json.end_object();
  json.end_object();
}

void write_list(JsonWriter& json, const ListDescription& list) {
  json.begin_object();
  json.begin_object("info");
  json.text("name", list.definition.name.value);
  json.texts("items", list.own_items);
  json.end_object();
  json.begin_object("details");
  json.boolean("used", list.used);
  json.texts("lists", list.lists);
  json.texts("items_compiled", list.items);
  json.texts("plugins", std::vector<std::string>());
  json.end_object();
  json.end_object();
}

void write_plugin(JsonWriter& json, const PluginRequirement& plugin) {
  json.text("name", plugin.name.value);
  json.text("version", plugin.version.to_string());
}

void write_plugins(JsonWriter& json, const std::vector<std::vector<PluginRequirement>>& entries) {
  json.begin_array("required_plugin_versions");
  for (const std::vector<PluginRequirement>& entry : entries) {
    json.begin_object();
    write_plugin(json, entry.front());
    json.begin_array("alternatives");
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
  json.text("required_engine_version", description.required_engine_version);
  write_plugins(json, description.required_plugin_versions);
  json.begin_array("rules");
  for (const RuleDescription& rule : description.rules) {
    if (rule.condition.resolved != nullptr) {
      write_json(json, rule);
    }
  }
  json.end_array();
  json.begin_array("macros");
  for (const MacroDescription& macro : description.macros) {
    if (macro.condition.resolved != nullptr) {
      write_macro(json, macro);
    }
  }
  json.end_array();
  json.begin_array("lists");
  for (const ListDescription& list : description.lists) {
    write_list(json, list);
  }
  json.end_array();
  json.end_object();
}

}  // namespace saker
