// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "outputs/alert_format.h"
#include "tests/bench/clock.h"
#include "tests/bench/parts.h"
#include "tests/support/sample_alerts.h"

namespace saker::bench {
namespace {

constexpr uint64_t kAlerts = 100'000;

// Of the JSON line: 100,000 alerts a second leave 10 us for everything.
constexpr double kJsonBudgetNs = 3000;

double ns_per_alert(const AlertFormat& format, const Alert& alert) {
  std::string line;
  const double began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  for (uint64_t i = 0; i < kAlerts; ++i) {
    line = std::string();  // each message has a text of its own
    format.append(line, alert, i);
  }
  return (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began) / static_cast<double>(kAlerts);
}

}  // namespace

Result<void> measure_render(const BenchRun& run) {
  const Alert alert = test::typical_alert();
  for (const AlertFormatDef& def : alert_formats()) {
    const AlertFormat format(def.name, {});
    std::vector<double> ns;
    for (int i = 0; i < run.options.rounds; ++i) {
      ns.push_back(ns_per_alert(format, alert));
    }
    const std::optional<double> budget =
        def.name == "json" ? std::optional(kJsonBudgetNs) : std::nullopt;
    run.report.rows.push_back(
        {"alert of 10 fields as " + std::string(def.name), "ns", {}, summarise(ns), budget, ""});
  }
  return {};
}

}  // namespace saker::bench
