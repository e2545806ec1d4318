// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bpf_stats.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "engine/base/strings.h"

namespace saker::bench {
namespace {

constexpr const char* kSetting = "/proc/sys/kernel/bpf_stats_enabled";

// The number in the line "KEY:\tNUMBER".
std::optional<uint64_t> number_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ':') {
      continue;
    }
    const std::string_view digits = trim(line.substr(key.size() + 1));
    uint64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc()) {
      return value;
    }
  }
  return {};
}

}  // namespace

void add_fdinfo(std::string_view text, BpfPrograms& programs) {
  const auto id = number_of(text, "prog_id");
  const auto run_ns = number_of(text, "run_time_ns");
  const auto runs = number_of(text, "run_cnt");
  // A link names its program too, but has no figures.
  if (id && run_ns && runs) {
    programs[static_cast<uint32_t>(*id)] = {*run_ns, *runs};
  }
}

BpfPrograms bpf_programs_of(pid_t pid) {
  BpfPrograms programs;
  std::error_code gone;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fdinfo";
  for (const auto& entry : std::filesystem::directory_iterator(folder, gone)) {
    std::ifstream in(entry.path());
    add_fdinfo(std::string(std::istreambuf_iterator<char>(in), {}), programs);
  }
  return programs;
}

BpfRuns runs_between(const BpfPrograms& before, const BpfPrograms& after) {
  BpfRuns sum;
  for (const auto& [id, now] : after) {
    const auto then = before.find(id);
    const BpfRuns base = then == before.end() ? BpfRuns{} : then->second;
    sum.run_ns += now.run_ns - base.run_ns;
    sum.runs += now.runs - base.runs;
  }
  return sum;
}

BpfStatsEnabled::BpfStatsEnabled() {
  if (!(std::ifstream(kSetting) >> previous_)) {
    return;
  }
  std::ofstream out(kSetting);
  enabled_ = static_cast<bool>(out << '1' << std::flush);
}

BpfStatsEnabled::~BpfStatsEnabled() {
  if (enabled_) {
    std::ofstream(kSetting) << previous_;
  }
}

}  // namespace saker::bench
