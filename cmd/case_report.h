// SPDX-License-Identifier: Apache-2.0
// CaseReport: what `saker test` has found, for people, for programs, and for what reads JUnit.
#ifndef SAKER_CMD_CASE_REPORT_H
#define SAKER_CMD_CASE_REPORT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/cases/case_outcome.h"

namespace saker {

enum class CaseVerdict : uint8_t {
  kPassed,
  kFailed,
  kError,  // it could not be run
};
[[nodiscard]] std::string_view to_string(CaseVerdict verdict) noexcept;

struct TestedCase {
  std::string name;
  uint32_t line = 0;
  CaseOutcome outcome;
  // Of its differences, in their order: the line of what is expected.
  std::vector<uint32_t> lines;

  [[nodiscard]] CaseVerdict verdict() const;
};

struct TestedFile {
  std::string name;
  std::vector<Diagnostic> errors;  // any: none of its cases was run
  std::vector<TestedCase> cases;

  [[nodiscard]] size_t count(CaseVerdict verdict) const;
};

struct CaseReport {
  std::vector<TestedFile> files;

  // A file with errors counts as one case that could not be run.
  [[nodiscard]] size_t count(CaseVerdict verdict) const;
  [[nodiscard]] bool passed() const;
};

// What is wrong with a case, a line or more for each difference; printable.
[[nodiscard]] std::string problems_text(const TestedCase& tested);

[[nodiscard]] std::string to_text(const CaseReport& report);
// {passed, failed, errors, files: [{name, errors, cases: [{name, line, verdict, errors,
// differences: [{kind, rule, line, event, nearest, values: [{name, expected, got}]}]}]}]}
[[nodiscard]] std::string to_json(const CaseReport& report);
// A document of testsuites: one for each file.
[[nodiscard]] std::string to_junit(const CaseReport& report);

}  // namespace saker

#endif  // SAKER_CMD_CASE_REPORT_H
