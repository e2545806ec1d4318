// SPDX-License-Identifier: Apache-2.0
// OutputTemplate: a rule's `output`, parsed: text and %fields.
//
// Grammar:  template = [ "*" ] { text | "%" [WIDTH] ( field | transformer ) }
// The longest field name wins. Missing values read <NA>, lists (a,b,c), values of ancestors are
// joined by a blank. WIDTH pads with blanks or cuts. There is no %% escape; the "*" means what
// always holds, that a missing value does not suppress the message.
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

class Event;

// How bytes that are no text (data that was read or sent) look in an output.
enum class BufferFormat : uint8_t {
  kDots,  // a dot for each byte that is not printable ASCII
  kBase64,
};

struct FormatError {
  std::string message;
  std::string hint;
  Span span;
  bool unknown_field = false;  // this version does not know a field (skip-if-unknown-filter)
};

class OutputTemplate {
 public:
  using OperandPtr = std::shared_ptr<const lang::CompiledOperand>;

  struct Element {
    std::string literal;  // text before the value
    uint32_t width = 0;   // of the value; 0: natural
    OperandPtr operand;   // null: no value follows
  };
  // A plain field of the template, also one that is only an argument of a transformer.
  struct Field {
    std::string name;  // as written, with argument
    OperandPtr operand;
  };

  [[nodiscard]] const std::vector<Element>& elements() const noexcept { return elements_; }
  // Sorted by name, unique.
  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }
  // Union of FieldDef::flags of all fields.
  [[nodiscard]] uint16_t field_flags() const noexcept;

  // Appends the message for this event.
  void render(std::string& out, const Event& event, BufferFormat buffers) const;

  // Adds what the other one says, and its fields, behind this one.
  void append(const OutputTemplate& other);

  // Requires a catalog that outlives the template.
  [[nodiscard]] static std::variant<OutputTemplate, FormatError> parse(std::string_view text,
                                                                       const FieldCatalog& fields);

 private:
  friend class TemplateParser;
  void sort_fields();

  std::vector<Element> elements_;
  std::vector<Field> fields_;
};

// Appends the text form of a value (spec 5.1, "Rendering"). `def` is null for transformers.
void append_text(std::string& out, const Value& value, FieldType type, const FieldDef* def,
                 BufferFormat buffers);

}  // namespace saker

#endif  // SAKER_ENGINE_FORMAT_H
