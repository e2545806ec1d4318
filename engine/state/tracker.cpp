// SPDX-License-Identifier: Apache-2.0
#include "engine/state/tracker.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/fields/fields_endpoint.h"

namespace saker {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
// Records of a child that ran at the same time may still name a parent that is gone.
constexpr uint64_t kKeepExitedNs = kSecondNs;
constexpr uint64_t kAskAgainNs = kSecondNs;
// Hints are cheap to fake; each costs some ten reads in /proc.
constexpr uint32_t kMaxAsksPerSecond = 20;
// A chain of unknown parents is read this far; each costs several reads in /proc.
constexpr int kMaxHealedParents = 16;

ProcessKey key_of(const ev_task& task) { return {task.pid, task.start_boot_ns}; }

std::string_view without_final_slash(std::string_view path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// argv as captured: each argument NUL-terminated, the last one perhaps cut.
void set_arguments(Process& process, std::string_view bytes) {
  process.args.clear();
  bool is_first = true;
  process.exe.clear();
  while (!bytes.empty()) {
    const std::string_view argument = bytes.substr(0, bytes.find('\0'));
    bytes.remove_prefix(std::min(bytes.size(), argument.size() + 1));
    if (std::exchange(is_first, false)) {
      process.exe = argument;
    } else {
      process.args.add(argument);
    }
  }
}

// What EV_EXEC and EV_SNAPSHOT have in common.
void set_image(Process& process, const Event& event) {
  const ev_exec& body = *event.exec();
  process.exe_inode = body.exe;
  process.exe_writable = can_write(event.task(), body.exe);
  process.pidns_start_boot_ns = body.pidns_start_boot_ns;
  process.fdlimit = body.fdlimit;
  process.comm = event.comm();
  process.exe_path = event.section(EV_SEC_EXE).bytes;
  set_arguments(process, event.section(EV_SEC_ARGS).bytes);
  process.args_truncated = event.section(EV_SEC_ARGS).truncated();
  process.env = event.section(EV_SEC_ENV).bytes;
  process.env_truncated = event.section(EV_SEC_ENV).truncated();
  process.update_texts();
  if (const Section& cwd = event.section(EV_SEC_CWD)) {
    process.cwd = without_final_slash(cwd.bytes);
  }
}

// What a child has from its parent until it executes something.
void inherit(Process& child, const Process& parent) {
  child.exe_inode = parent.exe_inode;
  child.exe_writable = parent.exe_writable;
  child.fdlimit = parent.fdlimit;
  child.exe = parent.exe;
  child.exe_path = parent.exe_path;
  child.args = parent.args;
  child.args_truncated = parent.args_truncated;
  child.env = parent.env;
  child.env_truncated = parent.env_truncated;
  child.cwd = parent.cwd;
  child.update_texts();
}

// What the process would be if the exec that a hook is asked about went on. Its arguments are not
// known there.
void set_attempt(Process& attempt, const Process& process, const Event& event) {
  attempt.key = process.key;
  attempt.parent = process.parent;
  attempt.task = process.task;
  attempt.pidns_start_boot_ns = process.pidns_start_boot_ns;
  attempt.exec_boot_ns = event.header().boot_ns;
  attempt.fdlimit = process.fdlimit;
  attempt.cwd = process.cwd;
  attempt.origin = ProcessOrigin::kExec;
  const std::string_view name = event.section(EV_SEC_STRING).bytes;
  attempt.comm = name.substr(name.rfind('/') + 1).substr(0, EV_COMM_SIZE - 1);
  attempt.exe_path = event.file_path();
  attempt.exe_inode = event.file() != nullptr ? event.file()->inode : ev_inode{};
  attempt.exe_writable = can_write(event.task(), attempt.exe_inode);
  attempt.update_texts();
}

}  // namespace

Tracker::Tracker(Options options)
    : options_(std::move(options)),
      processes_(options_.process_limit),
      enricher_(options_.containers, containers_,
                {.on_found = [this](const Container& container,
                                    uint64_t boot_ns) { emit_container(container, boot_ns); },
                 .on_given_up = options_.on_unknown_container}),
      healed_(options_.healer ? std::make_unique<Event>() : nullptr),
      asks_(kMaxAsksPerSecond) {
  world_.processes = &processes_;
  world_.containers = &containers_;
  world_.users = &users_;
  world_.hosts = &hosts_;
  world_.boot_to_epoch_ns = options_.boot_to_epoch_ns;
  world_.hostname = options_.hostname;
}

void Tracker::apply(Event& event) {
  if (event.is_matchable()) {
    ++events_;
    if (world_.first_boot_ns == 0) {
      world_.first_boot_ns = event.header().boot_ns;
    }
  }
  event.attach(world_, nobody_, events_);
  learn_cgroup(event);
  switch (event.kind()) {
    case EV_USERS:
      apply_users(event);
      return;
    case EV_HOST:
      hosts_.learn(event.section(EV_SEC_STRING).bytes, event.section(EV_SEC_BYTES).bytes);
      return;
    case EV_CONTAINER:
      apply_container(event);
      return;
    case EV_EXEC:
      apply_exec(event);
      break;
    case EV_FORK:
      apply_fork(event);
      break;
    case EV_SNAPSHOT:
      apply_snapshot(event, ProcessOrigin::kScan);
      break;
    default:
      break;
  }
  Process& process = actor_of(event);
  if (event.is_asked_at(EV_HOOK_BPRM_CHECK)) {
    set_attempt(attempted_, process, event);
    event.attach(world_, attempted_, events_);
  } else {
    event.attach(world_, process, events_);
  }
  if (event.kind() == EV_SYSCALL && !event.is_asked()) {
    apply_syscall(event, process);
  }
  if (event.is_matchable()) {
    enricher_.before_match(event);
  }
}

void Tracker::finish(const Event& event) {
  const uint64_t now = event.header().boot_ns;
  if (event.exit() != nullptr) {
    processes_.mark_exited(key_of(event.task()), now, event.exit()->reaper);
  }
  if (now > kKeepExitedNs) {
    processes_.purge_exited(now - kKeepExitedNs);
  }
  if (event.is_matchable()) {
    world_.previous_boot_ns = now;
  }
}

void Tracker::learn_cgroup(const Event& event) {
  const Section& path = event.section(EV_SEC_CGROUP);
  if (!path || (event.task().flags & EV_TASKF_NO_CGROUP) != 0) {
    return;
  }
  const uint64_t cgroup_id = event.task().cgroup_id;
  const bool is_new = !containers_.knows(cgroup_id);
  if (Container* container = containers_.learn(cgroup_id, path.bytes)) {
    enricher_.learnt(*container, event.header().boot_ns);
  }
  if (is_new && options_.on_new_cgroup) {
    options_.on_new_cgroup(cgroup_id, containers_.find(cgroup_id));
  }
}

void Tracker::apply_users(const Event& event) {
  users_.load_passwd(event.section(EV_SEC_STRING, 0).bytes);
  users_.load_group(event.section(EV_SEC_STRING, 1).bytes);
}

void Tracker::apply_container(const Event& event) {
  Container* container = containers_.find_container(event.task().cgroup_id);
  if (container != nullptr) {
    container->metadata = std::make_unique<const ContainerMetadata>(
        decode_container_metadata(event.section(EV_SEC_BYTES).bytes));
  }
}

void Tracker::emit_container(const Container& container, uint64_t boot_ns) {
  if (!options_.on_made) {
    return;
  }
  ev_task task{};
  task.cgroup_id = container.cgroup_id;
  writer_.begin(EV_CONTAINER, boot_ns, task);
  writer_.body(ev_container{});
  writer_.section(EV_SEC_CGROUP, 0, container.cgroup_path);
  writer_.section(EV_SEC_BYTES, 0, encode(*container.metadata));
  options_.on_made(writer_.finish());
}

void Tracker::apply_exec(const Event& event) {
  const bool is_known = std::as_const(processes_).find(key_of(event.task())) != nullptr;
  Process& process = processes_.insert(key_of(event.task()));
  set_image(process, event);
  process.exec_boot_ns = event.header().boot_ns;
  process.origin = ProcessOrigin::kExec;
  processes_.resized(process);
  processes_.update(process, event.task());
  if (!is_known) {
    heal_parents(process);
  }
}

void Tracker::apply_fork(const Event& event) {
  const ev_task& task = event.task();
  const ProcessKey parent_key{task.ppid, task.parent_start_boot_ns};
  if (const Process* known = std::as_const(processes_).find(key_of(task));
      known != nullptr && known->origin != ProcessOrigin::kTaskOnly) {
    return;  // a scan was faster
  }
  if (std::as_const(processes_).find(parent_key) == nullptr) {
    heal(task.ppid);
  }
  Process& child = processes_.insert(key_of(task));
  child.comm = event.comm();
  child.pidns_start_boot_ns = event.fork()->pidns_start_boot_ns;
  // Looked up again: insert() may have evicted it.
  const Process* parent = std::as_const(processes_).find(parent_key);
  if (parent != nullptr && parent->origin != ProcessOrigin::kTaskOnly) {
    inherit(child, *parent);
    child.origin = ProcessOrigin::kFork;
  } else {
    ++stats_.unknown_parent;
    child.update_texts();
  }
  processes_.resized(child);
  processes_.update(child, task);
}

void Tracker::apply_snapshot(const Event& event, ProcessOrigin origin) {
  Process& process = processes_.insert(key_of(event.task()));
  // /proc shows the arguments and the name as the process last rewrote them, so what an exec or a
  // fork has told is better, unless the executable proves that another exec got lost.
  const std::string_view exe_path = event.section(EV_SEC_EXE).bytes;
  const bool is_exec_lost = event.header().boot_ns > process.exec_boot_ns && !exe_path.empty() &&
                            exe_path != process.exe_path;
  const bool is_told =
      process.origin == ProcessOrigin::kExec || process.origin == ProcessOrigin::kFork;
  if (!is_told || is_exec_lost) {
    set_image(process, event);
    process.origin = origin;
    processes_.resized(process);
    if (options_.on_found_process) {
      options_.on_found_process(process);
    }
  }
  processes_.update(process, event.task());
}

void Tracker::apply_syscall(Event& event, Process& process) {
  // Only chdir and fchdir have a plan that reads it.
  if (const Section& cwd = event.section(EV_SEC_CWD); cwd && event.return_value() >= 0) {
    process.cwd = without_final_slash(cwd.bytes);
    processes_.resized(process);
  }
  const ev_socket* socket = event.socket();
  if (socket != nullptr && socket->type == SOCK_DGRAM &&
      (socket->flags & EV_SOCKF_CONNECTED) == 0 &&
      (event.def().flags & (kEventReadsFd | kEventWritesFd)) != 0) {
    const Connection* connection = connection_of(event);
    if (connection != nullptr && connection->is_ip() && connection->has_remote) {
      event.set_peer_changed(
          peers_.talks_to(socket->ino, connection->remote.ip, connection->remote.port));
    }
  }
}

Process& Tracker::actor_of(const Event& event) {
  const ProcessKey key = key_of(event.task());
  Process* process = processes_.find(key);
  if (process == nullptr) {
    heal(key.pid);
    process = processes_.find(key);
    process = process != nullptr ? process : &insert_unknown(event);
    processes_.update(*process, event.task());
    heal_parents(*process);
    return processes_.insert(key);  // still there, unless the table is tiny
  }
  if (hints_at_lost_exec(event, *process) && may_ask(event.header().boot_ns)) {
    process->asked_boot_ns = event.header().boot_ns;
    processes_.update(*process, event.task());
    heal(key.pid);
    process = &processes_.insert(key);
  }
  processes_.update(*process, event.task());
  return *process;
}

Process& Tracker::insert_unknown(const Event& event) {
  if (options_.healer) {
    ++stats_.heal_failed;
  }
  Process& process = processes_.insert(key_of(event.task()));
  process.comm = event.comm();
  process.update_texts();
  return process;
}

bool Tracker::hints_at_lost_exec(const Event& event, const Process& process) const noexcept {
  const ev_task& task = event.task();
  if (event.kind() != EV_SYSCALL || !options_.healer ||
      event.header().boot_ns < process.asked_boot_ns + kAskAgainNs) {
    return false;
  }
  const bool has_new_name =
      task.tid == task.pid &&
      event.comm() != std::string_view(process.task.comm,
                                       strnlen(process.task.comm, sizeof(process.task.comm)));
  return has_new_name ||
         (task.cgroup_id != process.task.cgroup_id && !containers_.knows(task.cgroup_id));
}

bool Tracker::may_ask(uint64_t boot_ns) noexcept {
  const bool may = asks_.allow(boot_ns);
  stats_.heal_skipped += may ? 0 : 1;
  return may;
}

bool Tracker::heal(uint32_t pid) {
  if (!options_.healer || pid == 0) {
    return false;
  }
  return options_.healer(pid, [this](std::span<const std::byte> record) {
    if (healed_->decode(record) != DecodeError::kNone || healed_->kind() != EV_SNAPSHOT) {
      return;
    }
    if (options_.on_made) {
      options_.on_made(record);
    }
    learn_cgroup(*healed_);
    apply_snapshot(*healed_, ProcessOrigin::kHealed);
    ++stats_.healed;
  });
}

void Tracker::heal_parents(const Process& process) {
  ProcessKey parent = process.parent;
  for (int i = 0; i < kMaxHealedParents && parent.pid != 0; ++i) {
    if (std::as_const(processes_).find(parent) != nullptr) {
      return;
    }
    ++stats_.unknown_parent;
    if (!heal(parent.pid)) {
      return;
    }
    const Process* found = std::as_const(processes_).find(parent);
    if (found == nullptr) {
      return;
    }
    parent = found->parent;
  }
}

}  // namespace saker
