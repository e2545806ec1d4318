// SPDX-License-Identifier: Apache-2.0
// What process fields read: the same attributes of the acting process, its parent and its
// ancestors. Private to the fields_*.cpp files.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_PROCESS_H
#define SAKER_ENGINE_FIELDS_FIELDS_PROCESS_H

#include <cstdint>

#include "engine/event.h"
#include "engine/fields/field.h"
#include "engine/state/process.h"
#include "engine/state/process_table.h"

namespace saker {

using ProcessReader = Value (*)(const Event&, const Process&) noexcept;

// Missing when nobody has seen the process start and it was gone before /proc could tell.
Value process_name(const Event& event, const Process& process) noexcept;
Value process_exe(const Event& event, const Process& process) noexcept;
Value process_exe_path(const Event& event, const Process& process) noexcept;
Value process_args(const Event& event, const Process& process) noexcept;
Value process_cmdline(const Event& event, const Process& process) noexcept;
// All entries, joined by one blank.
Value process_env(const Event& event, const Process& process) noexcept;
Value process_pid(const Event& event, const Process& process) noexcept;
Value process_vpid(const Event& event, const Process& process) noexcept;
// Nanoseconds since the process was created, and when that was in Unix time.
Value process_duration(const Event& event, const Process& process) noexcept;
Value process_start(const Event& event, const Process& process) noexcept;

// False when only the task of a record is known of the process.
[[nodiscard]] bool is_known(const Process& process) noexcept;
// Value of a variable without blanks around it; empty when it is not set.
[[nodiscard]] std::string_view environment_value(const Process& process,
                                                 std::string_view name) noexcept;
// Null when unknown.
[[nodiscard]] const Process* parent_of(const Event& event, const Process& process) noexcept;

template <ProcessReader Read>
Value of_self(const Event& event, const FieldArgs&) noexcept {
  return Read(event, event.process());
}

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_PROCESS_H
