// SPDX-License-Identifier: Apache-2.0
// Texts of event parameters.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "engine/fields/catalog.h"
#include "tests/support/field_world.h"

namespace saker::test {
namespace {

using namespace std::string_view_literals;

constexpr uint64_t kCwd = uint64_t(AT_FDCWD);

// What is missing in a directory that is known by its descriptor.
void play_failed_openat(FieldWorld& world) {
  world.syscall("openat", -ENOENT, {5, 0, O_WRONLY | O_CREAT, 0640}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "../x//./y");
    writer.section(EV_SEC_BASE, 0, "/etc/init.d");
  });
}
constexpr FieldCase kFailedOpenat[] = {
    {"evt.args",
     "fd=-2(ENOENT) dirfd=5(<d>/etc/init.d) name=../x//./y(/etc/x/y) flags=6(O_CREAT|O_WRONLY) "
     "mode=640 dev=0 ino=0"},
    {"evt.info",
     "fd=-2(ENOENT) dirfd=5(<d>/etc/init.d) name=../x//./y(/etc/x/y) flags=6(O_CREAT|O_WRONLY) "
     "mode=640 dev=0 ino=0"},
    {"evt.arg.name", "/etc/x/y"},
    {"evt.arg[2]", "/etc/x/y"},
    {"evt.arg[7]", kMissing},
    {"evt.arg.flags", "O_CREAT|O_WRONLY"},
    {"evt.arg.fd", "ENOENT"},
    {"evt.arg.pid", kMissing},
    {"evt.arg.nonsense", "(unknown field)"},
    {"evt.rawarg.flags", "6"},
    {"evt.rawarg.fd", "-2"},
    {"evt.rawarg.name", "../x//./y"},
    {"evt.rawarg.nonsense", "(unknown field)"},
    {"evt.abspath", "/etc/x/y"},
    {"evt.abspath.src", "/etc/x/y"},
    {"evt.abspath.dst", kMissing},
    {"evt.abspath.x", "(unknown field)"},
};

void play_openat(FieldWorld& world) {
  world.syscall("openat", 3, {kCwd, 0, O_RDONLY}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "link");
    add_file(writer, "/etc/shadow", {.flags = EV_INODEF_LOWER_LAYER});
  });
}
constexpr FieldCase kOpenat[] = {
    {"evt.args",
     "fd=3(<f>/etc/shadow) dirfd=-100(AT_FDCWD) name=link(/etc/shadow) "
     "flags=65537(O_RDONLY|FD_LOWER_LAYER) mode=0 dev=10FD02 ino=4711"},
    {"evt.rawarg.dev", "1113346"},
};

void play_chdir_relative(FieldWorld& world) {
  world.syscall("unlinkat", 0, {kCwd, 0, 0},
                [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "notes"); });
}
constexpr FieldCase kUnlinkat[] = {
    {"evt.args", "res=0 dirfd=-100(AT_FDCWD) name=notes(/home/alice/notes) flags=0"}};

void play_unknown_directory(FieldWorld& world) {
  world.syscall("unlinkat", 0, {7, 0, 0x200},
                [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "notes"); });
}
constexpr FieldCase kUnknownDirectoryCases[] = {
    {"evt.args", "res=0 dirfd=7 name=notes(<UNKNOWN>notes) flags=512(AT_REMOVEDIR)"},
    {"evt.abspath", "<UNKNOWN>/notes"},
};

void play_renameat(FieldWorld& world) {
  world.syscall("renameat2", 0, {5, 0, 6, 0}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "a");
    writer.section(EV_SEC_BASE, 0, "/tmp");
    writer.section(EV_SEC_STRING, 1, "/b/../c/");
  });
}
constexpr FieldCase kRenameat[] = {
    {"evt.args", "res=0 olddirfd=5(<d>/tmp) oldpath=a(/tmp/a) newdirfd=6 newpath=/b/../c/ flags=0"},
    {"evt.abspath", "/tmp/a"},
    {"evt.abspath.src", "/tmp/a"},
    {"evt.abspath.dst", "/c"},
};

void play_connect(FieldWorld& world) {
  world.syscall("connect", 0, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:5000", .remote = "1.2.3.4:443"});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("1.2.3.4:443"));
  });
}
constexpr FieldCase kConnect[] = {
    {"evt.args",
     "res=0 tuple=10.0.0.1:5000->1.2.3.4:443 fd=3(<4t>10.0.0.1:5000->1.2.3.4:443) "
     "addr=1.2.3.4:443"},
    {"evt.arg.addr", "1.2.3.4:443"},
};

void play_connect_to_family(FieldWorld& world) {
  world.syscall("connect", -EINVAL, {3},
                [](RecordWriter& writer) { writer.section(EV_SEC_SOCKADDR, 0, "\x11\0xx"sv); });
}
constexpr FieldCase kConnectToFamily[] = {
    {"evt.args", "res=-22(EINVAL) tuple=family 17 fd=3 addr=family 17"}};

void play_dup(FieldWorld& world) {
  world.syscall("dup2", 1, {4, 1}, [](RecordWriter& writer) {
    add_inet_socket(
        writer, {.local = "[::1]:5000", .remote = "[2001:db8::1]:53", .type = SOCK_DGRAM, .fd = 1});
    add_inet_socket(
        writer, {.local = "[::1]:5000", .remote = "[2001:db8::1]:53", .type = SOCK_DGRAM, .fd = 4},
        1);
  });
}
constexpr FieldCase kDup[] = {
    {"evt.args",
     "res=1(<6u>::1:5000->2001:db8::1:53) oldfd=4(<6u>::1:5000->2001:db8::1:53) "
     "newfd=1(<6u>::1:5000->2001:db8::1:53)"}};

void play_kill(FieldWorld& world) { world.syscall("kill", -EPERM, {100, 9}); }
constexpr FieldCase kKill[] = {{"evt.args", "res=-1(EPERM) pid=100(sshd) sig=9(SIGKILL)"}};

// In its pid namespace 100 is somebody else.
void play_kill_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  play_kill(world);
}
constexpr FieldCase kKillInContainer[] = {{"evt.arg.pid", "100"}};

void play_setresuid(FieldWorld& world) { world.syscall("setresuid", 0, {0, 1000, UINT64_MAX}); }
constexpr FieldCase kSetresuid[] = {
    {"evt.args", "res=0 ruid=0(root) euid=1000(alice) suid=-1(<NONE>)"}};

void play_setuid_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  world.syscall("setuid", 0, {0});
}
constexpr FieldCase kSetuidInContainer[] = {{"evt.arg.uid", "root"}};

void play_setgid(FieldWorld& world) { world.syscall("setgid", 0, {77}); }
constexpr FieldCase kSetgid[] = {{"evt.args", "res=0 gid=77(<NA>)"}};

void play_chmod(FieldWorld& world) {
  world.syscall("chmod", 0, {0, 04755},
                [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "/bin/sh"); });
}
constexpr FieldCase kChmod[] = {
    {"evt.args",
     "res=0 filename=/bin/sh "
     "mode=4755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID)"}};

void play_socket(FieldWorld& world) { world.syscall("socket", -EMFILE, {AF_UNIX, SOCK_STREAM, 0}); }
constexpr FieldCase kSocket[] = {{"evt.arg.domain", "AF_LOCAL|AF_UNIX"},
                                 {"evt.rawarg.domain", "1"}};

void play_nanosleep(FieldWorld& world) {
  world.syscall("nanosleep", 0, {}, [](RecordWriter& writer) {
    const uint64_t interval[2] = {1, 500'000'000};
    writer.section(EV_SEC_BYTES, 0, {reinterpret_cast<const char*>(interval), sizeof(interval)});
  });
}
constexpr FieldCase kNanosleep[] = {{"evt.args", "res=0 interval=1500000000(1.5s)"}};

void play_write(FieldWorld& world) {
  world.syscall("write", 3, {1, 0, 3},
                [](RecordWriter& writer) { writer.section(EV_SEC_BYTES, 0, "a\0\xff"sv); });
}
constexpr FieldCase kWrite[] = {{"evt.args", "res=3 data=a.. fd=1 size=3"}};

void play_init_module(FieldWorld& world) { world.syscall("init_module", 0, {0, 64}); }
constexpr FieldCase kInitModule[] = {
    {"evt.args", "res=0 img=NULL length=64 uargs=<NA>"},
    {"evt.rawarg.uargs", "<NA>"},
    {"evt.rawarg.img", kMissing},
};

void play_futex(FieldWorld& world) { world.syscall("futex", 0, {0xdeadbeef, 0x81, 2}); }
constexpr FieldCase kFutex[] = {
    {"evt.args", "res=0 addr=DEADBEEF op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=2"}};

void play_ptrace(FieldWorld& world) { world.syscall("ptrace", 0, {16, 200, 0x10, 0x20}); }
constexpr FieldCase kPtrace[] = {
    {"evt.args", "res=0 addr=10 data=20 request=11(PTRACE_ATTACH) pid=200(bash)"}};

void play_exec(FieldWorld& world) {
  ev_exec body{};
  body.exe.ctime_ns = 1'600'000'000'000'000'005;
  world.exec(body, [](RecordWriter& writer) {
    writer.section(EV_SEC_ARGS, 0, "x\0-a\0b\0"sv);
    writer.section(EV_SEC_CWD, 0, "/srv");
    writer.section(EV_SEC_STRING, 0, "bin/x");
  });
}
constexpr FieldCase kExec[] = {
    {"evt.arg.exe_ino_ctime", "2020-09-13 14:26:40.000000005 +0200"},
    {"evt.arg.args", "-a.b."},
    {"evt.arg.filename", "/srv/bin/x"},
    {"evt.arg.loginuid", "alice"},
    {"evt.arg.ptid", "bash"},
    {"evt.arg.vm_size", "<NA>"},
};

constexpr FieldScene kScenes[] = {
    {"an open fails", play_failed_openat, kFailedOpenat},
    {"an open succeeds", play_openat, kOpenat},
    {"a relative path is removed", play_chdir_relative, kUnlinkat},
    {"the directory is unknown", play_unknown_directory, kUnknownDirectoryCases},
    {"a file is renamed", play_renameat, kRenameat},
    {"a connection is made", play_connect, kConnect},
    {"the family is unknown", play_connect_to_family, kConnectToFamily},
    {"a descriptor is copied", play_dup, kDup},
    {"a signal is sent", play_kill, kKill},
    {"a signal is sent in a container", play_kill_in_container, kKillInContainer},
    {"user ids are set", play_setresuid, kSetresuid},
    {"a container becomes root", play_setuid_in_container, kSetuidInContainer},
    {"a group without a name is set", play_setgid, kSetgid},
    {"a mode is set", play_chmod, kChmod},
    {"a socket is refused", play_socket, kSocket},
    {"a call sleeps", play_nanosleep, kNanosleep},
    {"bytes are written", play_write, kWrite},
    {"a module is loaded", play_init_module, kInitModule},
    {"a futex is woken", play_futex, kFutex},
    {"a process is traced", play_ptrace, kPtrace},
    {"a program is executed", play_exec, kExec},
};

TEST(ArgumentFields, HaveTheirValues) { check_scenes(kScenes); }

TEST(ArgumentFields, RawArgumentsHaveTheTypeOfTheFirstEvent) {
  FieldCatalog::Use use;
  ASSERT_EQ(FieldCatalog::builtin().resolve("evt.rawarg.uid", false, {}, use),
            FieldCatalog::UseError::kNone);
  EXPECT_EQ(use.type, FieldType::kUid);
  ASSERT_EQ(FieldCatalog::builtin().resolve("evt.rawarg.name", false, {}, use),
            FieldCatalog::UseError::kNone);
  EXPECT_EQ(use.type, FieldType::kFsPath);
}

}  // namespace

std::span<const FieldScene> argument_scenes() { return kScenes; }

}  // namespace saker::test
