// SPDX-License-Identifier: Apache-2.0
#include "outputs/output_value.h"

#include <cstdint>
#include <string>
#include <variant>

#include "engine/alert.h"
#include "outputs/json.h"

namespace saker {

void write_value(JsonWriter& json, const OutputValue& value) {
  struct Visitor {
    JsonWriter& json;
    void operator()(std::monostate) const { json.null(); }
    void operator()(bool v) const { json.boolean(v); }
    void operator()(int64_t v) const { json.integer(v); }
    void operator()(uint64_t v) const { json.unsigned_integer(v); }
    void operator()(double v) const { json.real(v); }
    void operator()(const std::string& v) const { json.text(v); }
    void operator()(const OutputList& items) const {
      json.begin_array();
      for (const OutputValue& item : items) {
        write_value(json, item);
      }
      json.end_array();
    }
  };
  std::visit(Visitor{json}, value.value);
}

}  // namespace saker
