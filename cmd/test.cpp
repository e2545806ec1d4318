// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/case_report.h"
#include "cmd/command.h"
#include "cmd/log.h"
#include "cmd/make_case.h"
#include "cmd/setup.h"
#include "engine/base/yaml_files.h"
#include "engine/cases/case_reader.h"
#include "engine/cases/case_runner.h"

namespace saker {
namespace {

Result<void> write_file(const std::string& path, const std::string& text) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "we"),
                                                             std::fclose);
  if (file == nullptr || std::fputs(text.c_str(), file.get()) < 0 || std::fflush(file.get()) != 0) {
    return Error{"cannot write '" + path + "'", errno, ""};
  }
  return {};
}

int fail(const Error& error) {
  log_error(error.to_string());
  return kExitFailure;
}

// A file that cannot be read, or holds nothing.
Diagnostic unusable(std::string path, Error error) {
  Diagnostic finding;
  finding.hint = std::exchange(error.hint, {});
  finding.message = error.to_string();
  finding.contexts = {{"rules content", std::move(path), nullptr, {}}};
  return finding;
}

TestedCase test_case(CaseRunner& runner, const Case& read) {
  TestedCase tested{read.name, read.source->position(read.span.begin).line, runner.run(read), {}};
  for (const CaseDifference& difference : tested.outcome.differences) {
    tested.lines.push_back(read.source->position(difference.span.begin).line);
  }
  return tested;
}

TestedFile test_file(CaseRunner& runner, const std::shared_ptr<const SourceText>& text) {
  TestedFile tested{text->name(), {}, {}};
  Diagnostics diagnostics;
  const std::vector<Case> cases = read_cases(text, diagnostics);
  if (diagnostics.has_errors()) {
    tested.errors = diagnostics.items();
    std::ranges::stable_sort(tested.errors, {},
                             [](const Diagnostic& error) { return error.span.begin; });
    return tested;
  }
  if (cases.empty()) {
    tested.errors.push_back(unusable(text->name(), {"there is no case in the file", 0, ""}));
  }
  for (const Case& read : cases) {
    tested.cases.push_back(test_case(runner, read));
  }
  return tested;
}

CaseReport test_paths(CaseRunner& runner, const std::vector<std::string>& paths) {
  CaseReport report;
  for (const std::string& path : paths) {
    const Result<SourceTexts> read = read_yaml_files(path, "case");
    if (!read || read->empty()) {
      report.files.push_back(
          {path,
           {unusable(path, read ? Error{"there are no case files in the directory", 0,
                                        "their names end in .yaml or .yml"}
                                : read.error())},
           {}});
      continue;
    }
    for (const std::shared_ptr<const SourceText>& text : *read) {
      report.files.push_back(test_file(runner, text));
    }
  }
  return report;
}

// Also when no case needs them.
Result<SourceTexts> named_rules(const Options& options, const Config& config) {
  return options.rules.empty() ? SourceTexts() : read_rules(options, config);
}

int print_case(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const auto rules = read_rules(options, loaded->config);
  if (!rules) {
    return fail(rules.error());
  }
  const auto made = make_case(options.from_path, *rules, load_options(loaded->config));
  if (!made) {
    return fail(made.error());
  }
  std::fputs(made->c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

int test_cases(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const Config& config = loaded->config;
  if (const auto named = named_rules(options, config); !named) {
    return fail(named.error());
  }
  CaseRunner runner(
      {load_options(config), [&] { return read_rules(options, config); }, open_capture});
  const CaseReport report = test_paths(runner, options.files);
  if (!options.junit_path.empty()) {
    if (const Result<void> written = write_file(options.junit_path, to_junit(report)); !written) {
      return fail(written.error());
    }
  }
  std::fputs((options.json ? to_json(report) : to_text(report)).c_str(), stdout);
  return report.passed() && std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace

int test_command(const Options& options) {
  if (options.files.empty() && options.from_path.empty()) {
    std::fputs("saker test: FILE is required, or --from\n'saker test --help' shows what there is\n",
               stderr);
    return kExitUsage;
  }
  return options.from_path.empty() ? test_cases(options) : print_case(options);
}

}  // namespace saker
