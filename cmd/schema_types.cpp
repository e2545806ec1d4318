// SPDX-License-Identifier: Apache-2.0
#include "cmd/schema_types.h"

#include <string_view>
#include <vector>

namespace saker {

void write_text_type(JsonWriter& json) {
  json.texts("type", std::vector<std::string_view>{"string", "number", "boolean"});
}

void write_texts_type(JsonWriter& json) {
  json.text("type", "array");
  json.begin_object("items");
  write_text_type(json);
  json.end_object();
}

}  // namespace saker
