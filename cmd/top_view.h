// SPDX-License-Identifier: Apache-2.0
// TopView: what `saker top` shows: two readings of a sensor's metrics as lines of text.
#ifndef SAKER_CMD_TOP_VIEW_H
#define SAKER_CMD_TOP_VIEW_H

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "cmd/prometheus_text.h"

namespace saker {

struct MetricsReading {
  std::chrono::steady_clock::time_point taken;
  std::vector<MetricFamily> families;
};

struct TopScreen {
  // Lines are cut there; 0: they are as long as they get.
  size_t columns = 0;
  size_t rows = 0;
  bool has_color = false;
};

// Rates are those between the readings; without an earlier one, totals since the start stand alone.
// Nothing that a name holds can change how the terminal shows it. No line break behind a line.
[[nodiscard]] std::vector<std::string> render_top(const MetricsReading* before,
                                                  const MetricsReading& now,
                                                  const TopScreen& screen);

}  // namespace saker

#endif  // SAKER_CMD_TOP_VIEW_H
