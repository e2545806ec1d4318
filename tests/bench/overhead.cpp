// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/bpf_programs.h"
#include "tests/bench/bpf_stats.h"
#include "tests/bench/clock.h"
#include "tests/bench/parts.h"
#include "tests/bench/run_summary.h"
#include "tests/bench/scratch_dir.h"
#include "tests/bench/sensor_run.h"
#include "tests/bench/workload.h"

namespace saker::bench {
namespace {

// With fewer, start and end of the sensor are most of its CPU time.
constexpr double kEventsToJudge = 10'000;

// One workload without and with the sensor. Values of the same index belong to one round.
struct Rounds {
  std::vector<double> off;
  std::vector<double> on;
  std::vector<double> cpu_percent;  // of the sensor, of one CPU, while the loop ran
  std::vector<double> cpu_ns_per_event;
  std::vector<double> produced_per_s;
  std::vector<double> delivered;
  std::vector<double> lost;
  std::vector<double> resident_mib;
};

Result<void> round_with_sensor(const Workload& workload, const WorkloadFiles& files,
                               const BenchOptions& options, Rounds& rounds) {
  auto sensor = start_sensor(options);
  if (!sensor) {
    return sensor.error();
  }
  const pid_t pid = (*sensor)->pid();
  const double cpu_before = cpu_ns_of(pid);
  const double began = clock_ns(CLOCK_MONOTONIC);
  rounds.on.push_back(sample(workload, files));
  const double wall_ns = clock_ns(CLOCK_MONOTONIC) - began;
  rounds.cpu_percent.push_back((cpu_ns_of(pid) - cpu_before) / wall_ns * 100);
  rounds.resident_mib.push_back(resident_mib(pid));
  const double children_before = cpu_ns_of_children();
  if (auto stopped = stop_sensor(**sensor); !stopped) {
    return stopped;
  }
  // Ending includes working off what the ring still held.
  const double cpu_ns = cpu_ns_of_children() - children_before - cpu_before;
  const auto summary = parse_run_summary((*sensor)->log());
  if (!summary) {
    return Error{"saker wrote no summary: " + (*sensor)->log(), 0, ""};
  }
  const auto delivered = static_cast<double>(summary->delivered);
  const auto produced = static_cast<double>(summary->produced());
  rounds.delivered.push_back(delivered);
  rounds.lost.push_back(static_cast<double>(summary->lost));
  rounds.produced_per_s.push_back(produced / wall_ns * 1e9);
  rounds.cpu_ns_per_event.push_back(delivered > 0 ? cpu_ns / delivered : 0);
  return {};
}

// Every other round begins with the sensor, so that a drift of the machine favours neither side.
Result<Rounds> measure_rounds(const Workload& workload, const WorkloadFiles& files,
                              const BenchOptions& options) {
  Rounds rounds;
  for (int i = 0; i < options.rounds; ++i) {
    const bool off_first = i % 2 == 0;
    if (off_first) {
      rounds.off.push_back(sample(workload, files));
    }
    if (auto on = round_with_sensor(workload, files, options, rounds); !on) {
      return on.error();
    }
    if (!off_first) {
      rounds.off.push_back(sample(workload, files));
    }
  }
  return rounds;
}

// The part of the overhead that no program can avoid: the way through the kernel to an empty one.
Result<void> add_floor_row(const BenchRun& run, const Workload& workload,
                           const WorkloadFiles& files) {
  std::vector<double> off;
  std::vector<double> on;
  for (int i = 0; i < run.options.rounds; ++i) {
    off.push_back(sample(workload, files));
    const auto empty = EmptyProgram::attach();
    if (!empty) {
      return empty.error();
    }
    on.push_back(sample(workload, files));
  }
  run.report.rows.push_back({"  with an empty BPF program instead",
                             std::string(workload.unit),
                             summarise(off),
                             summarise(on),
                             {},
                             "",
                             true});
  return {};
}

// "x1.33, +47 [20, 67]", from the other sensor's table.
std::string reference_overhead(const Reference& reference, const Workload& workload) {
  const auto off = leading_number(reference.cell(workload.reference, "no sensor"));
  const auto on = leading_number(reference.cell(workload.reference, "Falco"));
  if (!off || !on) {
    return {};
  }
  return "x" + format_number(*on / *off) + ", " + reference.cell(workload.reference, "difference");
}

// What became of the events of a workload, and what they cost the sensor.
void add_load_rows(const BenchRun& run, const Workload& workload, const Rounds& rounds) {
  const Reference& other = run.reference;
  const std::string_view load = workload.reference_load;
  const auto add = [&](const char* what, const char* unit, const std::vector<double>& values,
                       std::string reference, std::optional<double> budget = {}) {
    run.report.rows.push_back({what, unit, {}, summarise(values), budget, std::move(reference)});
  };
  add("  events produced", "1/s", rounds.produced_per_s, other.cell(load, "produced"));
  run.report.rows.back().is_context = true;
  add("  events delivered", "", rounds.delivered, "");
  run.report.rows.back().is_context = true;
  add("  events lost", "", rounds.lost, other.cell(load, "lost"), 0);
  add("  sensor CPU", "% of one", rounds.cpu_percent, other.cell(load, "CPU"),
      workload.cpu_budget_percent);
  if (summarise(rounds.delivered).median >= kEventsToJudge) {
    add("  sensor CPU per event", "ns", rounds.cpu_ns_per_event, other.cell(load, "ns per event"));
  }
  add("  resident memory", "MiB", rounds.resident_mib, other.cell("memory", ""), 40);
}

// A round of its own: counting slows every program down. The figure takes in what else happened on
// the machine meanwhile.
Result<void> add_bpf_row(const BenchRun& run, const Workload& workload,
                         const WorkloadFiles& files) {
  const BpfStatsEnabled counting;
  if (!counting) {
    run.report.notes.emplace_back("no BPF times: kernel.bpf_stats_enabled cannot be set");
    return {};
  }
  auto sensor = start_sensor(run.options);
  if (!sensor) {
    return sensor.error();
  }
  const BpfPrograms before = bpf_programs_of((*sensor)->pid());
  static_cast<void>(sample(workload, files));
  const BpfRuns spent = runs_between(before, bpf_programs_of((*sensor)->pid()));
  const auto operations = static_cast<double>(workload.operations * kBatches);
  const auto add = [&](const char* what, std::string_view unit, double value,
                       std::optional<double> budget) {
    run.report.rows.push_back({what, std::string(unit), {}, single(value), budget, ""});
  };
  add("  BPF time per operation", workload.unit,
      static_cast<double>(spent.run_ns) / operations / workload.unit_ns, workload.bpf_budget);
  add("  BPF program runs per operation", "", static_cast<double>(spent.runs) / operations, {});
  return stop_sensor(**sensor);
}

}  // namespace

Result<void> measure_overhead(const BenchRun& run) {
  const ScratchDir dir;
  const WorkloadFiles files = {dir.write("plain", "nothing of interest\n")};
  for (const Workload& workload : workloads()) {
    if (!run.options.wants(workload.part)) {
      continue;
    }
    const auto rounds = measure_rounds(workload, files, run.options);
    if (!rounds) {
      return rounds.error();
    }
    run.report.rows.push_back({std::string(workload.name), std::string(workload.unit),
                               summarise(rounds->off), summarise(rounds->on), workload.budget,
                               reference_overhead(run.reference, workload)});
    if (auto floor = add_floor_row(run, workload, files); !floor) {
      return floor;
    }
    add_load_rows(run, workload, *rounds);
    if (auto bpf = add_bpf_row(run, workload, files); !bpf) {
      return bpf;
    }
  }
  return {};
}

}  // namespace saker::bench
