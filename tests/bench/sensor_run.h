// SPDX-License-Identifier: Apache-2.0
// SensorRun: the sensor on a CPU of its own.
#ifndef SAKER_TESTS_BENCH_SENSOR_RUN_H
#define SAKER_TESTS_BENCH_SENSOR_RUN_H

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "tests/bench/parts.h"
#include "tests/support/sensor.h"

namespace saker::bench {

// Starts the sensor with the rules of the run and, if not empty, one more rule file, which comes
// first so that its rules win.
Result<std::unique_ptr<test::Sensor>> start_sensor(const BenchOptions& options,
                                                   const std::string& first_rules = "");
// Ends it; anything but exit status 0 is an error that carries its log.
Result<void> stop_sensor(test::Sensor& sensor);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_SENSOR_RUN_H
