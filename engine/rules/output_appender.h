// SPDX-License-Identifier: Apache-2.0
// OutputAppender: adds to the outputs of rules what the configuration asks for (append_output.h).
#ifndef SAKER_ENGINE_RULES_OUTPUT_APPENDER_H
#define SAKER_ENGINE_RULES_OUTPUT_APPENDER_H

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/fields/catalog.h"
#include "engine/rules/append_output.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/rule_set.h"

namespace saker {

class OutputAppender {
 public:
  // Reports what is wrong with the entries. Borrows all.
  OutputAppender(const std::vector<AppendOutput>& entries, const FieldCatalog& fields,
                 Diagnostics& diagnostics);

  // Requires: the rule's own output is in place.
  void apply(Rule& rule) const;

 private:
  // An entry whose texts have been parsed.
  struct Addition {
    const AppendOutput* entry;
    std::string text;  // of `output`
    OutputTemplate output;
    std::vector<ExtraField> fields;
  };

  Addition parse(const AppendOutput& entry);
  ExtraField parse_field(const AppendOutput::Field& field);
  // Empty: reported.
  OutputTemplate parse_template(const ComposedText& text);
  void add_suggested_output(Addition& addition) const;
  void error(std::string message, std::string hint, const Place& place);

  const FieldCatalog& fields_;
  Diagnostics& diagnostics_;
  std::vector<Addition> additions_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_OUTPUT_APPENDER_H
