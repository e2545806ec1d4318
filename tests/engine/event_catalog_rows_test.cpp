// SPDX-License-Identifier: Apache-2.0
// What the parameters of each system call hold, one row per event.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <set>
#include <string>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/record_writer.h"
#include "engine/state/process.h"

namespace saker {
namespace {

struct Row {
  std::string_view event;
  std::array<int64_t, 6> args;
  int64_t ret;
  std::string bytes;
  std::string_view expected;  // name=value, flags as number:names
};

template <typename T>
std::string pack(std::initializer_list<T> values) {
  return {reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(T)};
}

std::string text_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kInt:
      return std::to_string(value.as_int());
    case Value::Kind::kUint:
      return std::to_string(value.as_uint());
    case Value::Kind::kText: {
      std::string text(value.as_text());
      std::ranges::replace(text, '\0', '.');
      return text;
    }
    default:
      return "?";
  }
}

std::string render(const Event& event) {
  std::string text;
  for (const ParamDef& param : event.def().params) {
    const Value value = param.read(event);
    text += (text.empty() ? "" : " ") + std::string(param.name) + '=' + text_of(value);
    if (!param.flags.empty() && !value.is_missing()) {
      const bool is_enum = param.type == FieldType::kEnumFlags8 ||
                           param.type == FieldType::kEnumFlags16 ||
                           param.type == FieldType::kEnumFlags32;
      text += ':';
      text += render_flags(param.flags, value.as_uint(), is_enum, event.scratch());
    }
  }
  return text;
}

ev_task acting_task() {
  ev_task task{};
  task.pid = 70;
  task.tid = 71;
  task.ppid = 69;
  task.vpid = 1;
  task.vtid = 2;
  task.pgid = 60;
  task.vpgid = 3;
  task.euid = 1000;
  task.egid = 1001;
  task.loginuid = 1002;
  task.tty = 34816;
  task.cap_effective = 1;
  task.cap_permitted = 2;
  task.cap_inheritable = 4;
  return task;
}

void fill(Process& process) {
  process.comm = "sh";
  process.exe = "-sh";
  process.exe_path = "/bin/sh";
  process.args.add("-c");
  process.cwd = "/srv";
  process.env = "A=1";
  process.fdlimit = 1024;
  process.pidns_start_boot_ns = 5;
  process.exe_inode.ino = 12;
  process.exe_inode.ctime_ns = 13;
  process.exe_inode.mtime_ns = 14;
  process.exe_inode.flags = EV_INODEF_UPPER_LAYER | EV_INODEF_MEMFD;
  process.update_texts();
}

// A record with all sections that any plan could have filled; a connected TCP socket and a file.
void write_record(RecordWriter& writer, const EventDef& def, const Row& row) {
  writer.begin(EV_SYSCALL, 1, acting_task());
  ev_syscall call{};
  call.nr = static_cast<uint32_t>(def.syscall_nr);
  call.ret = row.ret;
  for (size_t i = 0; i < row.args.size(); ++i) {
    call.args[i] = static_cast<uint64_t>(row.args[i]);
  }
  writer.body(call);
  writer.section(EV_SEC_STRING, 0, "s0");
  writer.section(EV_SEC_STRING, 1, "s1");
  writer.section(EV_SEC_BYTES, 0, row.bytes.empty() ? "hi" : row.bytes);
  if (def.category == EventCategory::kFile && row.ret >= 0) {
    ev_file file{};
    file.inode.dev = 0x801;
    file.inode.ino = 12;
    file.inode.flags = EV_INODEF_CREATED | EV_INODEF_UPPER_LAYER;
    writer.file(0, file, "/f0");
  }
  ev_socket socket{};
  socket.family = AF_INET;
  socket.type = SOCK_STREAM;
  socket.local_addr[0] = 10;
  socket.remote_addr[0] = 11;
  socket.local_port = 1000;
  socket.remote_port = 80;
  writer.socket(0, socket);
  ev_socket listener{};
  listener.queue_len = 1;
  listener.queue_max = 4;
  writer.socket(1, listener);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  writer.section(EV_SEC_SOCKADDR, 0, {reinterpret_cast<const char*>(&address), sizeof(address)});
}

const Row kRows[] = {
    {"open",
     {0, 0x8042, 0755},
     5,
     {},
     "fd=5 name=s0 flags=51207:O_LARGEFILE|O_CREAT|O_RDWR|O_F_CREATED|FD_UPPER_LAYER mode=493 "
     "dev=2049 ino=12"},
    {"openat",
     {-100, 0, 0x90241, 0644},
     5,
     {},
     "fd=5 dirfd=-100 name=s0 "
     "flags=54534:O_DIRECTORY|O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC|O_F_CREATED|FD_UPPER_LAYER "
     "mode=420 dev=2049 ino=12"},
    {"openat2",
     {-100, 0, 0, 24},
     5,
     pack<uint64_t>({0x80000, 0, 0x18}),
     "fd=5 dirfd=-100 name=s0 flags=53249:O_RDONLY|O_CLOEXEC|O_F_CREATED|FD_UPPER_LAYER mode=0 "
     "resolve=3:RESOLVE_BENEATH|RESOLVE_IN_ROOT dev=2049 ino=12"},
    {"creat",
     {0, 0755},
     5,
     {},
     "fd=5 name=s0 mode=493 dev=2049 ino=12 creat_flags=1:FD_UPPER_LAYER_CREAT"},
    {"open_by_handle_at",
     {3, 0, 2},
     5,
     {},
     "fd=5 mountfd=3 flags=49155:O_RDWR|O_F_CREATED|FD_UPPER_LAYER path=/f0 dev=2049 ino=12"},
    {"unlink", {}, -2, {}, "res=-2 path=s0"},
    {"unlinkat", {-100, 0, 0x200}, 0, {}, "res=0 dirfd=-100 name=s0 flags=512:AT_REMOVEDIR"},
    {"rename", {}, 0, {}, "res=0 oldpath=s0 newpath=s1"},
    {"renameat", {-100, 0, 4}, 0, {}, "res=0 olddirfd=-100 oldpath=s0 newdirfd=4 newpath=s1"},
    {"renameat2",
     {-100, 0, 4, 0, 1},
     0,
     {},
     "res=0 olddirfd=-100 oldpath=s0 newdirfd=4 newpath=s1 flags=1:RENAME_NOREPLACE"},
    {"link", {}, 0, {}, "res=0 oldpath=s0 newpath=s1"},
    {"linkat",
     {-100, 0, 4, 0, 0x400},
     0,
     {},
     "res=0 olddir=-100 oldpath=s0 newdir=4 newpath=s1 flags=1024:AT_SYMLINK_FOLLOW"},
    {"symlink", {}, 0, {}, "res=0 target=s0 linkpath=s1"},
    {"symlinkat", {0, -100}, 0, {}, "res=0 target=s0 linkdirfd=-100 linkpath=s1"},
    {"mkdir", {0, 0755}, 0, {}, "res=0 path=s0 mode=493"},
    {"mkdirat", {-100, 0, 0755}, 0, {}, "res=0 dirfd=-100 path=s0 mode=493"},
    {"rmdir", {}, -20, {}, "res=-20 path=s0"},
    {"mknod",
     {0, 0x21b4, 0x103},
     0,
     {},
     "res=0 path=s0 mode=8628:S_IROTH|S_IWGRP|S_IRGRP|S_IWUSR|S_IRUSR|S_IFCHR dev=259"},
    {"mknodat",
     {-100, 0, 0x61b4, 0x800},
     0,
     {},
     "res=0 dirfd=-100 path=s0 mode=25012:S_IROTH|S_IWGRP|S_IRGRP|S_IWUSR|S_IRUSR|S_IFCHR "
     "dev=2048"},
    {"stat", {}, 0, {}, "res=0 path=s0"},
    {"lstat", {}, 0, {}, "res=0 path=s0"},
    {"fstat", {3}, 0, {}, "res=0 fd=3"},
    {"newfstatat",
     {-100, 0, 0, 0x1100},
     0,
     {},
     "res=0 dirfd=-100 path=s0 flags=4352:AT_EMPTY_PATH|AT_SYMLINK_NOFOLLOW"},
    {"access", {0, 6}, -13, {}, "res=-13 name=s0 mode=6:R_OK|W_OK"},
    {"getcwd", {0, 4096}, 5, {}, "res=5 path=s0"},
    {"chdir", {}, 0, {}, "res=0 path=s0"},
    {"fchdir", {3}, 0, {}, "res=0 fd=3"},
    {"close", {3}, 0, {}, "res=0 fd=3"},
    {"close_range",
     {3, 0xffffffff, 4},
     0,
     {},
     "res=0 first=3 last=4294967295 flags=4:CLOSE_RANGE_CLOEXEC"},
    {"read", {3, 0, 100}, 2, {}, "res=2 data=hi fd=3 size=100"},
    {"pread", {3, 0, 100, 4096}, 2, {}, "res=2 data=hi fd=3 size=100 pos=4096"},
    {"write", {3, 0, 100}, 2, {}, "res=2 data=hi fd=3 size=100"},
    {"pwrite", {3, 0, 100, 4096}, 2, {}, "res=2 data=hi fd=3 size=100 pos=4096"},
    {"readv", {3, 0, 1}, 9, {}, "res=9 size=9 data=? fd=3"},
    {"preadv", {3, 0, 1, 4096}, 9, {}, "res=9 size=9 data=? fd=3 pos=4096"},
    {"writev", {3, 0, 1}, -9, {}, "res=-9 data=? fd=3 size=0"},
    {"pwritev", {3, 0, 1, 4096}, 9, {}, "res=9 data=? fd=3 size=9 pos=4096"},
    {"dup", {3}, 5, {}, "res=5 oldfd=3"},
    {"dup2", {3, 1}, 1, {}, "res=1 oldfd=3 newfd=1"},
    {"dup3", {3, 1, 0x80000}, 1, {}, "res=1 oldfd=3 newfd=1 flags=4096:O_CLOEXEC"},
    {"fcntl", {3, 1030, 10}, 10, {}, "res=10 fd=3 cmd=26:F_DUPFD_CLOEXEC arg=10"},
    {"lseek", {3, 100, 1}, 100, {}, "res=100 fd=3 offset=100 whence=1:SEEK_CUR"},
    {"getdents", {3}, 0, {}, "res=0 fd=3"},
    {"getdents64", {3}, 0, {}, "res=0 fd=3"},
    {"flock", {3, 6}, 0, {}, "res=0 fd=3 operation=6:LOCK_EX|LOCK_NB"},
    {"splice",
     {3, 0, 4, 0, 100, 3},
     100,
     {},
     "res=100 fd_in=3 fd_out=4 size=100 flags=3:SPLICE_F_MOVE|SPLICE_F_NONBLOCK"},
    {"sendfile", {3, 4, 0, 100}, 100, {}, "res=100 offset=? out_fd=3 in_fd=4 size=100"},
    {"copy_file_range",
     {3, 0, 4, 0, 100, 0},
     100,
     {},
     "res=100 fdout=4 offout=? fdin=3 offin=? len=100"},
    {"pipe", {}, 0, pack<int32_t>({7, 8}), "res=0 fd1=7 fd2=8 ino=?"},
    {"pipe2",
     {0, 0x80800},
     0,
     pack<int32_t>({7, 8}),
     "res=0 fd1=7 fd2=8 ino=? flags=4160:O_NONBLOCK|O_CLOEXEC"},
    {"eventfd", {9}, 5, {}, "res=5 initval=9 flags=?"},
    {"eventfd2", {9, 0x80000}, 5, {}, "res=5 flags=4096:O_CLOEXEC initval=9"},
    {"signalfd", {-1, 0, 8}, 5, {}, "res=5 fd=-1 mask=? flags=?"},
    {"signalfd4", {-1, 0, 8, 0x800}, 5, {}, "res=5 flags=64:O_NONBLOCK fd=-1 mask=?"},
    {"timerfd_create", {1, 0x80000}, 5, {}, "res=5 clockid=1 flags=524288"},
    {"inotify_init", {}, 5, {}, "res=5 flags=?"},
    {"inotify_init1", {0x80800}, 5, {}, "res=5 flags=4160:O_NONBLOCK|O_CLOEXEC"},
    {"epoll_create", {9}, 5, {}, "res=5 size=9"},
    {"epoll_create1", {0x80000}, 5, {}, "res=5 flags=1:EPOLL_CLOEXEC"},
    {"userfaultfd", {0x80800}, 5, {}, "res=5 flags=4160:O_NONBLOCK|O_CLOEXEC"},
    {"memfd_create", {0, 3}, 5, {}, "fd=5 name=s0 flags=3:MFD_CLOEXEC|MFD_ALLOW_SEALING"},
    {"pidfd_open", {70, 0x800}, 5, {}, "fd=5 pid=70 flags=1:PIDFD_NONBLOCK"},
    {"pidfd_getfd", {3, 4, 0}, 5, {}, "fd=5 pid_fd=3 target_fd=4 flags=0"},
    {"epoll_wait", {3, 0, 16, -1}, 1, {}, "res=1 maxevents=16"},
    {"poll", {0, 1, -1}, 1, {}, "res=1 fds=? timeout=-1"},
    {"ppoll", {}, 1, {}, "res=1 fds=? timeout=? sigmask=?"},
    {"select", {}, 1, {}, "res=1"},
    {"socket",
     {2, 0x80801, 6},
     5,
     {},
     "fd=5 domain=2:AF_INET type=1 proto=6 flags=4160:O_NONBLOCK|O_CLOEXEC"},
    {"socketpair",
     {1, 2, 0},
     0,
     pack<int32_t>({7, 8}),
     "res=0 fd1=7 fd2=8 source=? peer=? domain=1:AF_LOCAL|AF_UNIX type=2 proto=0"},
    {"bind", {3, 0, 16}, 0, {}, "res=0 addr=0.0.0.0:80 fd=3"},
    {"connect",
     {3, 0, 16},
     -115,
     {},
     "res=-115 tuple=10.0.0.0:1000->11.0.0.0:80 fd=3 addr=0.0.0.0:80"},
    {"listen", {3, 128}, 0, {}, "res=0 fd=3 backlog=128"},
    {"accept",
     {3},
     5,
     {},
     "fd=5 tuple=11.0.0.0:80->10.0.0.0:1000 queuepct=25 queuelen=1 queuemax=4"},
    {"accept4",
     {3, 0, 0, 0x800},
     5,
     {},
     "fd=5 tuple=11.0.0.0:80->10.0.0.0:1000 queuepct=25 queuelen=1 queuemax=4 flags=2048"},
    {"sendto", {3, 0, 2}, 2, {}, "res=2 data=hi fd=3 size=2 tuple=10.0.0.0:1000->11.0.0.0:80"},
    {"sendmsg", {3}, 2, {}, "res=2 data=hi fd=3 size=2 tuple=10.0.0.0:1000->11.0.0.0:80"},
    {"sendmmsg", {3}, 1, {}, "res=1 fd=3 size=? data=? tuple=10.0.0.0:1000->11.0.0.0:80"},
    {"recvfrom",
     {3, 0, 100},
     2,
     {},
     "res=2 data=hi tuple=10.0.0.0:1000->11.0.0.0:80 fd=3 size=100"},
    {"recvmsg",
     {3},
     2,
     {},
     "res=2 size=2 data=hi tuple=10.0.0.0:1000->11.0.0.0:80 msgcontrol=? fd=3"},
    {"recvmmsg",
     {3},
     1,
     {},
     "res=1 fd=3 size=? data=? tuple=10.0.0.0:1000->11.0.0.0:80 msgcontrol=?"},
    {"shutdown", {3, 1}, 0, {}, "res=0 fd=3 how=1:SHUT_WR"},
    {"setsockopt",
     {3, 1, 2, 0, 4},
     0,
     {},
     "res=0 fd=3 level=1:SOL_SOCKET optname=2:SO_REUSEADDR val=? optlen=4"},
    {"getsockopt", {3, 6, 1}, 0, {}, "res=0 fd=3 level=2:SOL_TCP optname=0:UNKNOWN val=? optlen=?"},
    {"setuid", {1000}, 0, {}, "res=0 uid=1000"},
    {"setgid", {1000}, 0, {}, "res=0 gid=1000"},
    {"setresuid", {1, 0xffffffff, 3}, 0, {}, "res=0 ruid=1 euid=4294967295 suid=3"},
    {"setresgid", {1, 0xffffffff, 3}, 0, {}, "res=0 rgid=1 egid=4294967295 sgid=3"},
    {"setreuid", {1, 2}, 0, {}, "res=0 ruid=1 euid=2"},
    {"setregid", {1, 2}, 0, {}, "res=0 rgid=1 egid=2"},
    {"getuid", {}, 1000, {}, "uid=1000"},
    {"geteuid", {}, 1000, {}, "euid=1000"},
    {"getgid", {}, 1000, {}, "gid=1000"},
    {"getegid", {}, 1000, {}, "egid=1000"},
    {"getresuid", {}, 0, {}, "res=0 ruid=? euid=? suid=?"},
    {"getresgid", {}, 0, {}, "res=0 rgid=? egid=? sgid=?"},
    {"capset", {}, 0, {}, "res=0 cap_inheritable=4 cap_permitted=2 cap_effective=1"},
    {"chmod",
     {0, 04755},
     0,
     {},
     "res=0 filename=s0 mode=2541:S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID"},
    {"fchmod", {3, 0644}, 0, {}, "res=0 fd=3 mode=420:S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR"},
    {"fchmodat",
     {-100, 0, 0644},
     0,
     {},
     "res=0 dirfd=-100 filename=s0 mode=420:S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR"},
    {"chown", {0, 1000, 1001}, 0, {}, "res=0 path=s0 uid=1000 gid=1001"},
    {"lchown", {0, 1000, 1001}, 0, {}, "res=0 path=s0 uid=1000 gid=1001"},
    {"fchown", {3, 1000, 1001}, 0, {}, "res=0 fd=3 uid=1000 gid=1001"},
    {"fchownat",
     {-100, 0, 1000, 1001, 0x100},
     0,
     {},
     "res=0 dirfd=-100 pathname=s0 uid=1000 gid=1001 flags=1024:AT_SYMLINK_NOFOLLOW"},
    {"clone",
     {0x01200011},
     70,
     {},
     "res=70 exe=-sh args=-c. tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? "
     "flags=25165824:CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID uid=1000 gid=1001 vtid=2 vpid=1 "
     "pidns_init_start_ts=5"},
    {"fork",
     {},
     70,
     {},
     "res=70 exe=-sh args=-c. tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? flags=0: uid=1000 gid=1001 vtid=2 vpid=1 "
     "pidns_init_start_ts=5"},
    {"vfork",
     {},
     70,
     {},
     "res=70 exe=-sh args=-c. tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? flags=134250496:CLONE_VM|CLONE_VFORK uid=1000 "
     "gid=1001 vtid=2 vpid=1 pidns_init_start_ts=5"},
    {"clone3",
     {0, 88},
     70,
     pack<uint64_t>({0x20020000}),
     "res=70 exe=-sh args=-c. tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? flags=96:CLONE_NEWNS|CLONE_NEWPID uid=1000 "
     "gid=1001 vtid=2 vpid=1 pidns_init_start_ts=5"},
    {"execve",
     {},
     -2,
     {},
     "res=-2 exe=? args=? tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? env=? tty=34816 vpgid=3 loginuid=1002 "
     "flags=6:EXE_UPPER_LAYER|EXE_FROM_MEMFD cap_inheritable=4 cap_permitted=2 cap_effective=1 "
     "exe_ino=12 exe_ino_ctime=13 exe_ino_mtime=14 uid=1000 trusted_exepath=/bin/sh pgid=60 "
     "gid=1001 filename=s0"},
    {"execveat",
     {-100},
     -2,
     {},
     "res=-2 exe=? args=? tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? pgft_min=? "
     "vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? env=? tty=34816 vpgid=3 loginuid=1002 "
     "flags=6:EXE_UPPER_LAYER|EXE_FROM_MEMFD cap_inheritable=4 cap_permitted=2 cap_effective=1 "
     "exe_ino=12 exe_ino_ctime=13 exe_ino_mtime=14 uid=1000 trusted_exepath=/bin/sh pgid=60 "
     "gid=1001"},
    {"kill", {70, 9}, 0, {}, "res=0 pid=70 sig=9"},
    {"tkill", {70, 15}, 0, {}, "res=0 tid=70 sig=15"},
    {"tgkill", {70, 71, 11}, 0, {}, "res=0 pid=70 tid=71 sig=11"},
    {"ptrace", {16, 70, 1, 2}, 0, {}, "res=0 addr=1 data=2 request=11:PTRACE_ATTACH pid=70"},
    {"chroot", {}, 0, {}, "res=0 path=s0"},
    {"unshare", {0x10020000}, 0, {}, "res=0 flags=1048608:CLONE_NEWNS|CLONE_NEWUSER"},
    {"setns", {3, 0x40000000}, 0, {}, "res=0 fd=3 nstype=16:CLONE_NEWNET"},
    {"setsid", {}, 70, {}, "res=70"},
    {"setpgid", {70, 71}, 0, {}, "res=0 pid=70 pgid=71"},
    {"prctl", {15}, 0, {}, "res=0 option=15:PR_SET_NAME arg2_str=s0 arg2_int=0"},
    {"getrlimit",
     {7, 0},
     0,
     pack<uint64_t>({1024, 4096}),
     "res=0 cur=1024 max=4096 resource=7:RLIMIT_NOFILE"},
    {"setrlimit",
     {7, 0},
     0,
     pack<uint64_t>({1024, 4096}),
     "res=0 cur=1024 max=4096 resource=7:RLIMIT_NOFILE"},
    {"prlimit",
     {70, 7},
     0,
     pack<uint64_t>({1024, 4096}),
     "res=0 newcur=1024 newmax=4096 oldcur=? oldmax=? pid=70 resource=7:RLIMIT_NOFILE"},
    {"process_vm_readv", {70}, 100, {}, "res=100 pid=70 data=?"},
    {"process_vm_writev", {70}, 100, {}, "res=100 pid=70 data=?"},
    {"brk", {0x1000}, 8192, {}, "res=8192 vm_size=? vm_rss=? vm_swap=? addr=4096"},
    {"mmap",
     {0x1000, 4096, 5, 0x22, -1, 0},
     28672,
     {},
     "res=28672 vm_size=? vm_rss=? vm_swap=? addr=4096 length=4096 prot=5:PROT_READ|PROT_EXEC "
     "flags=10:MAP_PRIVATE|MAP_ANONYMOUS fd=-1 offset=0"},
    {"munmap", {0x1000, 4096}, 0, {}, "res=0 vm_size=? vm_rss=? vm_swap=? addr=4096 length=4096"},
    {"mprotect",
     {0x1000, 4096, 7},
     0,
     {},
     "res=0 addr=4096 length=4096 prot=7:PROT_READ|PROT_WRITE|PROT_EXEC"},
    {"mlock", {0x1000, 4096}, 0, {}, "res=0 addr=4096 len=4096"},
    {"munlock", {0x1000, 4096}, 0, {}, "res=0 addr=4096 len=4096"},
    {"mlock2", {0x1000, 4096, 1}, 0, {}, "res=0 addr=4096 len=4096 flags=1:MLOCK_ONFAULT"},
    {"mlockall", {3}, 0, {}, "res=0 flags=3:MCL_CURRENT|MCL_FUTURE"},
    {"munlockall", {}, 0, {}, "res=0"},
    {"mount",
     {0, 0, 0, 0xc0ed1001},
     0,
     std::string("tmpfs\0garbage", 13),
     "res=0 dev=s0 dir=s1 type=tmpfs flags=4097:RDONLY|BIND"},
    {"umount2", {0, 2}, 0, {}, "res=0 name=s0 flags=2:DETACH"},
    {"init_module", {0, 4096}, 0, {}, "res=0 img=? length=4096 uargs=s0"},
    {"finit_module", {3, 0, 4}, 0, {}, "res=0 fd=3 uargs=s0 flags=4:MODULE_INIT_COMPRESSED_FILE"},
    {"delete_module", {0, 0xa00}, 0, {}, "res=0 name=s0 flags=3:O_NONBLOCK|O_TRUNC"},
    {"bpf", {5, 0, 120}, 5, {}, "fd=5 cmd=5:BPF_PROG_LOAD"},
    {"capable", {21}, 0, {}, "res=0 cap=21:CAP_SYS_ADMIN"},
    {"kernel_module_request", {}, 0, {}, "res=0 name=s0"},
    {"ioctl", {3, 0x5413, 0x1000}, 0, {}, "res=0 fd=3 request=21523 argument=4096"},
    {"io_uring_setup",
     {8, 0},
     5,
     pack<uint32_t>({8, 16, 0x42, 1, 2, 3}),
     "res=5 entries=8 sq_entries=8 cq_entries=16 "
     "flags=130:IORING_SETUP_SQPOLL|IORING_SETUP_R_DISABLED sq_thread_cpu=1 sq_thread_idle=2 "
     "features=3:IORING_FEAT_SINGLE_MMAP|IORING_FEAT_NODROP"},
    {"io_uring_enter",
     {3, 1, 2, 1},
     0,
     {},
     "res=0 fd=3 to_submit=1 min_complete=2 flags=1:IORING_ENTER_GETEVENTS sig=?"},
    {"io_uring_register",
     {3, 2, 0x1000, 4},
     0,
     {},
     "res=0 fd=3 opcode=2:IORING_REGISTER_FILES arg=4096 nr_args=4"},
    {"futex",
     {0x1000, 129, 1},
     0,
     {},
     "res=0 addr=4096 op=129:FUTEX_PRIVATE_FLAG|FUTEX_WAKE val=1"},
    {"seccomp", {1, 2}, 0, {}, "res=0 op=1 flags=2"},
    {"nanosleep", {}, 0, pack<uint64_t>({2, 5}), "res=0 interval=2000000005"},
    {"semop",
     {3, 0, 2},
     0,
     pack<int16_t>({0, -1, 0x1800, 1, 2, 0}),
     "res=0 nsops=2 sem_num_0=0 sem_op_0=-1 sem_flg_0=3:IPC_NOWAIT|SEM_UNDO sem_num_1=1 sem_op_1=2 "
     "sem_flg_1=0: semid=3"},
    {"semctl", {3, 4, 16, 5}, 0, {}, "res=0 semid=3 semnum=4 cmd=4096:SETVAL val=5"},
    {"semget", {0x1234, 1, 01644}, 0, {}, "res=0 key=4660 nsems=1 semflg=8612:IPC_CREAT"},
    {"quotactl",
     {0x80000200, 0, 4},
     0,
     {},
     "res=0 special=s0 quotafilepath=? dqb_bhardlimit=? dqb_bsoftlimit=? dqb_curspace=? "
     "dqb_ihardlimit=? dqb_isoftlimit=? dqb_btime=? dqb_itime=? dqi_bgrace=? dqi_igrace=? "
     "dqi_flags=? quota_fmt_out=? cmd=1:Q_QUOTAON type=1:USRQUOTA id=4 quota_fmt=8:QFMT_VFS_V1"},
    {"fsconfig",
     {3, 1, 0, 0, 7},
     0,
     {},
     "res=0 fd=3 cmd=1:FSCONFIG_SET_STRING key=s0 value_bytebuf=? value_charbuf=s1 aux=7"},
    {"keyctl",
     {5, 1, 2, 3, 4},
     0,
     {},
     "res=0 operation=5:KEYCTL_SETPERM arg2=1 arg3=2 arg4=3 arg5=4"},
};

TEST(EventParameters, HoldWhatTheRowSays) {
  const EventCatalog& catalog = EventCatalog::builtin();
  Process process;
  fill(process);
  const EventWorld world;
  Event event;
  for (const Row& row : kRows) {
    const EventSet codes = catalog.find(row.event);
    ASSERT_EQ(codes.count(), 1U) << row.event;
    const EventDef& def = catalog.def(static_cast<EventCode>(codes._Find_first()));
    RecordWriter writer;
    write_record(writer, def, row);
    ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone) << row.event;
    event.attach(world, process, 1);
    EXPECT_EQ(render(event), row.expected) << row.event;
  }
}

TEST(EventParameters, HaveARowForEachEvent) {
  const EventCatalog& catalog = EventCatalog::builtin();
  std::set<std::string_view> rows;
  for (const Row& row : kRows) {
    EXPECT_TRUE(rows.insert(row.event).second) << row.event << " twice";
  }
  for (EventCode code = 0; code < catalog.size(); ++code) {
    const EventDef& def = catalog.def(code);
    if (!def.params.empty() && def.syscall_nr >= 0) {
      EXPECT_TRUE(rows.contains(def.name)) << def.name;
    }
  }
}

TEST(EventParameters, AreMissingWhenNothingWasCaptured) {
  const EventCatalog& catalog = EventCatalog::builtin();
  Process process;
  const EventWorld world;
  Event event;
  for (EventCode code = 0; code < catalog.size(); ++code) {
    const EventDef& def = catalog.def(code);
    if (def.syscall_nr < 0) {
      continue;
    }
    RecordWriter writer;
    writer.begin(EV_SYSCALL, 1, ev_task{});
    ev_syscall call{};
    call.nr = static_cast<uint32_t>(def.syscall_nr);
    call.ret = -1;
    writer.body(call);
    ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone) << def.name;
    event.attach(world, process, 1);
    for (const ParamDef& param : def.params) {
      const Value value = param.read(event);
      if (param.type == FieldType::kFsPath || param.type == FieldType::kFsRelPath ||
          param.type == FieldType::kSockTuple || param.type == FieldType::kSockAddr) {
        EXPECT_TRUE(value.is_missing() || param.name == "trusted_exepath")
            << def.name << '.' << param.name;
      }
    }
  }
}

TEST(EventParameters, OfExecAndProcexit) {
  Process process;
  fill(process);
  const EventWorld world;
  Event event;
  RecordWriter writer;
  writer.begin(EV_EXEC, 1, acting_task());
  writer.body(ev_exec{});
  writer.section(EV_SEC_STRING, 0, "./sh");
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  event.attach(world, process, 1);
  EXPECT_EQ(render(event),
            "res=0 exe=-sh args=-c. tid=71 pid=70 ptid=69 cwd=/srv fdlimit=1024 pgft_maj=? "
            "pgft_min=? vm_size=? vm_rss=? vm_swap=? comm=sh cgroups=? env=A=1 tty=34816 vpgid=3 "
            "loginuid=1002 flags=6:EXE_UPPER_LAYER|EXE_FROM_MEMFD cap_inheritable=4 "
            "cap_permitted=2 cap_effective=1 exe_ino=12 exe_ino_ctime=13 exe_ino_mtime=14 uid=1000 "
            "trusted_exepath=/bin/sh pgid=60 gid=1001 filename=./sh");

  writer.begin(EV_EXIT, 1, acting_task());
  ev_exit body{};
  body.code = (3 << 8) | 0x80 | 11;
  body.reaper = 1;
  writer.body(body);
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  event.attach(world, process, 1);
  EXPECT_EQ(render(event), "status=907 ret=3 sig=11 core=1 reaper_tid=1");
}

}  // namespace
}  // namespace saker
