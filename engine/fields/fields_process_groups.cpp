// SPDX-License-Identifier: Apache-2.0
// Fields of sessions and process groups.
#include "engine/fields/fields_process.h"
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// A session or a process group: its id, and where that is a process id.
struct Group {
  uint32_t (*id_of)(const ev_task&) noexcept;
  bool in_namespace;  // the id is one of the task's own pid namespace, else of the host
};
constexpr Group kSession{[](const ev_task& t) noexcept { return uint32_t{t.sid}; }, true};
constexpr Group kOwnGroup{[](const ev_task& t) noexcept { return uint32_t{t.vpgid}; }, true};
constexpr Group kHostGroup{[](const ev_task& t) noexcept { return uint32_t{t.pgid}; }, false};

// The process whose id is the group's. The kernel gives an id to nobody else while the group lives,
// so a leader that has exited is found, too, as long as it is remembered. Else the farthest
// ancestor of the same group stands for it.
const Process* leader_of(const Event& event, const Group& group) noexcept {
  const ProcessTable& processes = *event.world().processes;
  const uint32_t id = group.id_of(event.task());
  const Process* leader = group.in_namespace ? processes.find_by_vpid(event.task().pid_ns, id)
                                             : processes.find_by_pid(id);
  if (leader != nullptr || id == 0) {
    return leader;
  }
  constexpr int kMaxSteps = 128;
  const Process* process = &event.process();
  for (int i = 0; i < kMaxSteps; ++i) {
    process = parent_of(event, *process);
    if (process == nullptr || group.id_of(process->task) != id ||
        (group.in_namespace && process->task.pid_ns != event.task().pid_ns)) {
      break;
    }
    leader = process;
  }
  return leader;
}

template <const Group& Of, ProcessReader Read>
Value of_leader(const Event& event, const FieldArgs&) noexcept {
  const Process* leader = leader_of(event, Of);
  return leader != nullptr ? Read(event, *leader) : Value::of_text({});
}

template <const Group& Of>
Value group_id(const Event& event, const FieldArgs&) noexcept {
  return Value::of_int(Of.id_of(event.task()));
}

template <const Group& Of>
Value is_leader(const Event& event, const FieldArgs&) noexcept {
  const ev_task& task = event.task();
  return Value::of_bool(Of.id_of(task) == (Of.in_namespace ? task.vpid : task.pid));
}

constexpr FieldDef kFields[] = {
    {"proc.sid", kInt64, kNone, "Session id, in the pid namespace of the process.",
     group_id<kSession>, kOne, kId},
    {"proc.sname", kCharBuf, kNone, "Name of the session leader; empty when unknown.",
     of_leader<kSession, process_name>, kOne, kDecimal, kFieldForgeable},
    {"proc.sid.exe", kCharBuf, kNone,
     "First exec argument of the session leader; empty when unknown.",
     of_leader<kSession, process_exe>, kOne, kDecimal, kFieldForgeable},
    {"proc.sid.exepath", kCharBuf, kNone,
     "Path of the session leader's executable; empty when unknown.",
     of_leader<kSession, process_exe_path>},
    {"proc.is_sid_leader", kBool, kNone, "Whether the process leads its session.",
     is_leader<kSession>},
    {"proc.vpgid", kInt64, kNone, "Process group id, in the pid namespace of the process.",
     group_id<kOwnGroup>, kOne, kId},
    {"proc.vpgid.name", kCharBuf, kNone,
     "Name of the process group's leader, found in the pid namespace; empty when unknown.",
     of_leader<kOwnGroup, process_name>, kOne, kDecimal, kFieldForgeable},
    {"proc.vpgid.exe", kCharBuf, kNone,
     "First exec argument of the process group's leader; empty when unknown.",
     of_leader<kOwnGroup, process_exe>, kOne, kDecimal, kFieldForgeable},
    {"proc.vpgid.exepath", kCharBuf, kNone,
     "Path of the executable of the process group's leader; empty when unknown.",
     of_leader<kOwnGroup, process_exe_path>},
    {"proc.is_vpgid_leader", kBool, kNone,
     "Whether the process leads its process group, by the ids of its pid namespace.",
     is_leader<kOwnGroup>},
    {"proc.pgid", kInt64, kNone, "Process group id, as the host sees it.", group_id<kHostGroup>,
     kOne, kId},
    {"proc.pgid.name", kCharBuf, kNone,
     "Name of the process group's leader, found by its host id; empty when unknown.",
     of_leader<kHostGroup, process_name>, kOne, kDecimal, kFieldForgeable},
    {"proc.pgid.exe", kCharBuf, kNone,
     "First exec argument of the process group's leader by host id; empty when unknown.",
     of_leader<kHostGroup, process_exe>, kOne, kDecimal, kFieldForgeable},
    {"proc.pgid.exepath", kCharBuf, kNone,
     "Path of the executable of the process group's leader by host id; empty when unknown.",
     of_leader<kHostGroup, process_exe_path>},
    {"proc.is_pgid_leader", kBool, kNone,
     "Whether the process leads its process group, by host ids.", is_leader<kHostGroup>},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> process_group_fields() { return kFields; }

}  // namespace saker
