// SPDX-License-Identifier: Apache-2.0
// Metrics: one row per family of figures that the sensor offers to monitoring. From a row follow
// the endpoint /metrics, `saker list metrics` and the page outputs/METRICS.md. Figures of one sink
// only come from that sink (Sink::metrics()).
//
// Names: https://prometheus.io/docs/practices/naming/; those of the process are the ones that
// Prometheus' own client libraries use.
#ifndef SAKER_CMD_METRICS_H
#define SAKER_CMD_METRICS_H

#include <span>
#include <string_view>
#include <vector>

#include "cmd/metrics_snapshot.h"
#include "cmd/process_usage.h"
#include "outputs/dispatcher.h"
#include "outputs/metric.h"

namespace saker {

struct MetricsInput {
  const MetricsSnapshot& reader;
  std::vector<SinkStats> outputs;
  ProcessUsage process;
};

struct MetricDef {
  std::string_view name;
  MetricType type = MetricType::kGauge;
  std::string_view help;
  void (*collect)(const MetricsInput& input, std::vector<Metric::Sample>& samples) = nullptr;
};

[[nodiscard]] std::span<const MetricDef> metric_defs() noexcept;

// All families of the table, then those of the sinks; each once.
[[nodiscard]] std::vector<Metric> collect_metrics(const MetricsInput& input,
                                                  std::vector<Metric> of_sinks);

}  // namespace saker

#endif  // SAKER_CMD_METRICS_H
