// SPDX-License-Identifier: Apache-2.0
// Metrics as Prometheus' text format 0.0.4, and back: for the endpoint /metrics and for who reads
// it
// (`saker top`).
#ifndef SAKER_CMD_PROMETHEUS_TEXT_H
#define SAKER_CMD_PROMETHEUS_TEXT_H

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "outputs/metric.h"

namespace saker {

// "counter", "gauge", "histogram".
[[nodiscard]] std::string_view to_string(MetricType type) noexcept;

// Requires: each family once. Label values may hold any bytes; what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_prometheus_text(std::span<const Metric> metrics);

// A family as it was read.
struct MetricFamily {
  struct Sample {
    std::string name;  // of histograms with its suffix
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;

    // Empty when there is no such label.
    [[nodiscard]] std::string_view label(std::string_view key) const noexcept;
  };
  std::string name;
  std::string type;
  std::string help;
  std::vector<Sample> samples;
};

// Strict: of each family once HELP, TYPE and then its samples, each set of labels once, and nothing
// else but what the writer writes. The error names the line.
[[nodiscard]] Result<std::vector<MetricFamily>> parse_prometheus_text(std::string_view text);

}  // namespace saker

#endif  // SAKER_CMD_PROMETHEUS_TEXT_H
