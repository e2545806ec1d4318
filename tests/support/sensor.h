// SPDX-License-Identifier: Apache-2.0
// Sensor: the built `saker run` as a child process, for live tests: started, waited for until it
// watches, its JSON alerts read line by line.
#ifndef SAKER_TESTS_SUPPORT_SENSOR_H
#define SAKER_TESTS_SUPPORT_SENSOR_H

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker::test {

class Sensor {
 public:
  // Runs `saker run` with JSON alerts and `args`, on one CPU if given, and returns once it watches.
  static Result<std::unique_ptr<Sensor>> start(const std::vector<std::string>& args,
                                               std::optional<int> cpu = {});
  Sensor(const Sensor&) = delete;
  Sensor& operator=(const Sensor&) = delete;
  // Kills the sensor if it still runs.
  ~Sensor();

  // The first alert line that holds all of `parts`, waited for up to `timeout`; empty: none came.
  std::string wait_for_alert(const std::vector<std::string>& parts,
                             std::chrono::milliseconds timeout);
  // Reads what it writes until `is_over()`, which is asked several times a second at least.
  void read_until(const std::function<bool()>& is_over);
  // Reads its log until it holds `text`; false: it does not come.
  bool wait_for_log(const std::string& text, std::chrono::milliseconds timeout);
  // Ends it with SIGTERM; returns its exit status, or -1 when it did not exit by itself.
  int stop();

  // What it wrote so far.
  [[nodiscard]] const std::vector<std::string>& alerts() const noexcept { return alerts_; }
  // Of the first of them that breaks a schema, in any format: why. Empty: none does.
  [[nodiscard]] std::string schema_problem() const;
  // CLOCK_REALTIME when the alert of the same index was read from the pipe.
  [[nodiscard]] const std::vector<int64_t>& alert_times_ns() const noexcept {
    return alert_times_ns_;
  }
  [[nodiscard]] const std::string& log() const noexcept { return log_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  Sensor() = default;
  // Reads what both pipes have, waiting until `deadline` for something; false: both are closed.
  bool read_some(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  UniqueFd out_;
  UniqueFd err_;
  std::string partial_;
  std::string log_;
  std::vector<std::string> alerts_;
  std::vector<int64_t> alert_times_ns_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SENSOR_H
