// SPDX-License-Identifier: Apache-2.0
#include "cmd/dry_run_report.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "cmd/log.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr size_t kMaxRules = 20;  // that lines and JSON tell of

std::string count_text(uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string processes_text(uint64_t count) { return count_text(count, "process", "processes"); }

void append_line_of(const DryRunReport::OfRule& rule, std::string& line) {
  line = "rule '";
  append_printable(line, rule.name);
  line += "' (" + std::string(to_string(rule.action)) + ", enforcement " +
          std::string(to_string(rule.enforcement)) + ") would have refused " +
          count_text(rule.operations, "operation", "operations") + " of " +
          processes_text(rule.processes) + ": ";
  std::string_view separator;
  for (const DryRunReport::Example& example : rule.examples) {
    line += separator;
    append_printable(line, example.process);
    line += " (pid " + std::to_string(example.pid) + ") " + example.operation + ' ';
    append_printable(line, example.object);
    separator = "; ";
  }
  if (rule.processes > rule.examples.size()) {
    line += "; ...";
  }
}

}  // namespace

std::string dry_run_summary(const DryRunReport& report) {
  std::string text = (report.operations_refused == 0
                          ? "none of " + count_text(report.operations, "operation", "operations")
                          : count_text(report.operations_refused, "operation", "operations") +
                                " of " + processes_text(report.processes_refused)) +
                     " would have been refused; " + processes_text(report.processes) + " looked at";
  if (report.processes_partly != 0) {
    text += ", " + std::to_string(report.processes_partly) + " of them in part";
  }
  if (report.processes_skipped != 0) {
    text += ", " + std::to_string(report.processes_skipped) + " not for lack of time";
  }
  if (report.rules_silent != 0) {
    text += "; " + count_text(report.rules_silent, "rule is", "rules are") +
            " about what cannot be seen of a running process";
  }
  return text;
}

std::vector<std::string> dry_run_lines(const DryRunReport& report) {
  std::vector<std::string> lines;
  for (const DryRunReport::OfRule& rule : report.rules) {
    if (lines.size() == kMaxRules) {
      lines.push_back("and " + std::to_string(report.rules.size() - kMaxRules) +
                      " more rules would have refused something");
      break;
    }
    append_line_of(rule, lines.emplace_back());
  }
  lines.push_back(dry_run_summary(report));
  return lines;
}

void log_dry_run(const DryRunReport& report) {
  void (*log)(const std::string&) = report.operations_refused == 0 ? log_info : log_warning;
  for (const std::string& line : dry_run_lines(report)) {
    log("dry run: " + line);
  }
}

void write_json(JsonWriter& json, const DryRunReport& report) {
  const auto number = [&json](std::string_view key, uint64_t value) {
    json.unsigned_integer(key, value);
  };
  const auto text = [&json](std::string_view key, std::string_view value) {
    json.text(key, value);
  };
  json.begin_object();
  number("processes", report.processes);
  number("processes_partly", report.processes_partly);
  number("processes_skipped", report.processes_skipped);
  number("processes_refused", report.processes_refused);
  number("operations", report.operations);
  number("operations_refused", report.operations_refused);
  number("rules_silent", report.rules_silent);
  text("summary", dry_run_summary(report));
  json.begin_array("rules");
  const size_t rules = std::min(report.rules.size(), kMaxRules);
  for (const DryRunReport::OfRule& rule : std::span(report.rules).first(rules)) {
    json.begin_object();
    text("name", rule.name);
    text("action", to_string(rule.action));
    text("enforcement", to_string(rule.enforcement));
    number("operations", rule.operations);
    number("processes", rule.processes);
    json.begin_array("examples");
    for (const DryRunReport::Example& example : rule.examples) {
      json.begin_object();
      text("process", example.process);
      number("pid", example.pid);
      text("operation", example.operation);
      text("object", example.object);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace saker
