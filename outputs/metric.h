// SPDX-License-Identifier: Apache-2.0
// Metric: a figure for monitoring, in the terms of Prometheus.
#ifndef SAKER_OUTPUTS_METRIC_H
#define SAKER_OUTPUTS_METRIC_H

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saker {

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram };

// One family: all samples share name and type and differ in their labels.
// Names: saker_SUBJECT_UNIT, with _total for counters, in base units (seconds, bytes), as in
// https://prometheus.io/docs/practices/naming/.
struct Metric {
  using Labels = std::vector<std::pair<std::string_view, std::string>>;
  struct Sample {
    Labels labels;
    double value = 0;
    std::string_view suffix = {};  // of histograms: _bucket, _sum, _count; static
  };

  std::string_view name;  // static
  MetricType type = MetricType::kGauge;
  std::string_view help;  // static
  std::vector<Sample> samples;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_METRIC_H
