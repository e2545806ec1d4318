// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/bpf_programs.h"
#include "tests/bench/bpf_stats.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"
#include "tests/bench/sensor_load.h"
#include "tests/bench/sensor_run.h"
#include "tests/bench/workload.h"

namespace saker::bench {
namespace {

// One workload without and with the sensor. Values of the same index belong to one round.
struct Rounds {
  std::vector<double> off;
  std::vector<double> on;
  SensorLoad load;
};

// Appends a sample to `values`.
Result<void> add_sample(const Workload& workload, const WorkloadSetting& setting,
                        std::vector<double>& values) {
  const Result<double> value = sample(workload, setting);
  if (!value) {
    return value.error();
  }
  values.push_back(*value);
  return {};
}

// Every other round begins with the sensor, so that a drift of the machine favours neither side.
Result<Rounds> measure_rounds(const Workload& workload, const WorkloadSetting& setting,
                              const BenchOptions& options) {
  Rounds rounds;
  for (int i = 0; i < options.rounds; ++i) {
    const auto load = [&](test::Sensor& /*sensor*/) {
      return add_sample(workload, setting, rounds.on);
    };
    for (const bool with_sensor : {i % 2 != 0, i % 2 == 0}) {
      Result<void> done = with_sensor ? add_round(options, "", load, rounds.load)
                                      : add_sample(workload, setting, rounds.off);
      if (!done) {
        return std::move(done).error();
      }
    }
  }
  return rounds;
}

// The part of the overhead that no program can avoid: the way through the kernel to an empty one.
Result<void> add_floor_row(const BenchRun& run, const Workload& workload,
                           const WorkloadSetting& setting) {
  std::vector<double> off;
  std::vector<double> on;
  for (int i = 0; i < run.options.rounds; ++i) {
    if (auto sampled = add_sample(workload, setting, off); !sampled) {
      return sampled;
    }
    const auto empty = EmptyProgram::attach();
    if (!empty) {
      return empty.error();
    }
    if (auto sampled = add_sample(workload, setting, on); !sampled) {
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

// A round of its own: counting slows every program down. The figure takes in what else happened on
// the machine meanwhile.
Result<void> add_bpf_row(const BenchRun& run, const Workload& workload,
                         const WorkloadSetting& setting) {
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
  if (const auto sampled = sample(workload, setting); !sampled) {
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

Result<void> measure(const BenchRun& run, const Workload& workload) {
  const ScratchDir dir;
  const auto setting = prepare(workload, dir);
  if (!setting) {
    return setting.error();
  }
  const auto rounds = measure_rounds(workload, *setting, run.options);
  if (!rounds) {
    return rounds.error();
  }
  run.report.rows.push_back({std::string(workload.name), std::string(workload.unit),
                             summarise(rounds->off), summarise(rounds->on), workload.budget,
                             reference_overhead(run.reference, workload)});
  if (workload.loop != nullptr) {
    if (auto floor = add_floor_row(run, workload, *setting); !floor) {
      return floor;
    }
  }
  add_load_rows(run, rounds->load, workload.reference_load, workload.cpu_budget_percent);
  return add_bpf_row(run, workload, *setting);
}

}  // namespace

Result<void> measure_overhead(const BenchRun& run) {
  for (const Workload& workload : workloads()) {
    if (!run.options.wants(workload.part)) {
      continue;
    }
    if (const std::string_view missing = missing_program(workload); !missing.empty()) {
      run.report.notes.push_back(std::string(workload.part) + ": left out, for there is no " +
                                 std::string(missing) + " (packaging/setup bench-deps)");
      continue;
    }
    if (auto measured = measure(run, workload); !measured) {
      return measured;
    }
  }
  return {};
}

}  // namespace saker::bench
