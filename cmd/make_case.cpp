// SPDX-License-Identifier: Apache-2.0
#include "cmd/make_case.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/findings.h"
#include "engine/base/strings.h"
#include "engine/cases/case_maker.h"
#include "engine/cases/case_reader.h"
#include "engine/cases/case_writer.h"
#include "engine/rules/describe.h"
#include "probes/replay_source.h"

namespace saker {
namespace {

Result<void> read_all(EventSource& source, const Tracker::Emit& emit) {
  constexpr int kNoWait = 0;
  std::span<const std::byte> record;
  EventSource::Next next = source.next(record, kNoWait);
  for (; next == EventSource::Next::kRecord; next = source.next(record, kNoWait)) {
    emit(record);
  }
  return next == EventSource::Next::kFailed ? Result<void>(source.error()) : Result<void>();
}

// Environments are recorded in full, and hold secrets: only where a rule looks at them.
bool looks_at_environment(const RulesDescription& description) {
  return std::ranges::any_of(description.rules, [](const RuleDescription& rule) {
    return std::ranges::any_of(rule.condition.fields, [](std::string_view field) {
      return field.starts_with("proc.env") || field.starts_with("proc.aenv") ||
             field == "evt.arg.env";
    });
  });
}

// What the YAML of a case gives.
Result<CaseOutcome> run_yaml(const std::string& yaml, CaseRunner& runner) {
  Diagnostics diagnostics;
  const std::vector<Case> cases =
      read_cases(std::make_shared<SourceText>("the case", yaml), diagnostics);
  if (diagnostics.has_errors() || cases.size() != 1) {
    return Error{"these events cannot be written as YAML", 0,
                 "name the file in a case: 'capture: FILE'"};
  }
  return runner.run(cases.front());
}

std::string comment(const std::string& capture_path, const std::set<std::string>& left_out) {
  std::string text = "From " + capture_path + ", by saker test --from.";
  std::string_view separator = " Other than recorded, and not asked for: ";
  for (const std::string& name : left_out) {
    text += std::string(separator) + name;
    separator = ", ";
  }
  std::string line = "# ";
  append_printable(line, text);
  return line + '\n';
}

}  // namespace

Result<RecordedEvents> open_capture(const std::string& path) {
  auto opened = open_replay_source(path);
  if (!opened) {
    return std::move(opened).error();
  }
  const std::shared_ptr<EventSource> source = *std::move(opened);
  return RecordedEvents{source->info().boot_to_epoch_ns, source->info().hostname,
                        [source](const Tracker::Emit& emit) { return read_all(*source, emit); }};
}

Result<std::string> make_case(const std::string& capture_path, const SourceTexts& rules,
                              const LoadOptions& options) {
  const LoadResult loaded = load_rules_for_cases(rules, options);
  if (loaded.rules == nullptr) {
    print_findings(stderr, loaded.diagnostics.items());
    return Error{"the rules cannot be used", 0, ""};
  }
  const Result<RecordedEvents> recorded = open_capture(capture_path);
  if (!recorded) {
    return recorded.error();
  }
  CaseMaker maker(loaded.rules, *recorded,
                  {.name = "recorded in " + std::filesystem::path(capture_path).filename().string(),
                   .with_environment = looks_at_environment(*loaded.description)});
  if (const auto read = recorded->read([&](auto record) { maker.take(record); }); !read) {
    return read.error();
  }
  Result<Case> made = std::move(maker).finish();
  if (!made) {
    return std::move(made).error();
  }
  CaseRunner runner({options, [&]() -> Result<SourceTexts> { return rules; }, open_capture});
  const Result<CaseOutcome> outcome = run_yaml(to_yaml(*made), runner);
  if (!outcome) {
    return outcome.error();
  }
  const Result<std::set<std::string>> left_out = expect_what_comes(*made, *outcome);
  if (!left_out) {
    return left_out.error();
  }
  return comment(capture_path, *left_out) + to_yaml(*made);
}

}  // namespace saker
