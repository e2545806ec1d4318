// SPDX-License-Identifier: Apache-2.0
// Features: what the running kernel and the caller's privileges offer, found out by trying.
#ifndef SAKER_PROBES_FEATURES_H
#define SAKER_PROBES_FEATURES_H

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "probes/hooks.h"

namespace saker {

struct Feature {
  std::string_view name;
  std::string_view needed_for;
  bool is_required = true;  // nothing runs without it
  bool is_present = false;
  std::string found;   // "yes" or more; when missing: why
  std::string remedy;  // how to get it; empty when present or not known
};

// Whether programs at LSM hooks are run here; else what is missing, and the remedy.
[[nodiscard]] Result<void> can_decide();
// The same of programs at the root of the cgroups.
[[nodiscard]] Result<void> can_decide_at_cgroups();

struct HookFinding {
  HookMeans means;  // the best there is
  // By enum ev_hook, why the kernel cannot be asked there; empty: it can.
  std::array<std::string, EV_HOOKS> missing;
};
[[nodiscard]] HookFinding find_hooks();

// In the order in which one depends on the other.
[[nodiscard]] std::vector<Feature> probe_features();

// What the user can do about a refused load: the first feature that is missing, as those after it
// depend on it, or `log`, what libbpf has said.
[[nodiscard]] Error refused_load(std::string what, int errno_value, std::string log);

}  // namespace saker

#endif  // SAKER_PROBES_FEATURES_H
