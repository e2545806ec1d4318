// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scenario_records.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "engine/base/check.h"

namespace saker::test {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
// Processes started in the order of their pids, a second apart; the events come later.
constexpr uint64_t kFirstEventBootNs = uint64_t{1} << 40;
constexpr uint32_t kHostPidNamespace = 0xeffffffc;

uint64_t start_of(uint32_t pid) { return pid * kSecondNs % kFirstEventBootNs + 1; }

std::string joined(const std::string& first, const std::vector<std::string>& rest) {
  std::string bytes = first + '\0';
  for (const std::string& text : rest) {
    bytes += text + '\0';
  }
  return bytes;
}

ev_inode inode_of(const std::string& path, uint32_t mode, uint32_t flags) {
  ev_inode inode{};
  inode.ino = std::hash<std::string>{}(path);
  inode.dev = 0x801;
  inode.mode = mode;
  inode.flags = flags;
  return inode;
}

std::string absolute(const std::string& directory, const std::string& path) {
  if (path.starts_with('/')) {
    return path;
  }
  return directory + (directory.ends_with('/') ? "" : "/") + path;
}

}  // namespace

ev_task ScenarioRecords::task_of(const ScenarioProcess& process) const {
  ev_task task{};
  task.start_boot_ns = start_of(process.pid);
  task.ppid = process.parent;
  task.parent_start_boot_ns = process.parent == 0 ? 0 : start_of(process.parent);
  task.cgroup_id = std::hash<std::string>{}(process.cgroup);
  task.cap_effective = process.uid == 0 ? ~uint64_t{0} : 0;
  task.cap_permitted = task.cap_effective;
  task.pid = process.pid;
  task.tid = process.pid;
  task.vpid = process.vpid;
  task.vtid = process.vpid;
  task.sid = process.sid;
  task.pgid = process.pid;
  task.vpgid = process.vpid;
  task.uid = process.uid;
  task.euid = process.uid;
  task.gid = process.gid;
  task.egid = process.gid;
  task.loginuid = process.loginuid;
  task.tty = process.tty;
  task.pid_ns = kHostPidNamespace + (process.vpid == process.pid ? 0 : 1);
  process.name.copy(task.comm, sizeof(task.comm) - 1);
  return task;
}

void ScenarioRecords::write_image(ev_kind kind, const ScenarioProcess& process) {
  writer_.begin(kind, now_boot_ns_, task_of(process));
  ev_exec exec{};
  exec.exe = inode_of(process.path, S_IFREG | 0755, process.exe_flags);
  exec.fdlimit = 1024;
  writer_.body(exec);
  writer_.section(EV_SEC_ARGS, 0, joined(process.exe, process.args));
  if (!process.env.empty()) {
    const std::vector<std::string> rest(process.env.begin() + 1, process.env.end());
    writer_.section(EV_SEC_ENV, 0, joined(process.env.front(), rest));
  }
  writer_.section(EV_SEC_CWD, 0, process.cwd);
  writer_.section(EV_SEC_EXE, 0, process.path);
  writer_.section(EV_SEC_CGROUP, 0, process.cgroup);
  writer_.section(EV_SEC_STRING, 0, process.path);
}

void ScenarioRecords::emit_state(const Scenario& scenario, const Emit& emit) {
  std::string passwd = "root:x:0:0:root:/root:/bin/bash\n";
  std::string group = "root:x:0:\n";
  for (const auto& [uid, name] : scenario.users) {
    const std::string id = std::to_string(uid);
    passwd += name + ":x:" + id + ':' + id + "::/home/" + name + ":/bin/bash\n";
    group += name + ":x:" + id + ":\n";
  }
  writer_.begin(EV_USERS, now_boot_ns_, {});
  writer_.body(ev_users{});
  writer_.section(EV_SEC_STRING, 0, passwd);
  writer_.section(EV_SEC_STRING, 1, group);
  emit(writer_.finish());

  for (const ScenarioProcess& process : scenario.processes) {
    processes_[process.pid] = process;
    write_image(EV_SNAPSHOT, process);
    emit(writer_.finish());
  }
  now_boot_ns_ = kFirstEventBootNs;
}

void ScenarioRecords::emit_event(const ScenarioEvent& event, const Emit& emit) {
  now_boot_ns_ += kSecondNs;
  // A process that no scenario line describes is one that the sensor has lost.
  ScenarioProcess& process = processes_[event.pid];
  process.pid = event.pid;
  if (event.type == "execve" && event.ret == 0) {
    process.name = event.image.name;
    process.path = event.image.path;
    process.exe = event.image.exe;
    process.args = event.image.args;
    process.env = event.image.env;
    process.exe_flags = event.image.exe_flags;
    write_image(EV_EXEC, process);
    emit(writer_.finish());
  } else if (event.type == "clone") {
    ScenarioProcess child = process;
    child.pid = event.child;
    child.vpid = event.child;
    child.parent = event.pid;
    processes_[child.pid] = child;
    writer_.begin(EV_FORK, now_boot_ns_, task_of(child));
    writer_.body(ev_fork{});
    writer_.section(EV_SEC_CGROUP, 0, child.cgroup);
    emit(writer_.finish());
    ScenarioEvent in_parent = event;
    in_parent.ret = event.child;
    emit_call(in_parent, emit);
  } else if (event.type == "procexit") {
    writer_.begin(EV_EXIT, now_boot_ns_, task_of(process));
    ev_exit exit{};
    exit.reaper = 1;
    writer_.body(exit);
    emit(writer_.finish());
  } else {
    emit_call(event, emit);
  }
}

void ScenarioRecords::emit_call(const ScenarioEvent& event, const Emit& emit) {
  const EventCatalog& catalog = EventCatalog::builtin();
  const EventSet codes = catalog.find(event.type);
  SAKER_CHECK(codes.any());
  EventCode code = 0;
  while (!codes.test(code)) {
    ++code;
  }
  const EventDef& def = catalog.def(code);
  SAKER_CHECK(def.syscall_nr >= 0);

  writer_.begin(EV_SYSCALL, now_boot_ns_, task_of(processes_[event.pid]));
  ev_syscall call{};
  call.ret = event.ret;
  call.nr = static_cast<__u32>(def.syscall_nr);
  for (size_t i = 0; i < event.args.size(); ++i) {
    call.args[i] = event.args[i];
  }
  for (const ev_plan_step& step : def.plan) {
    call.flags |= (step.flags & EV_STEPF_AT_ENTER) != 0 ? EV_SYSF_ARGS_FROM_ENTER : 0;
  }
  writer_.body(call);
  for (const ev_plan_step& step : def.plan) {
    const bool applies = event.ret >= 0 ? (step.flags & EV_STEPF_ON_FAILURE) == 0
                                        : (step.flags & EV_STEPF_ON_SUCCESS) == 0;
    if (applies) {
      write_step(step, def.plan, event);
    }
  }
  emit(writer_.finish());
}

void ScenarioRecords::write_step(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                                 const ScenarioEvent& event) {
  const std::string& cwd = processes_[event.pid].cwd;
  switch (step.op) {
    case EV_OP_STRING:
      if (event.texts[step.arg]) {
        writer_.section(EV_SEC_STRING, step.slot, *event.texts[step.arg]);
      }
      break;
    case EV_OP_BASE: {
      const auto string = std::ranges::find_if(plan, [&](const ev_plan_step& other) {
        return other.op == EV_OP_STRING && other.slot == step.slot;
      });
      SAKER_CHECK(string != plan.end());
      const std::optional<std::string>& path = event.texts[string->arg];
      if (path && !path->starts_with('/')) {
        writer_.section(EV_SEC_BASE, step.slot, event.dir.empty() ? cwd : event.dir);
      }
      break;
    }
    case EV_OP_FD:
      write_descriptor(
          step.arg == EV_ARG_RET ? event.ret : static_cast<int32_t>(event.args[step.arg]),
          step.slot, event);
      break;
    case EV_OP_SOCKADDR:
    case EV_OP_MSGHDR:
      if (!event.addr.empty()) {
        writer_.section(EV_SEC_SOCKADDR, 0, event.addr);
      }
      break;
    case EV_OP_BYTES:
    case EV_OP_STRUCT:
      if (event.texts[step.arg]) {
        writer_.section(EV_SEC_BYTES, 0, *event.texts[step.arg]);
      }
      break;
    case EV_OP_CWD:
      writer_.section(EV_SEC_CWD, 0, cwd);
      break;
    case EV_OP_CAPS:  // the record has the process's own
      break;
    default:
      SAKER_CHECK(step.op == EV_OP_END);
  }
}

void ScenarioRecords::write_descriptor(int64_t fd, uint8_t slot, const ScenarioEvent& event) {
  if (fd < 0) {
    return;
  }
  ev_file file{};
  file.fd = static_cast<__s32>(fd);
  if (event.socket) {
    file.inode = inode_of(event.addr, S_IFSOCK | 0777, 0);
    writer_.file(slot, file, "socket:[4711]");
    ev_socket socket = event.socket->socket;
    socket.fd = file.fd;
    writer_.socket(slot, socket, event.socket->path);
    return;
  }
  // Unless the scenario says otherwise, the kernel finds what the caller named.
  std::optional<std::string> path = event.file;
  for (const std::optional<std::string>& text : event.texts) {
    if (!path && text) {
      const std::string& cwd = processes_[event.pid].cwd;
      path = absolute(event.dir.empty() ? cwd : event.dir, *text);
    }
  }
  if (path) {
    file.inode = inode_of(*path, S_IFREG | 0644, event.file_flags);
    writer_.file(slot, file, *path);
  }
}

}  // namespace saker::test
