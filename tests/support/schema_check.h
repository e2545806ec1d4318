// SPDX-License-Identifier: Apache-2.0
// SchemaCheck: holds documents against the published schemas of alerts (outputs/schemas). Tests
// that come by alerts give each of them to it.
#ifndef SAKER_TESTS_SUPPORT_SCHEMA_CHECK_H
#define SAKER_TESTS_SUPPORT_SCHEMA_CHECK_H

#include <memory>
#include <string>
#include <string_view>

#include "engine/alert.h"

namespace saker::test {

class SchemaCheck {
 public:
  // The check for a format of outputs/alert_format.h; its schema is read once per process. Aborts
  // when there is none, or none that is a schema.
  static const SchemaCheck& of(std::string_view format);
  // The check for a schema that is given as text. Aborts when it is none.
  static std::unique_ptr<SchemaCheck> of_text(std::string_view schema);
  // Path of the format's schema in the source tree, whether it is there or not.
  static std::string path_of(std::string_view format);

  SchemaCheck(const SchemaCheck&) = delete;
  SchemaCheck& operator=(const SchemaCheck&) = delete;
  ~SchemaCheck();

  // The `id` of the schema: "saker.json/1".
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  // Empty, or what is wrong with the document: where, by which keyword of the schema, its text.
  [[nodiscard]] std::string problem_of(std::string_view document) const;
  // The same of the first line that has a problem.
  [[nodiscard]] std::string problem_of_lines(std::string_view documents) const;

 private:
  explicit SchemaCheck(std::string_view schema);

  struct Schema;
  std::unique_ptr<Schema> schema_;
  std::string id_;
};

// Writes the alert in each format that has a schema, in that of Falco also without each optional
// property, and checks it. Empty, or what is wrong. An alert without an id gets one.
[[nodiscard]] std::string schema_problem_of(Alert alert);
// The same for an alert of which there is only its line, in the format of Falco. The line is
// checked too, and has to have all properties.
[[nodiscard]] std::string schema_problem_of_line(std::string_view line);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SCHEMA_CHECK_H
