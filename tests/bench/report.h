// SPDX-License-Identifier: Apache-2.0
// Report: the figures of one run, printed as one aligned table or as JSON.
#ifndef SAKER_TESTS_BENCH_REPORT_H
#define SAKER_TESTS_BENCH_REPORT_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "tests/bench/stats.h"

namespace saker::bench {

struct Row {
  std::string name;
  std::string unit;
  std::optional<Summary> off;    // without the sensor; absent: the figure exists only with it
  Summary on;                    // with the sensor
  std::optional<double> budget;  // upper bound of added() or, without `off`, of the median
  std::string reference;         // the other sensor's figure
  bool is_context = false;       // how the run was, not how good the sensor is

  // Difference and ratio of the medians. Require: off.
  [[nodiscard]] double added() const;
  [[nodiscard]] double ratio() const;
  [[nodiscard]] bool within_budget() const;
};

struct Report {
  std::vector<std::pair<std::string, std::string>> facts;  // machine, build, rules
  std::vector<Row> rows;
  std::vector<std::string> notes;  // what the reader has to know about this run
  std::string reference_name;      // title of the last column; empty: no such column
};

[[nodiscard]] std::string to_text(const Report& report);
[[nodiscard]] std::string to_json(const Report& report);
// Facts and figures of what to_json() wrote; budgets, references and notes are left behind.
[[nodiscard]] Result<Report> read_report(const std::string& json);

// Three significant digits or more, thousands separated: 0.07, 2.31, 47.2, 143, 1,805.
[[nodiscard]] std::string format_number(double value);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_REPORT_H
