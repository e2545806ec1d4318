// SPDX-License-Identifier: Apache-2.0
#include "probes/hooks.h"

#include <algorithm>

namespace saker {
namespace {

bool always(const HookNeeds&) { return true; }

bool with_plans(const HookNeeds& needs) {
  return std::ranges::any_of(needs.plans, [](const ev_plan& plan) { return plan.enabled != 0; });
}

bool with_guard(const HookNeeds& needs) { return needs.guards; }

bool with_calls(const HookNeeds& needs) { return with_plans(needs) || with_guard(needs); }

bool with_enter_steps(const HookNeeds& needs) {
  return std::ranges::any_of(
      needs.plans, [](const ev_plan& plan) { return plan.enabled != 0 && reads_at_enter(plan); });
}

constexpr Hook kHooks[] = {
    {"on_exec", "tp_btf/sched_process_exec", EV_EXEC,
     "every successful exec, with arguments and executable",
     "no process would be known by its program", always},
    {"on_fork", "tp_btf/sched_process_fork", EV_FORK, "every new process",
     "new processes would have no parent", always},
    {"on_exit", "tp_btf/sched_process_exit", EV_EXIT, "the end of every process",
     "ended processes would stay in the table", always},
    {"on_sys_exit", "tp_btf/sys_exit", EV_SYSCALL,
     "the syscalls that rules ask for, when they return", "no syscall would be seen", with_calls},
    {"syscall_generic", "", EV_SYSCALL, "the record of a syscall, by its capture plan",
     "no syscall would be seen", with_plans},
    {"on_sys_enter", "tp_btf/sys_enter", EV_SYSCALL,
     "path arguments as they were when the call began",
     "another thread could rewrite a path before it is read", with_enter_steps},
    {"guard_call", "", EV_GUARD, "who traces the sensor or opens its BPF objects",
     "the sensor could be blinded without an alert", with_guard},
    {"on_signal", "tp_btf/signal_generate", EV_GUARD, "who sends the sensor a signal",
     "the sensor could be stopped without an alert", with_guard},
};

constexpr std::string_view kSecurityPath = "CONFIG_SECURITY_PATH";

constexpr HookProgram kHookPrograms[] = {
    {EV_HOOK_FILE_OPEN, "hook_file_open", "lsm/file_open", ""},
    {EV_HOOK_FILE_OPEN, "hook_open_creates", "lsm/path_mknod", kSecurityPath},
    {EV_HOOK_BPRM_CHECK, "hook_bprm_check_security", "lsm/bprm_check_security", ""},
    {EV_HOOK_MMAP_FILE, "hook_mmap_file", "lsm/mmap_file", ""},
    {EV_HOOK_FILE_MPROTECT, "hook_file_mprotect", "lsm/file_mprotect", ""},
    {EV_HOOK_PATH_MKNOD, "hook_path_mknod", "lsm/path_mknod", kSecurityPath},
    {EV_HOOK_PATH_MKDIR, "hook_path_mkdir", "lsm/path_mkdir", kSecurityPath},
    {EV_HOOK_PATH_UNLINK, "hook_path_unlink", "lsm/path_unlink", kSecurityPath},
    {EV_HOOK_PATH_RMDIR, "hook_path_rmdir", "lsm/path_rmdir", kSecurityPath},
    {EV_HOOK_PATH_RENAME, "hook_path_rename", "lsm/path_rename", kSecurityPath},
    {EV_HOOK_PATH_LINK, "hook_path_link", "lsm/path_link", kSecurityPath},
    {EV_HOOK_PATH_SYMLINK, "hook_path_symlink", "lsm/path_symlink", kSecurityPath},
    {EV_HOOK_PATH_CHMOD, "hook_path_chmod", "lsm/path_chmod", kSecurityPath},
    {EV_HOOK_PATH_CHOWN, "hook_path_chown", "lsm/path_chown", "Linux 6.1 and CONFIG_SECURITY_PATH"},
    {EV_HOOK_PATH_TRUNCATE, "hook_path_truncate", "lsm/path_truncate", kSecurityPath},
    {EV_HOOK_SB_MOUNT, "hook_sb_mount", "lsm/sb_mount", ""},
    {EV_HOOK_MOVE_MOUNT, "hook_move_mount", "lsm/move_mount", ""},
    {EV_HOOK_SB_UMOUNT, "hook_sb_umount", "lsm/sb_umount", ""},
    {EV_HOOK_SOCKET_CREATE, "hook_socket_create", "lsm/socket_create", ""},
    {EV_HOOK_SOCKET_BIND, "hook_socket_bind", "lsm/socket_bind", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_socket_connect", "lsm/socket_connect", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_socket_sendmsg", "lsm/socket_sendmsg", ""},
    {EV_HOOK_SOCKET_LISTEN, "hook_socket_listen", "lsm/socket_listen", ""},
    {EV_HOOK_PTRACE_ACCESS, "hook_ptrace_access_check", "lsm/ptrace_access_check", ""},
    {EV_HOOK_TASK_ALLOC, "hook_task_alloc", "lsm/task_alloc", ""},
    {EV_HOOK_TASK_KILL, "hook_task_kill", "lsm/task_kill", ""},
    {EV_HOOK_TASK_SETUID, "hook_task_fix_setuid", "lsm/task_fix_setuid", ""},
    {EV_HOOK_CAPABLE, "hook_capable", "lsm/capable", ""},
    {EV_HOOK_MODULE_REQUEST, "hook_kernel_module_request", "lsm/kernel_module_request", ""},
    {EV_HOOK_KERNEL_READ_FILE, "hook_kernel_read_file", "lsm/kernel_read_file", ""},
    {EV_HOOK_KERNEL_LOAD_DATA, "hook_kernel_load_data", "lsm/kernel_load_data", ""},
    {EV_HOOK_BPF, "hook_bpf", "lsm/bpf", ""},
    {EV_HOOK_URING_SQPOLL, "hook_uring_sqpoll", "lsm/uring_sqpoll", "Linux 5.16"},
    {EV_HOOK_USERNS_CREATE, "hook_userns_create", "lsm/userns_create", "Linux 6.1"},
    {EV_HOOK_SOCKET_BIND, "hook_cgroup_bind4", "cgroup/bind4", ""},
    {EV_HOOK_SOCKET_BIND, "hook_cgroup_bind6", "cgroup/bind6", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_cgroup_connect4", "cgroup/connect4", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_cgroup_connect6", "cgroup/connect6", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_cgroup_sendmsg4", "cgroup/sendmsg4", ""},
    {EV_HOOK_SOCKET_CONNECT, "hook_cgroup_sendmsg6", "cgroup/sendmsg6", ""},
    {EV_HOOK_AFTER_CALL, "hook_call_return", "tp_btf/sys_exit", ""},
};

}  // namespace

HookMeans HookProgram::means() const noexcept {
  return attach_point.starts_with("lsm/")      ? HookMeans::kLsm
         : attach_point.starts_with("cgroup/") ? HookMeans::kCgroups
                                               : HookMeans::kNone;
}

std::span<const HookProgram> hook_programs() noexcept { return kHookPrograms; }

std::bitset<EV_HOOKS> hooks_by(HookMeans means) noexcept {
  std::bitset<EV_HOOKS> hooks;
  for (const HookProgram& row : kHookPrograms) {
    if (row.hook < EV_HOOKS && row.means() == means) {
      hooks.set(row.hook);
    }
  }
  return hooks;
}

std::span<const Hook> hooks() noexcept { return kHooks; }

bool reads_at_enter(const ev_plan& plan) noexcept {
  const size_t n = std::min<size_t>(plan.n_steps, EV_PLAN_STEPS);
  return std::any_of(plan.steps, plan.steps + n, [](const ev_plan_step& step) {
    return (step.flags & EV_STEPF_AT_ENTER) != 0;
  });
}

}  // namespace saker
