// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/needles.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace saker::bench {

Needles::Needles(const ScratchDir& dir, size_t count)
    : rule_(dir.write("rule.yaml",
                      "- rule: Bench needle opened\n"
                      "  desc: A file of the latency benchmark was opened\n"
                      "  condition: evt.type in (open, openat, openat2) and fd.name startswith " +
                          dir.file("needle-") +
                          "\n"
                          "  output: needle (file=%fd.name)\n"
                          "  priority: NOTICE\n")),
      opened_ns_(count) {
  for (size_t i = 0; i < count; ++i) {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "needle-%06zu", i);
    paths_.push_back(dir.write(name.data(), ""));
  }
}

void Needles::open(size_t i) const {
  opened_ns_[i] = realtime_ns();
  open_and_close(paths_[i]);
}

// An alert is found by the name of its file.
std::vector<double> Needles::latencies_ms(const test::Sensor& sensor) const {
  constexpr double kNsPerMs = 1e6;
  std::vector<double> result;
  for (size_t i = 0; i < paths_.size(); ++i) {
    const auto alert = std::ranges::find_if(sensor.alerts(), [&](const std::string& line) {
      return line.find(paths_[i]) != std::string::npos;
    });
    if (alert != sensor.alerts().end()) {
      const auto index = static_cast<size_t>(alert - sensor.alerts().begin());
      const int64_t ns = sensor.alert_times_ns()[index] - opened_ns_[i];
      result.push_back(static_cast<double>(ns) / kNsPerMs);
    }
  }
  return result;
}

int64_t realtime_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

}  // namespace saker::bench
