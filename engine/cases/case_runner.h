// SPDX-License-Identifier: Apache-2.0
// CaseRunner: runs cases. Their events take the whole way of the data path: decode, track, match,
// describe; no kernel, no outputs.
//
// A rule with an action is tested as one that alerts: what the kernel decides is not made up here.
//
// Threads: any, one at a time. Keeps rules that it has loaded for the cases to come.
#ifndef SAKER_ENGINE_CASES_CASE_RUNNER_H
#define SAKER_ENGINE_CASES_CASE_RUNNER_H

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/base/yaml_files.h"
#include "engine/cases/case.h"
#include "engine/cases/case_outcome.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"

namespace saker {

// Records that were made elsewhere.
struct RecordedEvents {
  int64_t boot_to_epoch_ns = 0;
  std::string hostname;
  std::function<Result<void>(const Tracker::Emit& emit)> read;  // all, once

  // Those of a tracker for them.
  [[nodiscard]] Tracker::Options tracker_options() const;
};

// Loads rules as cases are run with them; gives their description, too.
[[nodiscard]] LoadResult load_rules_for_cases(const SourceTexts& files, const LoadOptions& options);

class CaseRunner {
 public:
  struct Options {
    LoadOptions load;
    // Reads those of cases that name none.
    std::function<Result<SourceTexts>()> rules;
    // Opens a capture file.
    std::function<Result<RecordedEvents>(const std::string& path)> open_capture;
  };
  explicit CaseRunner(Options options);

  [[nodiscard]] CaseOutcome run(const Case& test_case);

 private:
  [[nodiscard]] SourceTexts files_of(const Case& test_case, Diagnostics& findings) const;
  // Null, and a finding, when there are none that load.
  [[nodiscard]] std::shared_ptr<const LoadResult> rules_of(const Case& test_case,
                                                           Diagnostics& findings);

  Options options_;
  std::map<std::string, std::shared_ptr<const LoadResult>> loaded_;  // by what was loaded
};

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_RUNNER_H
