// SPDX-License-Identifier: Apache-2.0
// The system calls that scenarios may use: names of their arguments and of the constants in them.
#ifndef SAKER_TESTS_SUPPORT_SCENARIO_CALLS_H
#define SAKER_TESTS_SUPPORT_SCENARIO_CALLS_H

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace saker::test {

struct ScenarioCall {
  std::string_view name;
  std::array<std::string_view, 6> args;  // empty: not needed by any scenario
  int64_t default_return = 0;
};

// Null when scenarios do not know the call.
[[nodiscard]] const ScenarioCall* find_call(std::string_view name);
[[nodiscard]] std::vector<std::string_view> call_names();

// The native number of O_CREAT, PTRACE_ATTACH and the like.
[[nodiscard]] std::optional<uint64_t> native_constant(std::string_view name);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SCENARIO_CALLS_H
