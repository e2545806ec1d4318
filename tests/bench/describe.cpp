// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/check.h"
#include "engine/event.h"
#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"
#include "probes/replay_source.h"
#include "tests/bench/clock.h"
#include "tests/bench/mix.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

constexpr uint64_t kAlerts = 100'000;

double ns_per_alert(const Event& event, const Rule& rule) {
  const double began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  for (uint64_t i = 0; i < kAlerts; ++i) {
    static_cast<void>(describe(event, rule));
  }
  return (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began) / static_cast<double>(kAlerts);
}

}  // namespace

Result<void> measure_describe(const BenchRun& run) {
  const ScratchDir dir;
  const std::string capture = dir.file("mix");
  if (Result<void> written = write_mix(capture, 1); !written) {
    return written;
  }
  const auto source = open_replay_source(capture);
  if (!source) {
    return source.error();
  }
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("rules.yaml", std::string(kMixRules))}, {});
  SAKER_CHECK(loaded.rules != nullptr);
  Matcher matcher(loaded.rules);
  Tracker tracker({});
  Event event;
  std::span<const std::byte> record;
  while ((*source)->next(record, 0) == EventSource::Next::kRecord) {
    SAKER_CHECK(event.decode(record) == DecodeError::kNone);
    tracker.apply(event);
    if (event.is_matchable() && !matcher.match(event).empty()) {
      std::vector<double> ns;
      for (int i = 0; i < run.options.rounds; ++i) {
        ns.push_back(ns_per_alert(event, loaded.rules->rules().front()));
      }
      run.report.rows.push_back({"alert of 10 fields, described", "ns", {}, summarise(ns), {}, ""});
      return {};
    }
    tracker.finish(event);
  }
  return Error{"no event of the mix matches", 0, ""};
}

}  // namespace saker::bench
