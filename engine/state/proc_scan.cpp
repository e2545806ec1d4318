// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_scan.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/base/clock.h"
#include "engine/state/process.h"

namespace saker {
namespace {

constexpr size_t kMaxPids = 4'194'304;  // the kernel's PID_MAX_LIMIT
constexpr size_t kMaxStatusBytes = 8192;
constexpr size_t kMaxUsersBytes = EV_USERS_MAX / 4;
constexpr uint32_t kKernelThread = 0x00200000;  // PF_KTHREAD in the flags of /proc/PID/stat

// "NSpid:  12  1": the id in the innermost namespace.
uint32_t innermost_id(std::string_view status, std::string_view key, uint32_t fallback) {
  std::string_view line = line_of(status, key);
  uint32_t id = fallback;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    parse_number(word, id);
  }
  return id;
}

uint64_t capability_set(std::string_view status, std::string_view key) {
  std::string_view line = line_of(status, key);
  uint64_t set = 0;
  parse_number(next_word(line), set, 16);
  return set;
}

// "Uid:  real  effective  saved  filesystem".
void read_ids(std::string_view status, std::string_view key, uint32_t& real, uint32_t& effective) {
  std::string_view line = line_of(status, key);
  parse_number(next_word(line), real);
  parse_number(next_word(line), effective);
}

// The members of /proc/PID/stat that stand behind the name, which may hold blanks and ')'.
struct StatLine {
  std::string_view comm;
  std::array<std::string_view, 20> fields;  // [0] is the state, field 3 of proc(5)
};

std::optional<StatLine> parse_stat(std::string_view text) {
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  StatLine line;
  line.comm = text.substr(open + 1, close - open - 1);
  text.remove_prefix(close + 1);
  for (std::string_view& field : line.fields) {
    field = next_word(text);
  }
  return line.fields.back().empty() ? std::nullopt : std::optional(line);
}

// The path in the hierarchy of a controller ("" is the unified one), from the lines
// "ID:CONTROLLERS:PATH" of /proc/PID/cgroup.
std::string_view cgroup_path(std::string_view text, std::string_view controller) {
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const size_t first = line.find(':');
    const size_t second = first != std::string_view::npos ? line.find(':', first + 1) : first;
    if (second != std::string_view::npos &&
        line.substr(first + 1, second - first - 1) == controller) {
      return line.substr(second + 1);
    }
  }
  return {};
}

uint64_t ticks_to_ns(std::string_view ticks) {
  uint64_t number = 0;
  parse_number(ticks, number);
  return number * ProcessKey::kTickNs;
}

}  // namespace

ProcScan::ProcScan(std::string root) : files_(std::move(root)) {}

void ProcScan::scan_all(const Emit& emit) {
  const std::vector<uint32_t> pids = files_.numbers_in(files_.root() + "proc", kMaxPids);
  // Parents and the inits of pid namespaces first: records refer to them.
  pid_ns_starts_.clear();
  for (const uint32_t pid : pids) {
    ev_task task{};
    if (read_task(pid, task)) {
      starts_[pid] = task.start_boot_ns;
      if (task.vpid == 1) {
        pid_ns_starts_[task.pid_ns] = task.start_boot_ns;
      }
    }
  }
  for (const uint32_t pid : pids) {
    emit_snapshot(pid, emit);
  }
  starts_.clear();
}

bool ProcScan::scan_one(uint32_t pid, const Emit& emit) { return emit_snapshot(pid, emit); }

bool ProcScan::emit_snapshot(uint32_t pid, const Emit& emit) {
  ev_task task{};
  if (!read_task(pid, task)) {
    return false;
  }
  task.parent_start_boot_ns = start_of(task.ppid);
  const std::string cgroup = read_cgroup(pid, task);
  ev_exec body{};
  std::string exe;
  if ((task.flags & EV_TASKF_KTHREAD) == 0) {
    read_exe(pid, body.exe, exe);
  }
  const auto pid_ns_start = pid_ns_starts_.find(task.pid_ns);
  body.pidns_start_boot_ns = pid_ns_start != pid_ns_starts_.end() ? pid_ns_start->second : 0;
  body.fdlimit = read_fdlimit(pid);

  writer_.begin(EV_SNAPSHOT, boot_clock_ns(), task);
  writer_.body(body);
  write_cut(EV_SEC_ARGS, files_.path(pid, "cmdline"), EV_ARGS_MAX);
  write_cut(EV_SEC_ENV, files_.path(pid, "environ"), EV_ENV_MAX);
  writer_.section(EV_SEC_CWD, 0, files_.read_link(files_.path(pid, "cwd")));
  writer_.section(EV_SEC_EXE, 0, exe);
  writer_.section(EV_SEC_CGROUP, 0, cgroup);
  emit(writer_.finish());
  return true;
}

uint32_t ProcScan::namespace_id(uint32_t pid, std::string_view name) {
  // "pid:[4026531836]"
  const std::string link =
      files_.read_link(files_.path(pid, std::string("ns/") + std::string(name)));
  const size_t open = link.find('[');
  uint32_t id = 0;
  if (open != std::string::npos) {
    parse_number(std::string_view(link).substr(open + 1), id);
  }
  return id;
}

bool ProcScan::read_task(uint32_t pid, ev_task& task) {
  const std::string stat_text = files_.read(files_.path(pid, "stat"), kMaxStatusBytes);
  const std::string status = files_.read(files_.path(pid, "status"), kMaxStatusBytes);
  const auto stat = parse_stat(stat_text);
  if (!stat || status.empty()) {
    return false;
  }
  task.pid = pid;
  task.tid = pid;
  parse_number(stat->fields[1], task.ppid);
  parse_number(stat->fields[2], task.pgid);
  parse_number(stat->fields[3], task.sid);
  parse_number(stat->fields[4], task.tty);
  uint32_t flags = 0;
  parse_number(stat->fields[6], flags);
  task.flags = (flags & kKernelThread) != 0 ? EV_TASKF_KTHREAD : 0;
  task.start_boot_ns = ticks_to_ns(stat->fields[19]);
  std::memcpy(task.comm, stat->comm.data(), std::min(stat->comm.size(), sizeof(task.comm) - 1));

  task.vpid = innermost_id(status, "NStgid:", pid);
  task.vtid = innermost_id(status, "NSpid:", pid);
  task.vpgid = innermost_id(status, "NSpgid:", task.pgid);
  task.sid = innermost_id(status, "NSsid:", task.sid);
  read_ids(status, "Uid:", task.uid, task.euid);
  read_ids(status, "Gid:", task.gid, task.egid);
  task.cap_inheritable = capability_set(status, "CapInh:");
  task.cap_permitted = capability_set(status, "CapPrm:");
  task.cap_effective = capability_set(status, "CapEff:");
  task.pid_ns = namespace_id(pid, "pid");
  task.mnt_ns = namespace_id(pid, "mnt");
  task.loginuid = UINT32_MAX;
  parse_number(std::string_view(files_.read(files_.path(pid, "loginuid"), 16)), task.loginuid);
  return true;
}

uint64_t ProcScan::start_of(uint32_t pid) {
  if (pid == 0) {
    return 0;
  }
  if (const auto found = starts_.find(pid); found != starts_.end()) {
    return found->second;
  }
  const std::string text = files_.read(files_.path(pid, "stat"), kMaxStatusBytes);
  const auto stat = parse_stat(text);
  return stat ? ticks_to_ns(stat->fields[19]) : 0;
}

void ProcScan::read_exe(uint32_t pid, ev_inode& inode, std::string& path) {
  const std::string link = files_.path(pid, "exe");
  struct statfs fs{};
  if (files_.read_file_link(link, inode, path) && ::statfs(link.c_str(), &fs) == 0) {
    inode.fs_magic = static_cast<uint32_t>(fs.f_type);
    inode.flags |= (fs.f_flags & ST_RDONLY) != 0 ? EV_INODEF_RDONLY_FS : 0;
  }
}

std::string ProcScan::read_cgroup(uint32_t pid, ev_task& task) {
  // The hierarchies in the order in which the probes choose one: the unified one unless the process
  // is at its root, then those of version 1 that name containers.
  struct Hierarchy {
    std::string_view controller;  // empty: unified
    std::string_view mount;
  };
  static constexpr Hierarchy kHierarchies[] = {{"", "sys/fs/cgroup"},
                                               {"", "sys/fs/cgroup/unified"},
                                               {"memory", "sys/fs/cgroup/memory"},
                                               {"pids", "sys/fs/cgroup/pids"}};
  const std::string text = files_.read(files_.path(pid, "cgroup"), kMaxStatusBytes);
  for (const Hierarchy& hierarchy : kHierarchies) {
    const std::string path(cgroup_path(text, hierarchy.controller).substr(0, EV_CGROUP_MAX));
    // The inode number of a cgroup's directory is its kernfs id.
    struct stat info{};
    if (path.size() > 1 &&
        ::stat((files_.root() + std::string(hierarchy.mount) + path).c_str(), &info) == 0) {
      task.cgroup_id = info.st_ino;
      return path;
    }
  }
  struct stat info{};
  if (::stat((files_.root() + "sys/fs/cgroup").c_str(), &info) == 0) {
    task.cgroup_id = info.st_ino;
    return "/";
  }
  task.flags |= EV_TASKF_NO_CGROUP;
  return {};
}

uint64_t ProcScan::read_fdlimit(uint32_t pid) {
  const std::string text = files_.read(files_.path(pid, "limits"), kMaxStatusBytes);
  std::string_view line = line_of(text, "Max open files");
  uint64_t limit = UINT64_MAX;  // "unlimited"
  parse_number(next_word(line), limit);
  return limit;
}

void ProcScan::write_cut(ev_section_kind kind, const std::string& path, size_t max) {
  bool cut = false;
  const std::string text = files_.read(path, max, &cut);
  writer_.section(kind, 0, text, cut ? EV_SECF_TRUNCATED : 0,
                  cut ? 0 : static_cast<uint32_t>(text.size()));
}

void ProcScan::scan_users(const Emit& emit) {
  users_stamp_ = users_stamp();
  const std::string passwd = files_.read(files_.root() + "etc/passwd", kMaxUsersBytes);
  const std::string group = files_.read(files_.root() + "etc/group", kMaxUsersBytes);
  if (passwd.empty() && group.empty()) {
    return;
  }
  writer_.begin(EV_USERS, boot_clock_ns(), ev_task{});
  writer_.body(ev_users{});
  writer_.section(EV_SEC_STRING, 0, passwd);
  writer_.section(EV_SEC_STRING, 1, group);
  emit(writer_.finish());
}

bool ProcScan::users_changed() { return users_stamp() != users_stamp_; }

uint64_t ProcScan::users_stamp() const {
  uint64_t stamp = 0;
  for (const char* file : {"etc/passwd", "etc/group"}) {
    struct stat info{};
    if (::stat((files_.root() + file).c_str(), &info) == 0) {
      // A change that keeps inode, size and both times is not one a program can make by accident.
      for (const uint64_t part :
           {uint64_t{info.st_ino}, static_cast<uint64_t>(info.st_size),
            static_cast<uint64_t>(info.st_mtim.tv_sec), static_cast<uint64_t>(info.st_mtim.tv_nsec),
            static_cast<uint64_t>(info.st_ctim.tv_sec),
            static_cast<uint64_t>(info.st_ctim.tv_nsec)}) {
        stamp = (stamp ^ part) * 0x100000001b3ULL;
      }
    }
  }
  return stamp;
}

}  // namespace saker
