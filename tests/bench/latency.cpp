// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/machine.h"
#include "tests/bench/needles.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"
#include "tests/bench/sensor_run.h"
#include "tests/bench/usage.h"

namespace saker::bench {
namespace {

// Time between two alerts: long enough that each is an event of its own on an idle machine, and
// random so that no timer of the sensor stays in step with it.
constexpr int64_t kMinGapNs = 5'000'000;
constexpr int64_t kMaxGapNs = 10'000'000;

// The load beside the alerts: 20,000 open+close per second in small bursts.
constexpr int kBurst = 20;
constexpr int64_t kBurstGapNs = 1'000'000;

void open_all(const Needles& needles) {
  std::minstd_rand random(1);
  std::uniform_int_distribution<int64_t> gap_ns(kMinGapNs, kMaxGapNs);
  for (size_t i = 0; i < needles.paths().size(); ++i) {
    pace(gap_ns(random));
    needles.open(i);
  }
}

[[noreturn]] void open_in_bursts(const std::string& path) {
  while (true) {
    pace(kBurstGapNs);
    for (int i = 0; i < kBurst; ++i) {
      open_and_close(path);
    }
  }
}

[[noreturn]] void open_flat_out(const std::string& path) {
  while (true) {
    open_and_close(path);
  }
}

struct Situation {
  const char* name;
  const char* reference;
  void (*load)(const std::string& path);  // opens that file; null: none
  std::optional<double> p50_budget_ms;
  std::optional<double> p99_budget_ms;
};
constexpr Situation kSituations[] = {
    {"alert latency, quiet", "alert latency, quiet", nullptr, 0.3, 1.0},
    {"alert latency, 20k open+close/s", "alert latency under 20 k", open_in_bursts, {}, {}},
    {"alert latency, open+close flat out", "", open_flat_out, {}, 5.0},
};

Result<std::vector<double>> measure_alerts(const BenchOptions& options, const ScratchDir& dir,
                                           const Situation& situation) {
  const Needles needles(dir, static_cast<size_t>(options.alerts));
  const std::string plain = dir.write("plain", "");
  auto sensor = start_sensor(options, needles.rule());
  if (!sensor) {
    return sensor.error();
  }
  std::unique_ptr<Child> load;
  if (situation.load != nullptr) {
    load = std::make_unique<Child>(options.cpus.load, [&] { situation.load(plain); });
  }
  const Child opener(options.cpus.load, [&] { open_all(needles); });
  constexpr auto kPatience = std::chrono::seconds(5);
  const auto longest = std::chrono::nanoseconds(kMaxGapNs) * options.alerts + kPatience;
  (*sensor)->wait_for_alert({needles.paths().back()},
                            std::chrono::duration_cast<std::chrono::milliseconds>(longest));
  load.reset();
  if (auto stopped = stop_sensor(**sensor); !stopped) {
    return stopped.error();
  }
  return needles.latencies_ms(**sensor);
}

}  // namespace

Result<void> measure_latency(const BenchRun& run) {
  const OnBothCpus both(run.options.cpus);  // or a load would keep the reader from reading
  for (const Situation& situation : kSituations) {
    const ScratchDir dir;
    const auto ms = measure_alerts(run.options, dir, situation);
    if (!ms) {
      return ms.error();
    }
    const size_t expected = static_cast<size_t>(run.options.alerts);
    if (ms->empty()) {
      return Error{std::string(situation.name) + ": no alert came", 0, ""};
    }
    if (ms->size() < expected) {
      run.report.notes.push_back(std::string(situation.name) + ": " +
                                 std::to_string(expected - ms->size()) + " of " +
                                 std::to_string(expected) + " alerts did not come");
    }
    const std::string reference = run.reference.cell(situation.reference, "");
    const auto add = [&](const std::string& what, double percent, std::optional<double> budget) {
      run.report.rows.push_back(
          {situation.name + what, "ms", {}, single(percentile(*ms, percent)), budget, reference});
    };
    add(", p50", 50, situation.p50_budget_ms);
    add(", p99", 99, situation.p99_budget_ms);
    add(", max", 100, {});
    run.report.rows.back().is_context = true;  // one alert's
  }
  return {};
}

Result<void> measure_start(const BenchRun& run) {
  std::vector<double> ms;
  std::vector<double> resident_mib;
  std::vector<double> anonymous_mib;
  for (int i = 0; i < run.options.rounds; ++i) {
    const ScratchDir dir;
    const Needles needles(dir, 1);
    // Once a millisecond, so that the first alert comes as soon as the sensor can give one.
    const Child opener(run.options.cpus.load, [&] {
      while (true) {
        pace(1'000'000);
        open_and_close(needles.paths().front());
      }
    });
    const int64_t began = realtime_ns();
    auto sensor = start_sensor(run.options, needles.rule());
    if (!sensor) {
      return sensor.error();
    }
    const std::string alert =
        (*sensor)->wait_for_alert({needles.paths().front()}, std::chrono::seconds(10));
    if (alert.empty()) {
      return Error{"start: no alert came: " + (*sensor)->log(), 0, ""};
    }
    const auto index =
        std::ranges::find(sensor.value()->alerts(), alert) - sensor.value()->alerts().begin();
    const int64_t came = (*sensor)->alert_times_ns()[static_cast<size_t>(index)];
    ms.push_back(static_cast<double>(came - began) / 1e6);
    const Memory memory = memory_of((*sensor)->pid());
    resident_mib.push_back(memory.resident_mib);
    anonymous_mib.push_back(memory.anonymous_mib);
    if (auto stopped = stop_sensor(**sensor); !stopped) {
      return stopped;
    }
  }
  run.report.rows.push_back({"start to first alert",
                             "ms",
                             {},
                             summarise(ms),
                             400,
                             run.reference.cell("start to first alert", "")});
  const auto add = [&](const char* what, const std::vector<double>& values,
                       std::optional<double> budget) {
    run.report.rows.push_back({what, "MiB", {}, summarise(values), budget, ""});
  };
  add("  resident memory", resident_mib, 40);
  add("  anonymous memory", anonymous_mib, {});
  return {};
}

}  // namespace saker::bench
