// SPDX-License-Identifier: Apache-2.0
// saker_bench: what the built sensor costs and how fast it is, in one run (README.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/bench/parts.h"
#include "tests/bench/workload.h"

namespace saker::bench {
namespace {

constexpr int kExitFailure = 1;

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
          {"start", {"start"}, true, measure_start},
          {"user space", {"replay"}, false, measure_replay},
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

int run(const BenchOptions& options, bool as_json) {
  const Reference reference = Reference::from_environment();
  Report report = make_report(options, reference);
  pin_to(options.cpus.load);
  for (const Part& part : parts()) {
    if (std::ranges::none_of(part.names, [&](const auto& name) { return options.wants(name); })) {
      continue;
    }
    if (const auto missing = missing_privilege(); part.needs_sensor && missing) {
      return fail(*missing + "; without it only `--only replay,render` works");
    }
    std::fprintf(stderr, "saker_bench: %s...\n", part.title);
    if (auto measured = part.measure({options, reference, report}); !measured) {
      return fail(measured.error().to_string());
    }
  }
  std::fputs((as_json ? to_json(report) : to_text(report)).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace saker::bench

int main(int argc, char** argv) {
  using namespace saker::bench;
  BenchOptions options;
  options.cpus = choose_cpus();
  options.rules = {SAKER_SOURCE_DIR "/rules"};
  bool as_json = false;
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
  app.add_flag("--json", as_json, "Print JSON");
  CLI11_PARSE(app, argc, argv);
  options.only.insert(only.begin(), only.end());
  return run(options, as_json);
}
