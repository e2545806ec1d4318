// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/sensor_run.h"

#include <string>
#include <vector>

namespace saker::bench {

Result<std::unique_ptr<test::Sensor>> start_sensor(const BenchOptions& options,
                                                   const std::string& first_rules) {
  std::vector<std::string> args;
  if (!first_rules.empty()) {
    args.insert(args.end(), {"-r", first_rules});
  }
  for (const std::string& file : options.rules) {
    args.insert(args.end(), {"-r", file});
  }
  return test::Sensor::start(args, options.cpus.sensor);
}

Result<void> stop_sensor(test::Sensor& sensor) {
  const int status = sensor.stop();
  if (status != 0) {
    return Error{"saker ended with status " + std::to_string(status) + ": " + sensor.log(), 0, ""};
  }
  return {};
}

}  // namespace saker::bench
