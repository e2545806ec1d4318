// SPDX-License-Identifier: Apache-2.0
#include "cmd/case_schema.h"

#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "cmd/schema_types.h"
#include "engine/cases/calls.h"
#include "engine/cases/case_keys.h"
#include "outputs/json.h"

namespace saker {
namespace {

void write_flag(JsonWriter& json) { json.text("type", "boolean"); }

void write_number(JsonWriter& json) {
  json.text("type", "integer");
  json.integer("minimum", 0);
}

// A scalar, or several.
void write_scalars(JsonWriter& json) {
  json.texts("type", std::vector<std::string_view>{"string", "number", "boolean", "array", "null"});
}

// By CaseShape.
constexpr void (*kWriters[])(JsonWriter& json) = {write_text_type, write_number, write_flag,
                                                  write_texts_type};
static_assert(std::size(kWriters) == static_cast<size_t>(CaseShape::kTexts) + 1);

void write_property(JsonWriter& json, std::string_view name, void (*write)(JsonWriter& json)) {
  json.begin_object(name);
  write(json);
  json.end_object();
}

template <typename T>
void write_properties(JsonWriter& json, std::span<const CaseKey<T>> keys) {
  for (const CaseKey<T>& key : keys) {
    write_property(json, key.name, kWriters[static_cast<size_t>(key.shape)]);
  }
}

// A map with these keys and no others; `write` writes its properties.
template <typename Write>
void write_map(JsonWriter& json, const std::vector<std::string_view>& required,
               const Write& write) {
  json.text("type", "object");
  if (!required.empty()) {
    json.texts("required", required);
  }
  json.boolean("additionalProperties", false);
  json.begin_object("properties");
  write();
  json.end_object();
}

template <typename Write>
void write_maps(JsonWriter& json, std::string_view name,
                const std::vector<std::string_view>& required, const Write& write) {
  json.begin_object(name);
  json.text("type", "array");
  json.begin_object("items");
  write_map(json, required, write);
  json.end_object();
  json.end_object();
}

template <typename T>
void write_maps(JsonWriter& json, std::string_view name, std::span<const CaseKey<T>> keys) {
  std::vector<std::string_view> required;
  for (const CaseKey<T>& key : keys) {
    if (key.is_required) {
      required.push_back(key.name);
    }
  }
  write_maps(json, name, required, [&] { write_properties(json, keys); });
}

void write_processes(JsonWriter& json) {
  write_maps(json, "processes", {"pid"}, [&] {
    write_property(json, "pid", write_number);
    write_properties(json, image_keys());
    write_properties(json, identity_keys());
    write_properties(json, process_keys());
  });
}

// Those of all types, each once: which belong to a type, `saker test` tells.
void write_events(JsonWriter& json) {
  std::set<std::string_view> scalars = {"args", "ret"};
  for (const CaseCall& call : case_calls()) {
    scalars.insert(call.args.begin(), call.args.end());
  }
  scalars.erase("");
  for (const CaseKey<CaseImage>& key : image_keys()) {
    scalars.insert(key.name);
  }
  for (const CaseKey<CaseIdentity>& key : identity_keys()) {
    scalars.insert(key.name);
  }
  for (const CaseKey<CaseFile>& key : file_keys()) {
    scalars.insert(key.name);
  }
  for (const CaseKey<CaseEvent>& key : call_keys()) {
    scalars.insert(key.name);
  }
  write_maps(json, "events", {"type", "pid"}, [&] {
    json.begin_object("type");
    json.texts("enum", case_event_types());
    json.end_object();
    write_property(json, "pid", write_number);
    write_property(json, "child", write_number);
    json.begin_object("socket");
    write_map(json, {}, [&] { write_properties(json, socket_keys()); });
    json.end_object();
    for (const std::string_view name : scalars) {
      write_property(json, name, write_scalars);
    }
  });
}

void write_alerts(JsonWriter& json) {
  write_maps(json, "alerts", {"rule"}, [&] {
    for (const char* name : {"rule", "priority", "output"}) {
      write_property(json, name, write_text_type);
    }
    json.begin_object("fields");
    json.text("type", "object");
    json.begin_object("additionalProperties");
    write_text_type(json);
    json.end_object();
    json.end_object();
  });
}

}  // namespace

std::string case_schema() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.text("$schema", "http://json-schema.org/draft-04/schema#");
  json.text("id", "saker-case");
  json.text("title", "A test of rules of Saker");
  write_map(json, {"case"}, [&] {
    for (const char* name : {"case", "inline_rules", "capture", "about"}) {
      write_property(json, name, write_text_type);
    }
    write_property(json, "rules", write_scalars);
    write_property(json, "quiet", write_flag);
    write_maps(json, "users", user_keys());
    write_maps(json, "groups", group_keys());
    write_maps(json, "containers", container_keys());
    write_processes(json);
    write_events(json);
    write_alerts(json);
  });
  json.end_object();
  return out + '\n';
}

}  // namespace saker
