// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/clock.h"
#include "tests/bench/machine.h"
#include "tests/bench/needles.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"
#include "tests/bench/sensor_load.h"

namespace saker::bench {
namespace {

constexpr double kOpensPerNs = 500'000 / 1e9;
constexpr double kFloodNs = 3e9;
constexpr int64_t kBurst = 500;
constexpr int64_t kIdleNs = 100'000;

// As many opens as are due, or as the machine gives; notes how many in how many nanoseconds.
void flood(const std::string& path, const SharedNumbers& done) {
  const double began = clock_ns(CLOCK_MONOTONIC);
  double spent_ns = 0;
  int64_t opens = 0;
  while (spent_ns < kFloodNs) {
    if (static_cast<double>(opens) > spent_ns * kOpensPerNs) {
      pace(kIdleNs);
    } else {
      for (int64_t i = 0; i < kBurst; ++i) {
        open_and_close(path);
      }
      opens += kBurst;
    }
    spent_ns = clock_ns(CLOCK_MONOTONIC) - began;
  }
  done[0] = opens;
  done[1] = static_cast<int64_t>(spent_ns);
}

// Values of the same index belong to one round, except for latencies.
struct Floods {
  std::vector<double> opens;
  std::vector<double> opens_per_s;
  std::vector<double> latencies_ms;  // of the alerts that came
  SensorLoad load;
};

Result<void> add_flood(const BenchOptions& options, Floods& floods) {
  constexpr auto kPatience = std::chrono::seconds(10);
  const ScratchDir dir;
  const Needles needles(dir, 1);
  const std::string plain = dir.write("plain", "");
  const auto load = [&](test::Sensor& sensor) -> Result<void> {
    const SharedNumbers done(2);
    Child flooder(options.cpus.load, [&] { flood(plain, done); });
    const Child opener(options.cpus.load, [&] {
      pace(static_cast<int64_t>(kFloodNs / 2));
      needles.open(0);
    });
    sensor.wait_for_alert({needles.paths().front()}, kPatience);
    flooder.wait();
    floods.opens.push_back(static_cast<double>(done[0]));
    floods.opens_per_s.push_back(floods.opens.back() / static_cast<double>(done[1]) * 1e9);
    std::ranges::copy(needles.latencies_ms(sensor), std::back_inserter(floods.latencies_ms));
    return {};
  };
  return add_round(options, needles.rule(), load, floods.load);
}

// Opens that the sensor has in none of its counters. Those hold other events too, so a few missing
// ones do not show.
double uncounted(const Floods& floods) {
  const std::vector<double>& produced = floods.load.produced;
  double sum = 0;
  for (size_t i = 0; i < produced.size(); ++i) {
    sum += std::max(floods.opens[i] - produced[i], 0.0);
  }
  return sum;
}

}  // namespace

Result<void> measure_flood(const BenchRun& run) {
  const OnBothCpus both(run.options.cpus);  // or the flood would keep the reader from reading
  Floods floods;
  for (int i = 0; i < run.options.rounds; ++i) {
    if (Result<void> done = add_flood(run.options, floods); !done) {
      return done;
    }
  }
  const size_t missing = floods.opens_per_s.size() - floods.latencies_ms.size();
  std::vector<Row>& rows = run.report.rows;
  rows.push_back({"opens in a flood", "1/s", {}, summarise(floods.opens_per_s), {}, "", true});
  if (!floods.latencies_ms.empty()) {
    rows.push_back(
        {"  alert of a bad open amid them", "ms", {}, summarise(floods.latencies_ms), {}, ""});
  }
  rows.push_back(
      {"  alerts that did not come", "", {}, single(static_cast<double>(missing)), 0, ""});
  rows.push_back({"  opens in no counter", "", {}, single(uncounted(floods)), 0, ""});
  add_load_rows(run, floods.load, "", {});
  return {};
}

}  // namespace saker::bench
