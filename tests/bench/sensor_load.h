// SPDX-License-Identifier: Apache-2.0
// SensorLoad: what a load costs the sensor, and what becomes of its events. They take in what else
// happens on the machine.
#ifndef SAKER_TESTS_BENCH_SENSOR_LOAD_H
#define SAKER_TESTS_BENCH_SENSOR_LOAD_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "tests/bench/parts.h"
#include "tests/support/sensor.h"

namespace saker::bench {

// Values of the same index belong to one round.
struct SensorLoad {
  std::vector<double> cpu_percent;  // of one CPU, during the load
  std::vector<double> cpu_ns_per_event;
  std::vector<double> produced;
  std::vector<double> produced_per_s;
  std::vector<double> filtered;
  std::vector<double> delivered;
  std::vector<double> lost;
  std::vector<double> resident_mib;   // after the load
  std::vector<double> anonymous_mib;  // of it
};

// One round: starts the sensor, with one more rule file if that is not empty, runs the load, ends
// the sensor and adds its values.
Result<void> add_round(const BenchOptions& options, const std::string& first_rules,
                       const std::function<Result<void>(test::Sensor&)>& load, SensorLoad& values);

// A row for each value. `reference`: the row of the other sensor's tables; empty: none.
void add_load_rows(const BenchRun& run, const SensorLoad& values, std::string_view reference,
                   std::optional<double> cpu_budget_percent);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_SENSOR_LOAD_H
