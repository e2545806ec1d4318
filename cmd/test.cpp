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
#include "cmd/setup.h"
#include "engine/base/yaml_files.h"
#include "engine/cases/case_reader.h"
#include "engine/cases/case_runner.h"
#include "probes/replay_source.h"

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

Result<void> read_all(EventSource& source, const Tracker::Emit& emit) {
  constexpr int kNoWait = 0;
  std::span<const std::byte> record;
  EventSource::Next next = source.next(record, kNoWait);
  for (; next == EventSource::Next::kRecord; next = source.next(record, kNoWait)) {
    emit(record);
  }
  return next == EventSource::Next::kFailed ? Result<void>(source.error()) : Result<void>();
}

Result<RecordedEvents> open_capture(const std::string& path) {
  auto opened = open_replay_source(path);
  if (!opened) {
    return std::move(opened).error();
  }
  const std::shared_ptr<EventSource> source = *std::move(opened);
  return RecordedEvents{source->info().boot_to_epoch_ns, source->info().hostname,
                        [source](const Tracker::Emit& emit) { return read_all(*source, emit); }};
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

}  // namespace

int test_command(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const Config& config = loaded->config;
  const auto rules = [&] { return read_rules(options, config); };
  // Also when no case needs them.
  if (const auto named = options.rules.empty() ? Result(SourceTexts()) : rules(); !named) {
    return fail(named.error());
  }
  CaseRunner runner({load_options(config), rules, open_capture});
  const CaseReport report = test_paths(runner, options.files);
  if (!options.junit_path.empty()) {
    if (const Result<void> written = write_file(options.junit_path, to_junit(report)); !written) {
      return fail(written.error());
    }
  }
  std::fputs((options.json ? to_json(report) : to_text(report)).c_str(), stdout);
  return report.passed() && std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace saker
