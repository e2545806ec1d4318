// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"
#include "engine/state/process.h"

namespace saker {
namespace {

constexpr size_t kMaxStatusBytes = 8192;
constexpr size_t kMaxUsersBytes = EV_USERS_MAX / 4;
constexpr uint32_t kKernelThread = 0x00200000;  // PF_KTHREAD in the flags of /proc/PID/stat

// dev_t as user space of the kernel encodes it, which is how wire.h has it.
uint32_t encode_device(dev_t device) {
  const uint32_t major_part = major(device);
  const uint32_t minor_part = minor(device);
  return (minor_part & 0xff) | (major_part << 8) | ((minor_part & ~0xffU) << 12);
}

template <typename T>
bool parse_number(std::string_view text, T& number, int radix = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  return error == std::errc() && end != text.data();
}

// The next word of `text`, which is cut behind it.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

// The rest of the line that starts with `key`; empty: there is none.
std::string_view line_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(key)) {
      return line.substr(key.size());
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return {};
}

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
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
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

ProcScan::ProcScan(std::string root) : root_(std::move(root)) {
  if (!root_.ends_with('/')) {
    root_ += '/';
  }
}

void ProcScan::scan_all(const Emit& emit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir((root_ + "proc").c_str()), ::closedir);
  if (!dir) {
    ++unreadable_;
    return;
  }
  std::vector<uint32_t> pids;
  while (const dirent* entry = ::readdir(dir.get())) {
    uint32_t pid = 0;
    if (parse_number(std::string_view(entry->d_name), pid)) {
      pids.push_back(pid);
    }
  }
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
  write_cut(EV_SEC_ARGS, proc_path(pid, "cmdline"), EV_ARGS_MAX);
  write_cut(EV_SEC_ENV, proc_path(pid, "environ"), EV_ENV_MAX);
  writer_.section(EV_SEC_CWD, 0, read_link(proc_path(pid, "cwd")));
  writer_.section(EV_SEC_EXE, 0, exe);
  writer_.section(EV_SEC_CGROUP, 0, cgroup);
  emit(writer_.finish());
  return true;
}

std::string ProcScan::proc_path(uint32_t pid, std::string_view file) const {
  std::string path = root_ + "proc/" + std::to_string(pid) + '/';
  path += file;
  return path;
}

std::string ProcScan::read_file(const std::string& path, size_t max, bool* cut) {
  std::string text;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    unreadable_ += errno != ENOENT && errno != ESRCH ? 1 : 0;
    return text;
  }
  text.resize(max + 1);
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
    if (count <= 0) {
      unreadable_ += count < 0 && errno != ESRCH ? 1 : 0;
      break;
    }
    size += static_cast<size_t>(count);
  }
  if (cut != nullptr) {
    *cut = size > max;
  }
  text.resize(std::min(size, max));
  return text;
}

std::string ProcScan::read_link(const std::string& path) {
  std::string target(EV_PATH_MAX, '\0');
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) {
    unreadable_ += errno != ENOENT && errno != ESRCH ? 1 : 0;
    return {};
  }
  target.resize(static_cast<size_t>(size));
  return target;
}

uint32_t ProcScan::namespace_id(uint32_t pid, std::string_view name) {
  // "pid:[4026531836]"
  const std::string link = read_link(proc_path(pid, std::string("ns/") + std::string(name)));
  const size_t open = link.find('[');
  uint32_t id = 0;
  if (open != std::string::npos) {
    parse_number(std::string_view(link).substr(open + 1), id);
  }
  return id;
}

bool ProcScan::read_task(uint32_t pid, ev_task& task) {
  const std::string stat_text = read_file(proc_path(pid, "stat"), kMaxStatusBytes);
  const std::string status = read_file(proc_path(pid, "status"), kMaxStatusBytes);
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
  parse_number(std::string_view(read_file(proc_path(pid, "loginuid"), 16)), task.loginuid);
  return true;
}

uint64_t ProcScan::start_of(uint32_t pid) {
  if (pid == 0) {
    return 0;
  }
  if (const auto found = starts_.find(pid); found != starts_.end()) {
    return found->second;
  }
  const std::string text = read_file(proc_path(pid, "stat"), kMaxStatusBytes);
  const auto stat = parse_stat(text);
  return stat ? ticks_to_ns(stat->fields[19]) : 0;
}

void ProcScan::read_exe(uint32_t pid, ev_inode& inode, std::string& path) {
  static constexpr std::string_view kDeleted = " (deleted)";
  static constexpr std::string_view kMemfd = "/memfd:";
  const std::string link = proc_path(pid, "exe");
  path = read_link(link);
  struct stat info{};
  if (path.empty() || ::stat(link.c_str(), &info) != 0) {
    return;
  }
  inode.ino = info.st_ino;
  inode.dev = encode_device(info.st_dev);
  inode.mode = info.st_mode;
  inode.uid = info.st_uid;
  inode.gid = info.st_gid;
  inode.ctime_ns = static_cast<uint64_t>(info.st_ctim.tv_sec) * 1'000'000'000 +
                   static_cast<uint64_t>(info.st_ctim.tv_nsec);
  inode.mtime_ns = static_cast<uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
                   static_cast<uint64_t>(info.st_mtim.tv_nsec);
  struct statfs fs{};
  if (::statfs(link.c_str(), &fs) == 0) {
    inode.fs_magic = static_cast<uint32_t>(fs.f_type);
    inode.flags |= (fs.f_flags & ST_RDONLY) != 0 ? EV_INODEF_RDONLY_FS : 0;
  }
  // As the kernel side has it: without the mark of an unlinked file, a memfd without its '/'.
  if (info.st_nlink == 0 && path.ends_with(kDeleted)) {
    path.resize(path.size() - kDeleted.size());
    inode.flags |= EV_INODEF_UNLINKED;
    if (path.starts_with(kMemfd)) {
      path.erase(0, 1);
      inode.flags |= EV_INODEF_MEMFD;
    }
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
  const std::string text = read_file(proc_path(pid, "cgroup"), kMaxStatusBytes);
  for (const Hierarchy& hierarchy : kHierarchies) {
    const std::string path(cgroup_path(text, hierarchy.controller).substr(0, EV_CGROUP_MAX));
    // The inode number of a cgroup's directory is its kernfs id.
    struct stat info{};
    if (path.size() > 1 &&
        ::stat((root_ + std::string(hierarchy.mount) + path).c_str(), &info) == 0) {
      task.cgroup_id = info.st_ino;
      return path;
    }
  }
  struct stat info{};
  if (::stat((root_ + "sys/fs/cgroup").c_str(), &info) == 0) {
    task.cgroup_id = info.st_ino;
    return "/";
  }
  task.flags |= EV_TASKF_NO_CGROUP;
  return {};
}

uint64_t ProcScan::read_fdlimit(uint32_t pid) {
  const std::string text = read_file(proc_path(pid, "limits"), kMaxStatusBytes);
  std::string_view line = line_of(text, "Max open files");
  uint64_t limit = UINT64_MAX;  // "unlimited"
  parse_number(next_word(line), limit);
  return limit;
}

void ProcScan::write_cut(ev_section_kind kind, const std::string& path, size_t max) {
  bool cut = false;
  const std::string text = read_file(path, max, &cut);
  writer_.section(kind, 0, text, cut ? EV_SECF_TRUNCATED : 0,
                  cut ? 0 : static_cast<uint32_t>(text.size()));
}

void ProcScan::scan_users(const Emit& emit) {
  users_stamp_ = users_stamp();
  const std::string passwd = read_file(root_ + "etc/passwd", kMaxUsersBytes);
  const std::string group = read_file(root_ + "etc/group", kMaxUsersBytes);
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
    if (::stat((root_ + file).c_str(), &info) == 0) {
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
