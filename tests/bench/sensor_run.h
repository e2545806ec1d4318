// SPDX-License-Identifier: Apache-2.0
// SensorRun: the sensor on a CPU of its own, and what the kernel knows of its use of time and
// memory.
#ifndef SAKER_TESTS_BENCH_SENSOR_RUN_H
#define SAKER_TESTS_BENCH_SENSOR_RUN_H

#include <sys/types.h>

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "tests/bench/parts.h"
#include "tests/support/sensor.h"

namespace saker::bench {

// CPU time of a running process, all threads; 0 when it is gone.
[[nodiscard]] double cpu_ns_of(pid_t pid);
// CPU time of all children that were waited for.
[[nodiscard]] double cpu_ns_of_children();
[[nodiscard]] double resident_mib(pid_t pid);

// Starts the sensor with the rules of the run and, if not empty, one more rule file, which comes
// first so that its rules win.
Result<std::unique_ptr<test::Sensor>> start_sensor(const BenchOptions& options,
                                                   const std::string& first_rules = "");
// Ends it; anything but exit status 0 is an error that carries its log.
Result<void> stop_sensor(test::Sensor& sensor);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_SENSOR_RUN_H
