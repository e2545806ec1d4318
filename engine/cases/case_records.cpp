// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_records.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "engine/base/check.h"
#include "engine/cases/calls.h"
#include "engine/state/container_metadata.h"

namespace saker {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr uint64_t kFirstEventBootNs = uint64_t{1} << 40;
constexpr uint32_t kHostPidNamespace = 0xeffffffc;

uint64_t start_of(uint32_t pid) { return pid * kSecondNs % kFirstEventBootNs + 1; }

uint64_t cgroup_id_of(const std::string& cgroup) { return std::hash<std::string>{}(cgroup); }

std::string joined(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) {
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

// What a call is about, as its texts name it; empty: they name nothing.
std::string named_path(const CaseEvent& event, const std::string& cwd) {
  const auto text = std::ranges::find_if(event.texts, [](const auto& t) { return t.has_value(); });
  if (text == event.texts.end() || (*text)->starts_with('/')) {
    return text == event.texts.end() ? "" : **text;
  }
  const std::string& directory = event.dir.empty() ? cwd : event.dir;
  return directory + (directory.ends_with('/') ? "" : "/") + **text;
}

}  // namespace

ev_task CaseRecords::task_of(const CaseProcess& process) const {
  const CaseIdentity& who = process.identity;
  ev_task task{};
  task.start_boot_ns = start_of(process.pid);
  task.ppid = who.parent;
  task.parent_start_boot_ns = who.parent == 0 ? 0 : start_of(who.parent);
  task.cgroup_id = cgroup_id_of(who.cgroup);
  task.pid = process.pid;
  task.tid = process.pid;
  task.vpid = who.vpid.value_or(process.pid);
  task.vtid = task.vpid;
  task.sid = who.sid.value_or(process.pid);
  task.pgid = who.pgid.value_or(process.pid);
  task.vpgid = who.pgid.value_or(task.vpid);
  task.uid = who.uid;
  task.euid = who.euid.value_or(who.uid);
  task.gid = who.gid.value_or(who.uid);
  task.egid = who.egid.value_or(task.gid);
  task.cap_effective = who.caps.value_or(task.euid == 0 ? kAllCaps : 0);
  task.cap_permitted = task.cap_effective;
  task.loginuid = who.loginuid;
  task.tty = who.tty;
  task.pid_ns = kHostPidNamespace + (task.vpid == process.pid ? 0 : 1);
  process.image.comm().copy(task.comm, sizeof(task.comm) - 1);
  return task;
}

void CaseRecords::write_image(ev_kind kind, const CaseProcess& process) {
  const CaseImage& image = process.image;
  const std::string executable = image.executable();
  writer_.begin(kind, now_boot_ns_, task_of(process));
  ev_exec exec{};
  exec.exe = inode_of(executable, S_IFREG | 0755, image.flags);
  exec.fdlimit = 1024;
  writer_.body(exec);
  writer_.section(EV_SEC_ARGS, 0, joined({image.argv0()}) + joined(image.args));
  if (!image.env.empty()) {
    writer_.section(EV_SEC_ENV, 0, joined(image.env));
  }
  writer_.section(EV_SEC_CWD, 0, process.cwd);
  writer_.section(EV_SEC_EXE, 0, executable);
  writer_.section(EV_SEC_CGROUP, 0, process.identity.cgroup);
  writer_.section(EV_SEC_STRING, 0, executable);
}

void CaseRecords::emit_users(const Case& test_case, const Emit& emit) {
  std::string passwd;
  std::string group;
  for (const CaseUser& user : test_case.users) {
    const std::string id = std::to_string(user.uid);
    passwd += user.name;
    passwd += ":x:" + id;
    passwd += ':' + id;
    passwd += "::";
    passwd += user.home.empty() ? "/home/" + user.name : user.home;
    passwd += ':' + (user.shell.empty() ? "/bin/bash" : user.shell) + '\n';
  }
  for (const CaseGroup& of_case : test_case.groups) {
    group += of_case.name + ":x:" + std::to_string(of_case.gid) + ":\n";
  }
  for (const CaseUser& user : test_case.users) {
    group += user.name;
    group += ":x:" + std::to_string(user.uid) + ":\n";
  }
  // The first line with an id counts.
  passwd += "root:x:0:0:root:/root:/bin/bash\n";
  group += "root:x:0:\n";
  writer_.begin(EV_USERS, now_boot_ns_, {});
  writer_.body(ev_users{});
  writer_.section(EV_SEC_STRING, 0, passwd);
  writer_.section(EV_SEC_STRING, 1, group);
  emit(writer_.finish());
}

void CaseRecords::emit_container(const CaseContainer& container, const Emit& emit) {
  ContainerMetadata metadata;
  metadata.name = container.name;
  metadata.image = container.image;
  metadata.privileged = container.privileged;
  metadata.complete();
  ev_task task{};
  task.cgroup_id = cgroup_id_of(container.cgroup);
  writer_.begin(EV_CONTAINER, now_boot_ns_, task);
  writer_.body(ev_container{});
  writer_.section(EV_SEC_CGROUP, 0, container.cgroup);
  writer_.section(EV_SEC_BYTES, 0, encode(metadata));
  emit(writer_.finish());
}

void CaseRecords::emit_state(const Case& test_case, const Emit& emit) {
  emit_users(test_case, emit);
  for (const CaseProcess& process : test_case.processes) {
    processes_[process.pid] = process;
    write_image(EV_SNAPSHOT, process);
    emit(writer_.finish());
  }
  for (const CaseContainer& container : test_case.containers) {
    emit_container(container, emit);
  }
  now_boot_ns_ = kFirstEventBootNs;
}

void CaseRecords::emit_event(const CaseEvent& event, const Emit& emit) {
  now_boot_ns_ += kSecondNs;
  // A process that no line of the case describes is one that the sensor has lost.
  processes_[event.pid].pid = event.pid;
  if (event.identity) {
    processes_[event.pid].identity = *event.identity;
    write_image(EV_SNAPSHOT, processes_[event.pid]);
    emit(writer_.finish());
  } else if (event.type == "procexit") {
    emit_exit(event, emit);
  } else if (event.type.starts_with("execve") && event.ret == 0) {
    emit_exec(event, emit);
  } else if (event.child != 0) {
    emit_clone(event, emit);
  } else {
    emit_call(event, emit);
  }
}

void CaseRecords::emit_exec(const CaseEvent& event, const Emit& emit) {
  CaseProcess& process = processes_[event.pid];
  process.image = event.image;
  write_image(EV_EXEC, process);
  emit(writer_.finish());
}

void CaseRecords::emit_clone(const CaseEvent& event, const Emit& emit) {
  CaseProcess child = processes_[event.pid];
  child.pid = event.child;
  child.identity.vpid.reset();
  child.identity.parent = event.pid;
  processes_[child.pid] = child;
  writer_.begin(EV_FORK, now_boot_ns_, task_of(child));
  writer_.body(ev_fork{});
  writer_.section(EV_SEC_CGROUP, 0, child.identity.cgroup);
  emit(writer_.finish());
  CaseEvent in_parent = event;
  in_parent.ret = event.child;
  emit_call(in_parent, emit);
}

void CaseRecords::emit_exit(const CaseEvent& event, const Emit& emit) {
  writer_.begin(EV_EXIT, now_boot_ns_, task_of(processes_[event.pid]));
  ev_exit exit{};
  exit.reaper = 1;
  writer_.body(exit);
  emit(writer_.finish());
}

void CaseRecords::emit_call(const CaseEvent& event, const Emit& emit) {
  const EventDef* def = find_call_event(event.type);
  SAKER_CHECK(def != nullptr);
  writer_.begin(EV_SYSCALL, now_boot_ns_, task_of(processes_[event.pid]));
  ev_syscall call{};
  call.ret = event.ret;
  call.nr = static_cast<__u32>(def->syscall_nr);
  std::ranges::copy(event.args, call.args);
  for (const ev_plan_step& step : def->plan) {
    call.flags |= (step.flags & EV_STEPF_AT_ENTER) != 0 ? EV_SYSF_ARGS_FROM_ENTER : 0;
  }
  writer_.body(call);
  for (const ev_plan_step& step : def->plan) {
    const bool applies = event.ret >= 0 ? (step.flags & EV_STEPF_ON_FAILURE) == 0
                                        : (step.flags & EV_STEPF_ON_SUCCESS) == 0;
    if (applies) {
      write_step(step, def->plan, event);
    }
  }
  emit(writer_.finish());
}

void CaseRecords::write_step(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                             const CaseEvent& event) {
  switch (step.op) {
    case EV_OP_STRING:
      if (event.texts[step.arg]) {
        writer_.section(EV_SEC_STRING, step.slot, *event.texts[step.arg]);
      }
      break;
    case EV_OP_BASE:
      write_base(step, plan, event);
      break;
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
      if (!event.data.empty() || event.texts[step.arg]) {
        writer_.section(EV_SEC_BYTES, 0, event.data.empty() ? *event.texts[step.arg] : event.data);
      }
      break;
    case EV_OP_CWD:
      write_new_cwd(event);
      break;
    case EV_OP_CAPS:  // the record has the process's own
      break;
    default:
      SAKER_CHECK(step.op == EV_OP_END);
  }
}

void CaseRecords::write_base(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                             const CaseEvent& event) {
  const auto string = std::ranges::find_if(plan, [&](const ev_plan_step& other) {
    return other.op == EV_OP_STRING && other.slot == step.slot;
  });
  SAKER_CHECK(string != plan.end());
  const std::optional<std::string>& path = event.texts[string->arg];
  if (path && !path->starts_with('/')) {
    const std::string& dir = step.slot == 0 ? event.dir : event.new_dir;
    writer_.section(EV_SEC_BASE, step.slot, dir.empty() ? processes_[event.pid].cwd : dir);
  }
}

void CaseRecords::write_new_cwd(const CaseEvent& event) {
  std::string& cwd = processes_[event.pid].cwd;
  const std::string path = event.file.path.empty() ? named_path(event, cwd) : event.file.path;
  cwd = path.empty() ? cwd : path;
  writer_.section(EV_SEC_CWD, 0, cwd);
}

void CaseRecords::write_descriptor(int64_t fd, uint8_t slot, const CaseEvent& event) {
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
  // Unless the case says otherwise, the kernel finds what the caller named.
  const std::string path =
      event.file.path.empty() ? named_path(event, processes_[event.pid].cwd) : event.file.path;
  if (!path.empty()) {
    file.inode = inode_of(path, event.file.mode, event.file.flags);
    writer_.file(slot, file, path);
  }
}

}  // namespace saker
