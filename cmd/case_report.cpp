// SPDX-License-Identifier: Apache-2.0
#include "cmd/case_report.h"

#include <algorithm>
#include <array>

#include "cmd/findings.h"
#include "engine/base/strings.h"
#include "outputs/json.h"

namespace saker {
namespace {

using Kind = CaseDifference::Kind;

constexpr std::array<std::string_view, 3> kVerdicts{"passed", "failed", "error"};

std::string printable(std::string_view text) {
  std::string shown;
  append_printable(shown, text);
  return shown;
}

std::string count_text(size_t count, std::string_view one) {
  return std::to_string(count) + ' ' + std::string(one) + (count == 1 ? "" : "s");
}

// The values of a difference in columns: what was expected above what came.
std::string values_text(const CaseDifference& difference) {
  size_t width = 0;
  for (const CaseDifference::Value& value : difference.values) {
    width = std::max(width, value.name.size());
  }
  std::string text;
  for (const CaseDifference::Value& value : difference.values) {
    std::string name = "  " + printable(value.name);
    name.resize(width + 4, ' ');
    if (difference.kind != Kind::kUnexpected) {
      text.append(name).append("expected  ").append(printable(value.expected)).append("\n");
      name.assign(name.size(), ' ');
      name += "got       ";
    }
    text.append(name).append(printable(value.got)).append("\n");
  }
  return text;
}

std::string difference_text(const CaseDifference& difference, uint32_t line) {
  const std::string of_line = " (line " + std::to_string(line) + ")";
  std::string text = std::string(to_string(difference.kind)) + ": " + printable(difference.rule);
  switch (difference.kind) {
    case Kind::kMissing:
    case Kind::kUnasked:
      return text + of_line + "\n  " + printable(difference.nearest) + '\n';
    case Kind::kUnexpected:
      return text + ", from " + printable(difference.event) + '\n' + values_text(difference);
    case Kind::kDiffers:
      break;
  }
  text += of_line + ", from " + printable(difference.event) + '\n';
  return text + (difference.values.empty() ? "  it is as expected, but came at another place\n"
                                           : values_text(difference));
}

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    result += "    " + std::string(line) + '\n';
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return result;
}

std::string file_text(const TestedFile& file) {
  std::string text = printable(file.name) + ": ";
  if (!file.errors.empty()) {
    text += "cannot be used\n";
    for (size_t i = 0; i < std::min(file.errors.size(), kMaxShownFindings); ++i) {
      text += render(file.errors[i]) + '\n';
    }
    return text;
  }
  const size_t passed = file.count(CaseVerdict::kPassed);
  text += count_text(file.cases.size(), "case") +
          (passed == file.cases.size()
               ? ", passed\n"
               : ", " + std::to_string(file.cases.size() - passed) + " failed\n");
  for (const TestedCase& tested : file.cases) {
    if (tested.verdict() != CaseVerdict::kPassed) {
      text += "  " + std::string(tested.verdict() == CaseVerdict::kFailed ? "FAILED" : "ERROR") +
              ": " + printable(tested.name) + " (line " + std::to_string(tested.line) + ")\n" +
              indented(problems_text(tested));
    }
  }
  return text;
}

void write_errors(JsonWriter& json, const std::vector<Diagnostic>& errors) {
  json.begin_array("errors");
  for (const Diagnostic& error : errors) {
    write_json(json, error);
  }
  json.end_array();
}

void write_difference(JsonWriter& json, const CaseDifference& difference, uint32_t line) {
  json.begin_object();
  json.text("kind", to_string(difference.kind));
  json.text("rule", difference.rule);
  json.unsigned_integer("line", line);
  json.text("event", difference.event);
  json.text("nearest", difference.nearest);
  json.begin_array("values");
  for (const CaseDifference::Value& value : difference.values) {
    json.begin_object();
    json.text("name", value.name);
    if (difference.kind != Kind::kUnexpected) {
      json.text("expected", value.expected);
    }
    json.text("got", value.got);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_case(JsonWriter& json, const TestedCase& tested) {
  json.begin_object();
  json.text("name", tested.name);
  json.unsigned_integer("line", tested.line);
  json.text("verdict", to_string(tested.verdict()));
  write_errors(json, tested.outcome.findings.items());
  json.begin_array("differences");
  for (size_t i = 0; i < tested.outcome.differences.size(); ++i) {
    write_difference(json, tested.outcome.differences[i], tested.lines[i]);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string_view to_string(CaseVerdict verdict) noexcept {
  return kVerdicts[static_cast<size_t>(verdict)];
}

CaseVerdict TestedCase::verdict() const {
  if (outcome.findings.has_errors()) {
    return CaseVerdict::kError;
  }
  return outcome.differences.empty() ? CaseVerdict::kPassed : CaseVerdict::kFailed;
}

size_t TestedFile::count(CaseVerdict verdict) const {
  if (!errors.empty()) {
    return verdict == CaseVerdict::kError ? 1 : 0;
  }
  return static_cast<size_t>(std::ranges::count(cases, verdict, &TestedCase::verdict));
}

size_t CaseReport::count(CaseVerdict verdict) const {
  size_t count = 0;
  for (const TestedFile& file : files) {
    count += file.count(verdict);
  }
  return count;
}

bool CaseReport::passed() const {
  return count(CaseVerdict::kFailed) + count(CaseVerdict::kError) == 0;
}

std::string problems_text(const TestedCase& tested) {
  std::string text;
  for (const Diagnostic& finding : tested.outcome.findings.items()) {
    text += render(finding) + '\n';
  }
  for (size_t i = 0; i < tested.outcome.differences.size(); ++i) {
    text += difference_text(tested.outcome.differences[i], tested.lines[i]);
  }
  return text;
}

std::string to_text(const CaseReport& report) {
  std::string text;
  for (const TestedFile& file : report.files) {
    text += file_text(file);
  }
  const size_t passed = report.count(CaseVerdict::kPassed);
  const size_t failed = report.count(CaseVerdict::kFailed);
  const size_t errors = report.count(CaseVerdict::kError);
  text += std::to_string(passed) + " passed, " + std::to_string(failed) + " failed";
  return text + (errors == 0 ? "" : ", " + std::to_string(errors) + " could not be run") + '\n';
}

std::string to_json(const CaseReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.unsigned_integer("passed", report.count(CaseVerdict::kPassed));
  json.unsigned_integer("failed", report.count(CaseVerdict::kFailed));
  json.unsigned_integer("errors", report.count(CaseVerdict::kError));
  json.begin_array("files");
  for (const TestedFile& file : report.files) {
    json.begin_object();
    json.text("name", file.name);
    write_errors(json, file.errors);
    json.begin_array("cases");
    for (const TestedCase& tested : file.cases) {
      write_case(json, tested);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + '\n';
}

}  // namespace saker
