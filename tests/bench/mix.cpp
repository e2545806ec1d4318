// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/mix.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/record_writer.h"
#include "probes/capture.h"

namespace saker::bench {
namespace {

using namespace std::string_view_literals;

constexpr uint64_t kBootNs = 1'000'000'000'000;
constexpr uint64_t kStepNs = 5'000;  // 200,000 events per second
constexpr uint32_t kFirstServicePid = 500;
constexpr uint32_t kFirstCommandPid = 10'000;
constexpr uint64_t kCgroup = 42;
constexpr auto kCgroupPath = "/system.slice/worker.service"sv;
constexpr auto kEnvironment =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\0HOME=/srv/worker\0"
    "LANG=C.UTF-8\0SHELL=/bin/sh\0USER=worker\0"sv;

struct Program {
  std::string_view name;
  std::string_view path;
  std::string_view args;  // each NUL-terminated
};
constexpr Program kServices[] = {
    {"nginx", "/usr/sbin/nginx", "nginx: worker process\0"sv},
    {"postgres", "/usr/lib/postgresql/15/bin/postgres", "postgres\0-D\0/var/lib/postgresql/15\0"sv},
    {"python3", "/usr/bin/python3.11", "python3\0/srv/worker/main.py\0--jobs\0004\0"sv},
    {"java", "/usr/lib/jvm/java-17/bin/java", "java\0-Xmx2g\0-jar\0/srv/app/app.jar\0"sv},
    {"cc1plus", "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "cc1plus\0-quiet\0-O2\0main.cpp\0"sv},
    {"systemd-journal", "/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald\0"sv},
};
constexpr Program kCommands[] = {
    {"ls", "/usr/bin/ls", "ls\0-l\0/srv/worker/jobs\0"sv},
    {"cat", "/usr/bin/cat", "cat\0/srv/worker/jobs/current\0"sv},
    {"sort", "/usr/bin/sort", "sort\0-u\0-k\0002\0/srv/worker/jobs/list\0"sv},
    {"date", "/usr/bin/date", "date\0+%s\0"sv},
    {"grep", "/usr/bin/grep", "grep\0-c\0done\0/srv/worker/jobs/list\0"sv},
};

struct Opened {
  std::string_view path;
  int flags;
  int64_t result;
};
constexpr Opened kLibraries[] = {
    {"/etc/ld.so.cache", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/x86_64-linux-gnu/libselinux.so.1", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.2", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/locale/locale-archive", O_RDONLY | O_CLOEXEC, -ENOENT},
    {"/usr/share/locale/locale.alias", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/locale/C.utf8/LC_CTYPE", O_RDONLY | O_CLOEXEC, 3},
    {"/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache", O_RDONLY, 3},
    {"/srv/worker/jobs/current", O_RDONLY, 3},
};
constexpr Opened kServiceFiles[] = {
    {"/var/log/worker/access.log", O_WRONLY | O_APPEND | O_CREAT, 11},
    {"/srv/worker/static/css/site.css", O_RDONLY | O_NONBLOCK, 12},
    {"/srv/worker/static/img/logo.svg", O_RDONLY | O_NONBLOCK, 12},
    {"/srv/worker/cache/7f/3a/entry", O_RDWR | O_CREAT, 13},
    {"/usr/include/c++/12/bits/basic_string.h", O_RDONLY | O_NOCTTY, 4},
    {"/srv/worker/include/config.h", O_RDONLY | O_NOCTTY, -ENOENT},
    {"/proc/self/stat", O_RDONLY, 5},
    {"/tmp/worker.lock", O_RDWR | O_CREAT, 6},
};
constexpr size_t kOpensPerCommand = 24;
constexpr size_t kServiceOpens = 10;
constexpr size_t kServiceConnects = 3;
static_assert(4 + kOpensPerCommand + kServiceOpens + kServiceConnects == kMixRecordsPerCommand);

ev_task make_task(uint32_t pid, uint32_t parent, std::string_view name) {
  ev_task task{};
  task.start_boot_ns = kBootNs + pid;
  task.parent_start_boot_ns = parent == 1 ? 1 : kBootNs + parent;
  task.cgroup_id = kCgroup;
  task.pid = task.tid = task.vpid = task.vtid = pid;
  task.ppid = parent;
  task.sid = task.pgid = task.vpgid = kFirstServicePid;
  task.uid = task.euid = task.gid = task.egid = 1000;
  task.loginuid = ~0U;
  task.mnt_ns = task.pid_ns = 1;
  name.copy(static_cast<char*>(task.comm), sizeof(task.comm) - 1);
  return task;
}

ev_inode make_inode(uint64_t ino) {
  ev_inode inode{};
  inode.ino = ino;
  inode.ctime_ns = inode.mtime_ns = 1'700'000'000'000'000'000;
  inode.dev = 0x801;
  inode.mode = S_IFREG | 0755;
  inode.fs_magic = 0xef53;  // ext4
  return inode;
}

class MixWriter {
 public:
  explicit MixWriter(CaptureWriter& capture) : capture_(capture) {}

  Result<void> services() {
    for (size_t i = 0; i < kMixServices; ++i) {
      program(EV_SNAPSHOT, service_task(i), service(i));
    }
    return std::move(result_);
  }

  Result<void> command(size_t n) {
    const size_t parent = n % kMixServices;
    const Program& program_run = kCommands[n % std::size(kCommands)];
    const auto pid = static_cast<uint32_t>(kFirstCommandPid + n);
    const ev_task before_exec = make_task(pid, service_task(parent).pid, service(parent).name);
    const ev_task task = make_task(pid, before_exec.ppid, program_run.name);
    fork(before_exec);
    clone(service_task(parent), pid);
    program(EV_EXEC, task, program_run);
    for (size_t i = 0; i < kOpensPerCommand; ++i) {
      open(task, kLibraries[i % std::size(kLibraries)]);
    }
    for (size_t i = 0; i < kServiceOpens; ++i) {
      open(service_task(n * 7 + i), kServiceFiles[(n + i) % std::size(kServiceFiles)]);
    }
    for (size_t i = 0; i < kServiceConnects; ++i) {
      connect(service_task(n * 5 + i));
    }
    exit(task);
    return std::move(result_);
  }

 private:
  static const Program& service(size_t i) {
    return kServices[i % kMixServices % std::size(kServices)];
  }
  static ev_task service_task(size_t i) {
    return make_task(static_cast<uint32_t>(kFirstServicePid + i % kMixServices), 1,
                     service(i).name);
  }

  void begin(ev_kind kind, const ev_task& task) {
    now_ns_ += kStepNs;
    record_.begin(kind, now_ns_, task);
  }

  void end() {
    if (Result<void> written = capture_.write(record_.finish()); !written && result_) {
      result_ = std::move(written);
    }
  }

  void program(ev_kind kind, const ev_task& task, const Program& program) {
    begin(kind, task);
    ev_exec body{};
    body.exe = make_inode(1000);
    body.fdlimit = 1024;
    record_.body(body);
    record_.section(EV_SEC_EXE, 0, program.path);
    record_.section(EV_SEC_STRING, 0, program.path);
    record_.section(EV_SEC_CWD, 0, "/srv/worker");
    record_.section(EV_SEC_ARGS, 0, program.args);
    record_.section(EV_SEC_ENV, 0, kEnvironment);
    record_.section(EV_SEC_CGROUP, 0, kCgroupPath);
    end();
  }

  void fork(const ev_task& child) {
    begin(EV_FORK, child);
    record_.body(ev_fork{});
    record_.section(EV_SEC_CGROUP, 0, kCgroupPath);
    end();
  }

  void exit(const ev_task& task) {
    begin(EV_EXIT, task);
    ev_exit body{};
    body.reaper = 1;
    record_.body(body);
    end();
  }

  void syscall(const ev_task& task, uint32_t nr, int64_t ret, std::array<uint64_t, 3> args) {
    begin(EV_SYSCALL, task);
    ev_syscall body{};
    body.nr = nr;
    body.ret = ret;
    std::ranges::copy(args, std::begin(body.args));
    record_.body(body);
  }

  void clone(const ev_task& parent, uint32_t child) {
    constexpr uint64_t kFlags = 0x01200011;  // CLONE_CHILD_CLEARTID, _SETTID, SIGCHLD
    syscall(parent, SYS_clone, child, {kFlags, 0, 0});
    end();
  }

  void open(const ev_task& task, const Opened& opened) {
    syscall(task, SYS_openat, opened.result,
            {static_cast<uint64_t>(AT_FDCWD), 0x7f0000001000, static_cast<uint64_t>(opened.flags)});
    record_.section(EV_SEC_STRING, 0, opened.path);
    if (opened.result >= 0) {
      ev_file file{};
      file.inode = make_inode(2000);
      file.fd = static_cast<int32_t>(opened.result);
      file.open_flags = static_cast<uint32_t>(opened.flags);
      record_.file(0, file, opened.path);
    }
    end();
  }

  void connect(const ev_task& task) {
    syscall(task, SYS_connect, 0, {9, 0x7f0000002000, sizeof(sockaddr_in)});
    constexpr std::array<uint8_t, 4> kLocal = {10, 0, 0, 5};
    constexpr std::array<uint8_t, 4> kRemote = {10, 0, 0, 9};
    constexpr uint16_t kPort = 5432;
    ev_socket socket{};
    std::ranges::copy(kLocal, std::begin(socket.local_addr));
    std::ranges::copy(kRemote, std::begin(socket.remote_addr));
    socket.ino = 77;
    socket.fd = 9;
    socket.family = AF_INET;
    socket.type = SOCK_STREAM;
    socket.protocol = IPPROTO_TCP;
    socket.local_port = 40'000;
    socket.remote_port = kPort;
    socket.flags = EV_SOCKF_CONNECTED;
    record_.socket(0, socket);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    std::memcpy(&address.sin_addr, kRemote.data(), kRemote.size());
    record_.section(EV_SEC_SOCKADDR, 0, {reinterpret_cast<const char*>(&address), sizeof(address)});
    end();
  }

  CaptureWriter& capture_;
  RecordWriter record_;
  uint64_t now_ns_ = kBootNs;
  Result<void> result_;  // of the first write that failed
};

}  // namespace

Result<void> write_mix(const std::string& path, size_t commands) {
  auto capture = CaptureWriter::create(path, {.boot_to_epoch_ns = 0, .hostname = "bench"});
  if (!capture) {
    return capture.error();
  }
  MixWriter writer(**capture);
  Result<void> result = writer.services();
  for (size_t i = 0; i < commands && result; ++i) {
    result = writer.command(i);
  }
  return result ? (*capture)->close() : result;
}

}  // namespace saker::bench
