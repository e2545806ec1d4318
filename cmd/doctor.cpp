// SPDX-License-Identifier: Apache-2.0
#include "cmd/doctor.h"

#include <sys/timex.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "cmd/command.h"
#include "cmd/setup.h"
#include "engine/base/strings.h"
#include "outputs/json.h"

namespace saker {
namespace {

struct VerdictName {
  Verdict verdict;
  std::string_view name;
};
constexpr VerdictName kVerdictNames[] = {
    {Verdict::kOk, "ok"}, {Verdict::kWarning, "warning"}, {Verdict::kFailure, "failure"}};

void append_line(std::string& out, std::string_view indent, std::string_view text) {
  if (!text.empty()) {
    out += indent;
    append_printable(out, text);
    out += '\n';
  }
}

bool is_clock_synchronized() {
  timex state{};
  return ::adjtimex(&state) != TIME_ERROR;
}

void append(std::vector<DoctorResult>& all, std::vector<DoctorResult> more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  return std::ranges::find(kVerdictNames, verdict, &VerdictName::verdict)->name;
}

Verdict overall(std::span<const DoctorResult> results) {
  Verdict worst = Verdict::kOk;
  for (const DoctorResult& result : results) {
    worst = std::max(worst, result.diagnosis.verdict);
  }
  return worst;
}

std::string to_text(std::span<const DoctorResult> results) {
  size_t width = 0;
  for (const DoctorResult& result : results) {
    width = std::max(width, result.name.size());
  }
  std::string out;
  for (const DoctorResult& result : results) {
    const Diagnosis& diagnosis = result.diagnosis;
    std::string head(verdict_name(diagnosis.verdict));
    head.resize(9, ' ');
    head += result.name;
    head.resize(9 + width + 2, ' ');
    const std::string indent(9, ' ');
    append_line(out, head, diagnosis.found);
    append_line(out, indent + "so: ", diagnosis.consequence);
    append_line(out, indent + "do: ", diagnosis.remedy);
  }
  return out;
}

std::string to_json(std::span<const DoctorResult> results) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.text("verdict", verdict_name(overall(results)));
  json.begin_array("checks");
  for (const DoctorResult& result : results) {
    const Diagnosis& diagnosis = result.diagnosis;
    const std::pair<std::string_view, std::string_view> members[] = {
        {"name", result.name},
        {"tells", result.tells},
        {"verdict", verdict_name(diagnosis.verdict)},
        {"found", diagnosis.found},
        {"consequence", diagnosis.consequence},
        {"remedy", diagnosis.remedy}};
    json.begin_object();
    for (const auto& [name, value] : members) {
      json.text(name, value);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + '\n';
}

int doctor_command(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  std::vector<DoctorResult> results = examine_host(
      {.containers = loaded->config.containers, .is_clock_synchronized = is_clock_synchronized()});
  append(results, examine_features(probe_features()));
  append(results, examine_probes(loaded->config.ring_bytes));
  append(results, examine_decisions(loaded->config.ring_bytes));
  std::fputs((options.json ? to_json(results) : to_text(results)).c_str(), stdout);
  const bool is_broken = overall(results) == Verdict::kFailure;
  return !is_broken && std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace saker
