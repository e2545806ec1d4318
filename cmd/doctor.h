// SPDX-License-Identifier: Apache-2.0
// Doctor: what of this host decides whether and how well the sensor works there: one row per thing
// looked at, in doctor_checks.cpp, each with a verdict, what follows from it and what to do.
#ifndef SAKER_CMD_DOCTOR_H
#define SAKER_CMD_DOCTOR_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/container_reader.h"
#include "probes/features.h"

namespace saker {

enum class Verdict : uint8_t { kOk, kWarning, kFailure };

[[nodiscard]] std::string_view verdict_name(Verdict verdict);

struct Diagnosis {
  Verdict verdict = Verdict::kOk;
  std::string found = {};
  std::string consequence = {};  // empty when all is well
  std::string remedy = {};       // empty when all is well, or nothing is known
};

// What the checks look at. Files are read below `root`, so that a test can have its own.
struct DoctorHost {
  std::string root = "/";
  ContainerRoots containers;
  bool is_clock_synchronized = true;
};

struct DoctorCheck {
  std::string_view name;
  std::string_view tells;
  Diagnosis (*examine)(const DoctorHost& host);
};

[[nodiscard]] std::span<const DoctorCheck> doctor_checks() noexcept;

// A row of the report.
struct DoctorResult {
  std::string name;
  std::string tells;
  Diagnosis diagnosis;
};

// All checks of the host's files and limits.
[[nodiscard]] std::vector<DoctorResult> examine_host(const DoctorHost& host);
// What the kernel offers to BPF programs.
[[nodiscard]] std::vector<DoctorResult> examine_features(std::span<const Feature> features);
// Starts all probes, makes an event for each and waits for it.
[[nodiscard]] std::vector<DoctorResult> examine_probes(uint32_t ring_bytes);
// Has a rule asked about a connection, in audit. Empty: the kernel has no means to refuse.
[[nodiscard]] std::vector<DoctorResult> examine_decisions(uint32_t ring_bytes);

[[nodiscard]] std::string to_text(std::span<const DoctorResult> results);
[[nodiscard]] std::string to_json(std::span<const DoctorResult> results);
// The worst of all.
[[nodiscard]] Verdict overall(std::span<const DoctorResult> results);

}  // namespace saker

#endif  // SAKER_CMD_DOCTOR_H
