// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "cmd/doctor.h"
#include "engine/base/capabilities.h"
#include "engine/base/result.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

// Maps, programs and their links take some 30 descriptors, outputs and connections as many.
constexpr uint64_t kMinOpenFiles = 256;

// Its text without blanks at the ends; nothing when it cannot be read.
std::optional<std::string> read_file(const DoctorHost& host, std::string_view path) {
  std::ifstream in(host.root + std::string(path));
  if (!in) {
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return std::string(trim(text));
}

// The text behind `label` up to the end of its line, without blanks; empty: there is no such line.
std::string_view value_of(std::string_view text, std::string_view label) {
  const size_t at = text.find(label);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = text.substr(at + label.size());
  return trim(rest.substr(0, rest.find('\n')));
}

Diagnosis examine_kernel(const DoctorHost& host) {
  const auto release = read_file(host, "proc/sys/kernel/osrelease");
  if (!release) {
    return {Verdict::kFailure, "/proc cannot be read",
            "processes that run already would not be known", "mount -t proc proc /proc"};
  }
  return {.found = *release};
}

struct NeededCapability {
  std::string_view name;
  Verdict verdict;
  std::string_view consequence;
};
constexpr NeededCapability kNeededCapabilities[] = {
    {"CAP_BPF", Verdict::kFailure, "no probe can be loaded"},
    {"CAP_PERFMON", Verdict::kFailure, "no probe can be loaded"},
    {"CAP_SYS_PTRACE", Verdict::kWarning,
     "of processes that run already, executable and working directory stay unknown"},
};

bool has_capability(uint64_t effective, std::string_view name) {
  const auto* const row = std::ranges::find(kCapabilityNames, name);
  return (effective >> static_cast<size_t>(row - std::begin(kCapabilityNames)) & 1U) != 0;
}

Diagnosis examine_capabilities(const DoctorHost& host) {
  const std::string status = read_file(host, "proc/self/status").value_or("");
  const std::string_view digits = value_of(status, "\nCapEff:");
  uint64_t effective = 0;
  std::from_chars(digits.begin(), digits.end(), effective, 16);
  Diagnosis diagnosis;
  for (const NeededCapability& needed : kNeededCapabilities) {
    // CAP_SYS_ADMIN had the rights of the two others before Linux 5.8 and has them still.
    const bool is_covered =
        needed.name != "CAP_SYS_PTRACE" && has_capability(effective, "CAP_SYS_ADMIN");
    if (is_covered || has_capability(effective, needed.name)) {
      continue;
    }
    diagnosis.found += diagnosis.found.empty() ? "without " : ", ";
    diagnosis.found += needed.name;
    if (needed.verdict > diagnosis.verdict) {
      diagnosis.verdict = needed.verdict;
      diagnosis.consequence = needed.consequence;
      diagnosis.remedy = "run as root, or give the program these capabilities";
    }
  }
  if (diagnosis.verdict == Verdict::kOk) {
    diagnosis.found = "all that are needed";
  }
  return diagnosis;
}

Diagnosis examine_open_files(const DoctorHost& host) {
  const std::string limits = read_file(host, "proc/self/limits").value_or("");
  const std::string_view line = value_of(limits, "Max open files");
  const std::string soft(line.substr(0, line.find(' ')));
  uint64_t limit = UINT64_MAX;  // "unlimited"
  std::from_chars(soft.data(), soft.data() + soft.size(), limit);
  if (limit >= kMinOpenFiles) {
    return {.found = soft};
  }
  return {Verdict::kWarning, soft, "outputs and monitoring may not get a descriptor",
          "ulimit -n " + std::to_string(kMinOpenFiles) + ", or LimitNOFILE= of the service"};
}

Diagnosis examine_lsm(const DoctorHost& host) {
  constexpr std::string_view kConsequence =
      "only connections and binds can be refused here; "
      "programs at LSM hooks would load and never run";
  const auto active = read_file(host, "sys/kernel/security/lsm");
  if (!active) {
    return {Verdict::kWarning, "not told: /sys/kernel/security/lsm cannot be read",
            "whether an operation can be refused here is not known",
            "mount -t securityfs securityfs /sys/kernel/security"};
  }
  if (("," + *active + ",").find(",bpf,") != std::string::npos) {
    return {.found = *active};
  }
  return {Verdict::kWarning, *active + ": without bpf", std::string(kConsequence),
          "boot with lsm=" + *active + ",bpf"};
}

Diagnosis examine_tracefs(const DoctorHost& host) {
  for (const std::string_view path : {"sys/kernel/tracing", "sys/kernel/debug/tracing"}) {
    if (read_file(host, std::string(path) + "/available_events")) {
      return {.found = "mounted at /" + std::string(path)};
    }
  }
  return {.found = "not mounted, and not needed: the probes attach without it"};
}

// Reading these takes a microsecond or more, for they are devices; or they are too coarse.
constexpr std::string_view kSlowClocks[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies"};

Diagnosis examine_clock_source(const DoctorHost& host) {
  const auto source =
      read_file(host, "sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (!source) {
    return {.found = "not told"};
  }
  if (std::ranges::find(kSlowClocks, *source) == std::end(kSlowClocks)) {
    return {.found = *source};
  }
  return {Verdict::kWarning, *source, "every event pays for reading this clock",
          "see why the kernel does not use the clock of the CPU: dmesg | grep -i clocksource"};
}

Diagnosis examine_clock(const DoctorHost& host) {
  if (host.is_clock_synchronized) {
    return {.found = "synchronized"};
  }
  return {Verdict::kWarning, "not synchronized", "the times of alerts may be wrong",
          "run a time service, for instance chrony"};
}

Diagnosis examine_runtimes(const DoctorHost& host) {
  ContainerRoots roots = host.containers;
  if (roots.host == "/") {
    roots.host = host.root;
  }
  Diagnosis diagnosis;
  for (const RuntimeDirectory& directory : find_runtimes(roots)) {
    diagnosis.found += diagnosis.found.empty() ? "" : ", ";
    diagnosis.found += std::string(directory.runtime) + " in " + directory.path;
    if (directory.errno_value != 0) {
      diagnosis.verdict = Verdict::kWarning;
      diagnosis.found += " (" + Error{"not readable", directory.errno_value, ""}.to_string() + ")";
      diagnosis.consequence = "of containers, only id and runtime would be known";
      diagnosis.remedy = "run as root, or with CAP_DAC_READ_SEARCH";
    }
  }
  if (diagnosis.found.empty()) {
    diagnosis.found = "none; see the keys containers.* if there is one";
  }
  return diagnosis;
}

constexpr DoctorCheck kChecks[] = {
    {"kernel", "its release; what it offers is tried below", examine_kernel},
    {"capabilities", "what this process may do", examine_capabilities},
    {"open files", "the limit of descriptors", examine_open_files},
    {"active LSMs", "whether programs at LSM hooks are run", examine_lsm},
    {"tracefs", "whether tracers that need it find it", examine_tracefs},
    {"clock source", "what each event's time is read from", examine_clock_source},
    {"clock", "whether a time service keeps it right", examine_clock},
    {"container runtimes", "whose state can be read for names, images and labels",
     examine_runtimes},
};

}  // namespace

std::span<const DoctorCheck> doctor_checks() noexcept { return kChecks; }

std::vector<DoctorResult> examine_host(const DoctorHost& host) {
  std::vector<DoctorResult> results;
  for (const DoctorCheck& check : kChecks) {
    results.push_back({std::string(check.name), std::string(check.tells), check.examine(host)});
  }
  return results;
}

std::vector<DoctorResult> examine_features(std::span<const Feature> features) {
  std::vector<DoctorResult> results;
  for (const Feature& feature : features) {
    DoctorResult& result = results.emplace_back();
    result.name = feature.name;
    result.tells = "needed for " + std::string(feature.needed_for);
    result.diagnosis = {.found = feature.found, .remedy = feature.remedy};
    if (!feature.is_present) {
      result.diagnosis.verdict = feature.is_required ? Verdict::kFailure : Verdict::kWarning;
      result.diagnosis.consequence = feature.is_required
                                         ? "the sensor does not start"
                                         : "not to be had: " + std::string(feature.needed_for);
    }
  }
  return results;
}

}  // namespace saker
