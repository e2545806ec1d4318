// SPDX-License-Identifier: Apache-2.0
// System calls in cases: the names of their arguments, and of the constants in them.
#ifndef SAKER_ENGINE_CASES_CALLS_H
#define SAKER_ENGINE_CASES_CALLS_H

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"

namespace saker {

struct CaseCall {
  std::string_view name;
  std::array<std::string_view, 6> args;  // empty: it can only be given by `args: [...]`
  // What the names of constants in `flags` begin with; empty: they have none.
  std::string_view flags_prefix = {};
};

[[nodiscard]] std::span<const CaseCall> case_calls();
// Null: all its arguments are given by `args`.
[[nodiscard]] const CaseCall* find_case_call(std::string_view name);

// The event of this name that a process causes by a system call; null: there is none here.
[[nodiscard]] const EventDef* find_call_event(std::string_view name);
// What the type of an event in a case may be.
[[nodiscard]] std::vector<std::string_view> case_event_types();

// What an argument of a call is, by what the probes read of it.
enum class ArgumentKind : uint8_t {
  kNumber,
  kText,     // points to a text or to bytes
  kAddress,  // points to a struct sockaddr
};
[[nodiscard]] ArgumentKind argument_kind(const EventDef& event, size_t number);

// The native number of O_CREAT, PTRACE_ATTACH, SIGKILL and the like.
[[nodiscard]] std::optional<uint64_t> native_constant(std::string_view name);
// The names of the bits, each of which begins with the prefix; what has none as a number.
[[nodiscard]] std::vector<std::string> constant_names(uint64_t bits, std::string_view prefix);
// A number, or the name of an errno: ENOENT is -2.
[[nodiscard]] std::optional<int64_t> parse_return(std::string_view text);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CALLS_H
