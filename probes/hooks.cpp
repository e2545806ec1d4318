// SPDX-License-Identifier: Apache-2.0
#include "probes/hooks.h"

#include <algorithm>

namespace saker {
namespace {

bool always(std::span<const ev_plan>) { return true; }

bool with_plans(std::span<const ev_plan> plans) {
  return std::ranges::any_of(plans, [](const ev_plan& plan) { return plan.enabled != 0; });
}

bool with_enter_steps(std::span<const ev_plan> plans) {
  return std::ranges::any_of(
      plans, [](const ev_plan& plan) { return plan.enabled != 0 && reads_at_enter(plan); });
}

constexpr Hook kHooks[] = {
    {"on_exec", "tp_btf/sched_process_exec", "exec",
     "every successful exec, with arguments and executable",
     "no process would be known by its program", always},
    {"on_fork", "tp_btf/sched_process_fork", "fork", "every new process",
     "new processes would have no parent", always},
    {"on_exit", "tp_btf/sched_process_exit", "exit", "the end of every process",
     "ended processes would stay in the table", always},
    {"on_sys_exit", "tp_btf/sys_exit", "syscall",
     "the syscalls that rules ask for, when they return", "no syscall would be seen", with_plans},
    {"syscall_generic", "", "syscall", "the record of a syscall, by its capture plan",
     "no syscall would be seen", with_plans},
    {"on_sys_enter", "tp_btf/sys_enter", "syscall",
     "path arguments as they were when the call began",
     "another thread could rewrite a path before it is read", with_enter_steps},
};

}  // namespace

std::span<const Hook> hooks() noexcept { return kHooks; }

bool reads_at_enter(const ev_plan& plan) noexcept {
  const size_t n = std::min<size_t>(plan.n_steps, EV_PLAN_STEPS);
  return std::any_of(plan.steps, plan.steps + n, [](const ev_plan_step& step) {
    return (step.flags & EV_STEPF_AT_ENTER) != 0;
  });
}

}  // namespace saker
