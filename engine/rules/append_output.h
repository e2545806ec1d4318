// SPDX-License-Identifier: Apache-2.0
// AppendOutput: an entry of the configuration's `append_output`: what is added to the outputs of
// rules, and to which rules. Plain texts with their places; output_appender.h makes use of them.
#ifndef SAKER_ENGINE_RULES_APPEND_OUTPUT_H
#define SAKER_ENGINE_RULES_APPEND_OUTPUT_H

#include <optional>
#include <string>
#include <vector>

#include "engine/rules/document.h"

namespace saker {

struct AppendOutput {
  // A value that goes to the fields of the alert and not into its message.
  struct Field {
    Text name;                   // without a format: that of a field, whose type the value keeps
    std::optional<Text> format;  // a template; the value is its text
  };

  // The rules that it is for. All that is given must hold.
  std::string source;
  std::string rule;
  std::vector<std::string> tags;

  std::optional<Text> extra_output;  // a template, added to the message behind a blank
  std::vector<Field> extra_fields;
  bool suggested_output = false;  // the fields that say where it happened, as ` NAME=VALUE`
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_APPEND_OUTPUT_H
