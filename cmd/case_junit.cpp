// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "cmd/case_report.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

// XML allows no control characters but line ends and tabs, however they are written.
std::string escaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    std::string printable;
    append_printable(printable, line);
    for (const char c : printable) {
      switch (c) {
        case '&':
          result += "&amp;";
          break;
        case '<':
          result += "&lt;";
          break;
        case '>':
          result += "&gt;";
          break;
        case '"':
          result += "&quot;";
          break;
        default:
          result += c;
      }
    }
    result += line.size() < text.size() ? "\n" : "";
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return result;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string counts_of(size_t tests, size_t failures, size_t errors) {
  return " tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
         "\" errors=\"" + std::to_string(errors) + "\">\n";
}

// `tag`: "failure" or "error".
std::string problem_element(const std::string& tag, const std::string& text) {
  return "      <" + tag + " message=\"" + escaped(first_line(text)) + "\">" + escaped(text) +
         "</" + tag + ">\n";
}

std::string case_start(const std::string& file, const std::string& name, uint32_t line) {
  return "    <testcase classname=\"" + escaped(file) + "\" name=\"" + escaped(name) +
         "\" file=\"" + escaped(file) + "\" line=\"" + std::to_string(line) + '"';
}

std::string case_element(const TestedFile& file, const TestedCase& tested) {
  const std::string start = case_start(file.name, tested.name, tested.line);
  if (tested.verdict() == CaseVerdict::kPassed) {
    return start + "/>\n";
  }
  const bool is_failure = tested.verdict() == CaseVerdict::kFailed;
  return start + ">\n" + problem_element(is_failure ? "failure" : "error", problems_text(tested)) +
         "    </testcase>\n";
}

std::string suite_element(const TestedFile& file) {
  const size_t tests = file.errors.empty() ? file.cases.size() : 1;
  std::string text =
      "  <testsuite name=\"" + escaped(file.name) + '"' +
      counts_of(tests, file.count(CaseVerdict::kFailed), file.count(CaseVerdict::kError));
  if (!file.errors.empty()) {
    std::string problems;
    for (const Diagnostic& error : file.errors) {
      problems += render(error) + '\n';
    }
    text += case_start(file.name, "the file can be used", 1) + ">\n" +
            problem_element("error", problems) + "    </testcase>\n";
  }
  for (const TestedCase& tested : file.cases) {
    text += case_element(file, tested);
  }
  return text + "  </testsuite>\n";
}

}  // namespace

std::string to_junit(const CaseReport& report) {
  const size_t failed = report.count(CaseVerdict::kFailed);
  const size_t errors = report.count(CaseVerdict::kError);
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"saker test\"" +
      counts_of(report.count(CaseVerdict::kPassed) + failed + errors, failed, errors);
  for (const TestedFile& file : report.files) {
    text += suite_element(file);
  }
  return text + "</testsuites>\n";
}

}  // namespace saker
