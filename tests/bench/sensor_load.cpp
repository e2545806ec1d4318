// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/sensor_load.h"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/clock.h"
#include "tests/bench/run_summary.h"
#include "tests/bench/sensor_run.h"
#include "tests/bench/usage.h"

namespace saker::bench {
namespace {

// With fewer, start and end of the sensor are most of its CPU time.
constexpr double kEventsToJudge = 10'000;

constexpr double kMemoryBudgetMib = 40;

}  // namespace

Result<void> add_round(const BenchOptions& options, const std::string& first_rules,
                       const std::function<Result<void>(test::Sensor&)>& load, SensorLoad& values) {
  auto sensor = start_sensor(options, first_rules);
  if (!sensor) {
    return sensor.error();
  }
  const pid_t pid = (*sensor)->pid();
  const double cpu_before = cpu_ns_of(pid);
  const double began = clock_ns(CLOCK_MONOTONIC);
  if (Result<void> done = load(**sensor); !done) {
    return done;
  }
  const double wall_ns = clock_ns(CLOCK_MONOTONIC) - began;
  values.cpu_percent.push_back((cpu_ns_of(pid) - cpu_before) / wall_ns * 100);
  const Memory memory = memory_of(pid);
  values.resident_mib.push_back(memory.resident_mib);
  values.anonymous_mib.push_back(memory.anonymous_mib);
  const double children_before = cpu_ns_of_children();
  if (auto stopped = stop_sensor(**sensor); !stopped) {
    return stopped;
  }
  // Ending includes working off what the ring still held.
  const double cpu_ns = cpu_ns_of_children() - children_before - cpu_before;
  const auto summary = parse_run_summary((*sensor)->log());
  if (!summary) {
    return Error{"saker wrote no summary: " + (*sensor)->log(), 0, ""};
  }
  const auto delivered = static_cast<double>(summary->delivered);
  const auto produced = static_cast<double>(summary->produced());
  values.filtered.push_back(static_cast<double>(summary->filtered));
  values.delivered.push_back(delivered);
  values.lost.push_back(static_cast<double>(summary->lost));
  values.produced.push_back(produced);
  values.produced_per_s.push_back(produced / wall_ns * 1e9);
  values.cpu_ns_per_event.push_back(delivered > 0 ? cpu_ns / delivered : 0);
  return {};
}

void add_load_rows(const BenchRun& run, const SensorLoad& values, std::string_view reference,
                   std::optional<double> cpu_budget_percent) {
  const auto other = [&](std::string_view column) { return run.reference.cell(reference, column); };
  const auto add = [&](const char* what, const char* unit, const std::vector<double>& readings,
                       std::string known, std::optional<double> budget = {}) -> Row& {
    return run.report.rows.emplace_back(
        Row{what, unit, {}, summarise(readings), budget, std::move(known)});
  };
  add("  events produced", "1/s", values.produced_per_s, other("produced")).is_context = true;
  add("  events filtered in the kernel", "", values.filtered, "").is_context = true;
  add("  events delivered", "", values.delivered, "").is_context = true;
  add("  events lost", "", values.lost, other("lost"), 0);
  add("  sensor CPU", "% of one", values.cpu_percent, other("CPU"), cpu_budget_percent);
  if (summarise(values.delivered).median >= kEventsToJudge) {
    add("  sensor CPU per event", "ns", values.cpu_ns_per_event, other("ns per event"));
  }
  add("  resident memory", "MiB", values.resident_mib, run.reference.cell("memory", ""),
      kMemoryBudgetMib);
  add("  anonymous memory", "MiB", values.anonymous_mib, "");
}

}  // namespace saker::bench
