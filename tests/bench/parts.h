// SPDX-License-Identifier: Apache-2.0
// The parts of a benchmark run. Each adds its rows, and notes about them, to the report.
//
// Errors: the sensor does not start or does not end; a file cannot be read.
#ifndef SAKER_TESTS_BENCH_PARTS_H
#define SAKER_TESTS_BENCH_PARTS_H

#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "tests/bench/machine.h"
#include "tests/bench/reference.h"
#include "tests/bench/report.h"

namespace saker::bench {

struct BenchOptions {
  std::vector<std::string> rules;  // files or directories, as for `saker run -r`
  int rounds = 7;
  int alerts = 300;            // latency: number of alerts
  std::set<std::string> only;  // parts to run; empty: all
  std::string capture;         // replay: records of this file; empty: a synthetic mix
  Cpus cpus;

  [[nodiscard]] bool wants(std::string_view part) const {
    return only.empty() || only.contains(std::string(part));
  }
};

// What a part reads and where it writes to.
struct BenchRun {
  const BenchOptions& options;
  const Reference& reference;
  Report& report;
};

// getppid, open, connect, exec: loops without and with the sensor, in turns; its CPU time, memory
// and losses meanwhile; the time its BPF programs take.
Result<void> measure_overhead(const BenchRun& run);
// latency: from an open() to its alert, on a quiet machine and beside a load.
Result<void> measure_latency(const BenchRun& run);
// flood: 500,000 opens a second around one that a rule reports.
Result<void> measure_flood(const BenchRun& run);
// start: from starting the sensor to its first alert, and its memory then.
Result<void> measure_start(const BenchRun& run);
// replay: decode, track and match in this process, without a kernel.
Result<void> measure_replay(const BenchRun& run);
// describe: from an event that a rule holds for to its alert.
Result<void> measure_describe(const BenchRun& run);
// render: an alert in each format of outputs/alert_format.h.
Result<void> measure_render(const BenchRun& run);
// outputs: alerts a second from a replay to stdout and through a spool; what a sink that hangs does
// to another one.
Result<void> measure_outputs(const BenchRun& run);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_PARTS_H
