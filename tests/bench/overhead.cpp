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
#include "tests/bench/usage.h"
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
  std::vector<double> resident_mib;   // after the loop
  std::vector<double> anonymous_mib;  // of it
};

// Appends a sample to `values`.
Result<void> add_sample(const Workload& workload, const WorkloadFiles& files,
                        std::vector<double>& values) {
  const Result<double> value = sample(workload, files);
  if (!value) {
    return value.error();
  }
  values.push_back(*value);
  return {};
}

Result<void> round_with_sensor(const Workload& workload, const WorkloadFiles& files,
                               const BenchOptions& options, Rounds& rounds) {
  auto sensor = start_sensor(options);
  if (!sensor) {
    return sensor.error();
  }
  const pid_t pid = (*sensor)->pid();
  const double cpu_before = cpu_ns_of(pid);
  const double began = clock_ns(CLOCK_MONOTONIC);
  if (auto sampled = add_sample(workload, files, rounds.on); !sampled) {
    return sampled;
  }
  const double wall_ns = clock_ns(CLOCK_MONOTONIC) - began;
  rounds.cpu_percent.push_back((cpu_ns_of(pid) - cpu_before) / wall_ns * 100);
  const Memory memory = memory_of(pid);
  rounds.resident_mib.push_back(memory.resident_mib);
  rounds.anonymous_mib.push_back(memory.anonymous_mib);
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
    for (const bool with_sensor : {i % 2 != 0, i % 2 == 0}) {
      Result<void> done = with_sensor ? round_with_sensor(workload, files, options, rounds)
                                      : add_sample(workload, files, rounds.off);
      if (!done) {
        return std::move(done).error();
      }
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
    if (auto sampled = add_sample(workload, files, off); !sampled) {
      return sampled;
    }
    const auto empty = EmptyProgram::attach();
    if (!empty) {
      return empty.error();
    }
    if (auto sampled = add_sample(workload, files, on); !sampled) {
      return sampled;
    }
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
  add("  anonymous memory", "MiB", rounds.anonymous_mib, "");
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
  if (const auto sampled = sample(workload, files); !sampled) {
    return sampled.error();
  }
  const BpfRuns spent = runs_between(before, bpf_programs_of((*sensor)->pid()));
  const double operations = static_cast<double>(workload.operations) * workload.batches;
  const auto add = [&](const char* what, std::string_view unit, double value,
                       std::optional<double> budget) {
    run.report.rows.push_back({what, std::string(unit), {}, single(value), budget, ""});
  };
  add("  BPF time per operation", workload.unit,
      static_cast<double>(spent.run_ns) / operations / workload.unit_ns, workload.bpf_budget);
  add("  BPF program runs per operation", "", static_cast<double>(spent.runs) / operations, {});
  return stop_sensor(**sensor);
}

Result<void> measure(const BenchRun& run, const Workload& workload, const WorkloadFiles& files) {
  const auto companion = start_companion(workload, files);
  if (!companion) {
    return companion.error();
  }
  const auto rounds = measure_rounds(workload, files, run.options);
  if (!rounds) {
    return rounds.error();
  }
  run.report.rows.push_back({std::string(workload.name), std::string(workload.unit),
                             summarise(rounds->off), summarise(rounds->on), workload.budget,
                             reference_overhead(run.reference, workload)});
  if (workload.loop != nullptr) {
    if (auto floor = add_floor_row(run, workload, files); !floor) {
      return floor;
    }
  }
  add_load_rows(run, workload, *rounds);
  return add_bpf_row(run, workload, files);
}

}  // namespace

Result<void> measure_overhead(const BenchRun& run) {
  const ScratchDir dir;
  const WorkloadFiles files = {.plain = dir.write("plain", "nothing of interest\n"),
                               .folder = dir.file("")};
  for (const Workload& workload : workloads()) {
    if (!run.options.wants(workload.part)) {
      continue;
    }
    if (const std::string_view missing = missing_program(workload); !missing.empty()) {
      run.report.notes.push_back(std::string(workload.part) + ": left out, for there is no " +
                                 std::string(missing) + " (packaging/setup bench-deps)");
      continue;
    }
    if (auto measured = measure(run, workload, files); !measured) {
      return measured;
    }
  }
  return {};
}

}  // namespace saker::bench
