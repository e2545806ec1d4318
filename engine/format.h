// SPDX-License-Identifier: Apache-2.0
// OutputTemplate: a rule's `output`, parsed: text and %fields.
//
// Grammar:  template = { text | "%" [WIDTH] ( field | transformer ) }   longest field name wins
// Missing values read <NA>; lists read (a,b,c). There is no %% escape (spec 5.1).
#ifndef SAKER_ENGINE_FORMAT_H
#define SAKER_ENGINE_FORMAT_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/source_text.h"
#include "engine/fields/catalog.h"
#include "engine/lang/program.h"

namespace saker {

struct FormatError {
  std::string message;
  std::string hint;
  Span span;
};

class OutputTemplate {
 public:
  struct Element {
    std::string literal;          // text before the field
    std::string field_text;       // as written, with argument; empty: no field follows
    uint32_t width = 0;           // 0: natural
    bool is_transformer = false;  // only in the text, not among the output fields
    std::shared_ptr<const lang::CompiledOperand> operand;  // null: no field follows
  };

  [[nodiscard]] const std::vector<Element>& elements() const noexcept { return elements_; }

  // Requires a catalog that outlives the template.
  [[nodiscard]] static std::variant<OutputTemplate, FormatError> parse(std::string_view text,
                                                                       const FieldCatalog& fields);

 private:
  std::vector<Element> elements_;
};

// Appends the text form of a value of this field (spec 5.1, "Rendering").
void append_text(std::string& out, const Value& value, const FieldDef& def, FieldType type);

}  // namespace saker

#endif  // SAKER_ENGINE_FORMAT_H
