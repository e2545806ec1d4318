// SPDX-License-Identifier: Apache-2.0
// saker_bench: what the built sensor costs and how fast it is, in one run (README.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/comparison.h"
#include "tests/bench/parts.h"
#include "tests/bench/workload.h"

namespace saker::bench {
namespace {

// As diff(1) has them.
constexpr int kExitRegression = 1;
constexpr int kExitFailure = 2;

struct Output {
  bool as_json = false;
  std::string save;      // a file for the report; empty: none
  std::string baseline;  // a file of an earlier run to compare with; empty: none
};

struct Part {
  const char* title;
  std::vector<std::string> names;  // for --only
  bool needs_sensor;
  Result<void> (*measure)(const BenchRun& run);
};

std::vector<Part> parts() {
  std::vector<std::string> overhead;
  for (const Workload& workload : workloads()) {
    overhead.emplace_back(workload.part);
  }
  return {{"overhead of system calls", overhead, true, measure_overhead},
          {"alert latency", {"latency"}, true, measure_latency},
          {"flood", {"flood"}, true, measure_flood},
          {"start", {"start"}, true, measure_start},
          {"user space", {"replay"}, false, measure_replay},
          {"alerts of events", {"describe"}, false, measure_describe},
          {"alerts as text", {"render"}, false, measure_render},
          {"outputs", {"outputs"}, false, measure_outputs}};
}

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  for (const Part& part : parts()) {
    names.insert(names.end(), part.names.begin(), part.names.end());
  }
  return names;
}

int fail(const std::string& text) {
  std::fprintf(stderr, "saker_bench: %s\n", text.c_str());
  return kExitFailure;
}

Report make_report(const BenchOptions& options, const Reference& reference) {
  Report report;
  report.facts = machine_facts(options.cpus);
  std::string rules;
  for (const std::string& file : options.rules) {
    rules += rules.empty() ? file : ", " + file;
  }
  report.facts.emplace_back("rules", rules);
  report.facts.emplace_back("rounds", std::to_string(options.rounds));
  report.notes = machine_warnings(options.cpus);
  report.notes.emplace_back("BPF times hold about 20 ns of measuring per program run");
  report.reference_name = reference.name();
  return report;
}

Result<Report> read_baseline(const std::string& path) {
  std::ifstream in(path);
  Result<Report> report = read_report(std::string(std::istreambuf_iterator<char>(in), {}));
  return report ? std::move(report)
                : Result<Report>(Error{path + ": " + report.error().what, 0, report.error().hint});
}

// The table, the file, and the comparison; returns the exit status.
int put_out(const Report& report, const Output& output, const std::optional<Report>& baseline) {
  std::fputs((output.as_json ? to_json(report) : to_text(report)).c_str(), stdout);
  if (!output.save.empty() && !(std::ofstream(output.save) << to_json(report) << std::flush)) {
    return fail("cannot write " + output.save);
  }
  if (!baseline) {
    return 0;
  }
  const Comparison comparison = compare(*baseline, report);
  std::fputs(("\n" + to_text(comparison)).c_str(), output.as_json ? stderr : stdout);
  return comparison.has_regression() ? kExitRegression : 0;
}

int run(const BenchOptions& options, const Output& output) {
  std::optional<Report> baseline;
  if (!output.baseline.empty()) {
    Result<Report> read = read_baseline(output.baseline);
    if (!read) {
      return fail(read.error().to_string());
    }
    baseline = std::move(*read);
  }
  const Reference reference = Reference::from_environment();
  Report report = make_report(options, reference);
  pin_to(options.cpus.load);
  for (const Part& part : parts()) {
    if (std::ranges::none_of(part.names, [&](const auto& name) { return options.wants(name); })) {
      continue;
    }
    if (const auto missing = missing_privilege(); part.needs_sensor && missing) {
      return fail(*missing + "; without it only `--only replay,describe,render,outputs` works");
    }
    std::fprintf(stderr, "saker_bench: %s...\n", part.title);
    if (auto measured = part.measure({options, reference, report}); !measured) {
      return fail(measured.error().to_string());
    }
  }
  return put_out(report, output, baseline);
}

}  // namespace
}  // namespace saker::bench

int main(int argc, char** argv) {
  using namespace saker::bench;
  BenchOptions options;
  options.cpus = choose_cpus();
  options.rules = {SAKER_SOURCE_DIR "/rules"};
  Output output;
  std::vector<std::string> only;
  CLI::App app("Measures the built sensor: overhead, latency, start, user space per event.");
  app.add_option("-r,--rules", options.rules, "Rule files or directories")
      ->check(CLI::ExistingPath)
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds without and with the sensor")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--alerts", options.alerts, "Alerts for the latency")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--only", only, "Parts to run")
      ->check(CLI::IsMember(part_names()))
      ->delimiter(',');
  app.add_option("--capture", options.capture, "Replay this capture file, not a synthetic mix")
      ->check(CLI::ExistingFile);
  app.add_flag("--json", output.as_json, "Print JSON");
  app.add_option("--save", output.save, "Write the figures to this file");
  app.add_option("--compare", output.baseline,
                 "Compare with the figures in this file; exit status 1 when one got worse")
      ->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  options.only.insert(only.begin(), only.end());
  return run(options, output);
}
