// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_runner.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "engine/cases/case_checks.h"
#include "engine/cases/case_records.h"
#include "engine/cases/near_miss.h"
#include "engine/event.h"
#include "engine/matcher.h"
#include "engine/state/process.h"

namespace saker {
namespace {

constexpr int64_t kBootToEpochNs = 1'700'000'000'000'000'000;  // in November 2023

// One run of one case.
class Run {
 public:
  Run(const Case& test_case, const LoadResult& rules, const RecordedEvents& recorded,
      CaseOutcome& outcome);

  // Takes a record; `event` is what it was made of, null for recorded ones.
  void take(std::span<const std::byte> record, const CaseEvent* event);
  // After the last one.
  void compare();

 private:
  void match(const CaseEvent* event);
  [[nodiscard]] std::string place_of(const CaseEvent* event) const;

  const Case& case_;
  const RuleSet& rules_;
  CaseOutcome& outcome_;
  Matcher matcher_;
  Tracker tracker_;
  Event event_;
  std::vector<NearMiss> wanted_;  // of the rules that the case names
  EventSet seen_;
};

Run::Run(const Case& test_case, const LoadResult& rules, const RecordedEvents& recorded,
         CaseOutcome& outcome)
    : case_(test_case),
      rules_(*rules.rules),
      outcome_(outcome),
      matcher_(rules.rules),
      tracker_(recorded.tracker_options()) {
  std::set<uint32_t> named;
  for (const CaseAlert& alert : test_case.alerts) {
    named.insert(*find_rule(rules_, alert.rule.value));
  }
  for (const uint32_t rule : named) {
    wanted_.emplace_back(rules_, *rules.description, rule);
  }
}

void Run::take(std::span<const std::byte> record, const CaseEvent* event) {
  if (event_.decode(record) != DecodeError::kNone) {
    outcome_.findings.add(
        case_.capture ? case_error(case_, case_.capture->span,
                                   "a record of the file cannot be decoded", "the file is corrupt")
                      : case_error(case_, event == nullptr ? case_.span : event->span,
                                   "no record can hold this", "its texts are too long"));
    return;
  }
  tracker_.apply(event_);
  if (event_.is_matchable()) {
    match(event);
  }
  tracker_.finish(event_);
}

void Run::match(const CaseEvent* event) {
  const auto matched = matcher_.match(event_);
  event_.show_outcome();
  seen_.set(event_.code());
  for (const uint32_t index : matched) {
    outcome_.alerts.push_back({describe(event_, rules_.rules()[index]), place_of(event)});
  }
  for (NearMiss& miss : wanted_) {
    if (std::ranges::find(matched, miss.rule()) == matched.end()) {
      miss.add(event_, [&] { return place_of(event); });
    }
  }
}

std::string Run::place_of(const CaseEvent* event) const {
  std::string text = "event " + std::to_string(event_.number());
  if (event != nullptr) {
    text = "the event of line " + std::to_string(case_.source->position(event->span.begin).line);
  }
  return text + " (" + std::string(event_.def().name) + " by " + event_.process().comm + ", pid " +
         std::to_string(event_.task().pid) + ')';
}

void Run::compare() {
  outcome_.differences = compare_alerts(case_, outcome_.alerts);
  for (CaseDifference& difference : outcome_.differences) {
    if (difference.kind == CaseDifference::Kind::kMissing) {
      const auto rule = find_rule(rules_, difference.rule);
      const auto miss = std::ranges::find(wanted_, *rule, &NearMiss::rule);
      difference.nearest = miss->text();
    }
  }
  if (case_.about) {
    const Rule& rule = rules_.rules()[*find_rule(rules_, case_.about->value)];
    if ((rule.events & seen_).none()) {
      CaseDifference difference;
      difference.kind = CaseDifference::Kind::kUnasked;
      difference.rule = rule.name;
      difference.span = case_.about->span;
      difference.nearest = unasked_text(rule);
      outcome_.differences.push_back(std::move(difference));
    }
  }
}

// Cases with the same rules have the same.
std::string key_of(const Case& test_case) {
  std::string key;
  for (const Text& rules : test_case.rules) {
    key += path_in_case(test_case, rules.value) + '\0';
  }
  return key + '\0' + (test_case.inline_rules ? '=' + test_case.inline_rules->value : "");
}

Diagnostic unusable(const Case& test_case, Span span, const Error& error) {
  Error without_hint = error;
  without_hint.hint.clear();
  return case_error(test_case, span, without_hint.to_string(), error.hint);
}

}  // namespace

Tracker::Options RecordedEvents::tracker_options() const {
  Tracker::Options options;
  options.boot_to_epoch_ns = boot_to_epoch_ns;
  options.hostname = hostname;
  return options;
}

LoadResult load_rules_for_cases(const SourceTexts& files, const LoadOptions& options) {
  LoadOptions load = options;
  load.describe = true;
  load.enforcement.mode = Enforcement::kOff;
  return load_rules(files, load);
}

CaseRunner::CaseRunner(Options options) : options_(std::move(options)) {}

SourceTexts CaseRunner::files_of(const Case& test_case, Diagnostics& findings) const {
  SourceTexts files;
  const auto add = [&](const Result<SourceTexts>& read, Span place) {
    if (read) {
      files.insert(files.end(), read->begin(), read->end());
    } else {
      findings.add(unusable(test_case, place, read.error()));
    }
  };
  for (const Text& rules : test_case.rules) {
    add(read_rule_files(path_in_case(test_case, rules.value)), rules.span);
  }
  if (test_case.inline_rules) {
    files.push_back(std::make_shared<SourceText>("inline_rules", test_case.inline_rules->value));
  } else if (test_case.rules.empty()) {
    add(options_.rules(), test_case.span);
  }
  return files;
}

std::shared_ptr<const LoadResult> CaseRunner::rules_of(const Case& test_case,
                                                       Diagnostics& findings) {
  std::shared_ptr<const LoadResult>& loaded = loaded_[key_of(test_case)];
  if (loaded == nullptr) {
    const SourceTexts files = files_of(test_case, findings);
    if (findings.has_errors()) {
      return nullptr;
    }
    loaded = std::make_shared<const LoadResult>(load_rules_for_cases(files, options_.load));
  }
  if (loaded->rules != nullptr) {
    return loaded;
  }
  for (const Diagnostic& finding : loaded->diagnostics.items()) {
    if (finding.severity == Severity::kError) {
      findings.add(finding);
    }
  }
  return nullptr;
}

CaseOutcome CaseRunner::run(const Case& test_case) {
  CaseOutcome outcome;
  const auto rules = rules_of(test_case, outcome.findings);
  if (rules == nullptr) {
    return outcome;
  }
  check_names(test_case, *rules->rules, outcome.findings);
  RecordedEvents recorded{kBootToEpochNs, "host", {}};
  if (test_case.capture) {
    Result<RecordedEvents> opened =
        options_.open_capture(path_in_case(test_case, test_case.capture->value));
    if (opened) {
      recorded = *std::move(opened);
    } else {
      outcome.findings.add(unusable(test_case, test_case.capture->span, opened.error()));
    }
  }
  if (outcome.findings.has_errors()) {
    return outcome;
  }
  Run run(test_case, *rules, recorded, outcome);
  if (recorded.read) {
    const Result<void> read = recorded.read([&](auto record) { run.take(record, nullptr); });
    if (!read) {
      outcome.findings.add(unusable(test_case, test_case.capture->span, read.error()));
    }
  } else {
    CaseRecords records;
    records.emit_state(test_case, [&](auto record) { run.take(record, nullptr); });
    for (const CaseEvent& event : test_case.events) {
      records.emit_event(event, [&](auto record) { run.take(record, &event); });
    }
  }
  run.compare();
  return outcome;
}

}  // namespace saker
