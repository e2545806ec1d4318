// SPDX-License-Identifier: Apache-2.0
// Processes, parents, sessions, threads and users.
#include <gtest/gtest.h>

#include <string_view>

#include "engine/fields/fields_tables.h"
#include "tests/support/field_world.h"

namespace saker::test {
namespace {

using namespace std::string_view_literals;

void play_close(FieldWorld& world) { world.syscall("close", 0, {9}); }

constexpr FieldCase kOfCurl[] = {
    {"proc.exe", "curl"},
    {"proc.exepath", "/usr/bin/curl"},
    {"proc.name", "curl"},
    {"proc.args", "-s http://a b"},
    {"proc.args[0]", "-s"},
    {"proc.args[1]", "http://a b"},
    {"proc.args[2]", ""},
    {"proc.cmdline", "curl -s http://a b"},
    {"proc.cmdnargs", "2"},
    {"proc.cmdlenargs", "12"},
    {"proc.exeline", "curl -s http://a b"},
    {"proc.env", "HOME=/home/alice LANG= C  EMPTY="},
    {"proc.env[LANG]", "C"},
    {"proc.env[EMPTY]", ""},
    {"proc.env[LAN]", ""},
    {"proc.cwd", "/home/alice/"},
    {"proc.tty", "34816"},
    {"proc.pid", "300"},
    {"proc.vpid", "300"},
    {"proc.duration", "11123456789"},
    {"proc.pid.ts", "1600000040000000000"},
    {"proc.is_exe_writable", "false"},
    {"proc.is_exe_upper_layer", "false"},
    {"proc.is_exe_lower_layer", "false"},
    {"proc.is_exe_from_memfd", "false"},
    {"proc.exe_ino", "5300"},
    {"proc.exe_ino.ctime", "1599999990000000000"},
    {"proc.exe_ino.mtime", "1599999980000000000"},
    {"proc.exe_ino.ctime_duration_proc_start", "50000000000"},
    {"proc.exe_ino.ctime_duration_pidns_start", kMissing},
    {"proc.pidns_init_start_ts", "1600000001000000000"},
    {"proc.fdlimit", "1024"},
};

constexpr FieldCase kOfParents[] = {
    {"proc.pexe", "-bash"},
    {"proc.aexe", "(-bash,sshd:,/sbin/init)"},
    {"proc.aexe[0]", "curl"},
    {"proc.aexe[2]", "sshd:"},
    {"proc.pexepath", "/usr/bin/bash"},
    {"proc.aexepath", "(/usr/bin/bash,/usr/sbin/sshd,/usr/lib/systemd/systemd)"},
    {"proc.aexepath[3]", "/usr/lib/systemd/systemd"},
    {"proc.pname", "bash"},
    {"proc.aname", "(bash,sshd,systemd)"},
    {"proc.aname[1]", "bash"},
    {"proc.aname[3]", "systemd"},
    {"proc.aname[4]", kMissing},
    {"proc.aargs", "-D splash"},
    {"proc.aargs[2]", "-D"},
    {"proc.pcmdline", "bash"},
    {"proc.acmdline", "(bash,sshd -D,systemd splash)"},
    {"proc.acmdline[2]", "sshd -D"},
    {"proc.aenv[HOME]", "/home/alice"},
    {"proc.aenv[NOPE]", ""},
    {"proc.aenv[1]", "HOME=/home/alice LANG= C  EMPTY="},
    {"proc.loginshellid", "200"},
    {"proc.ppid", "200"},
    {"proc.apid", "(200,100,1)"},
    {"proc.apid[2]", "100"},
    {"proc.pvpid", "200"},
    {"proc.ppid.duration", "41123456789"},
    {"proc.ppid.ts", "1600000010000000000"},
};

constexpr FieldCase kOfGroups[] = {
    {"proc.sid", "200"},
    {"proc.sname", "bash"},
    {"proc.sid.exe", "-bash"},
    {"proc.sid.exepath", "/usr/bin/bash"},
    {"proc.is_sid_leader", "false"},
    {"proc.vpgid", "300"},
    {"proc.vpgid.name", "curl"},
    {"proc.vpgid.exe", "curl"},
    {"proc.vpgid.exepath", "/usr/bin/curl"},
    {"proc.is_vpgid_leader", "true"},
    {"proc.pgid", "300"},
    {"proc.pgid.name", "curl"},
    {"proc.pgid.exe", "curl"},
    {"proc.pgid.exepath", "/usr/bin/curl"},
    {"proc.is_pgid_leader", "true"},
};

void play_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  play_close(world);
}
constexpr FieldCase kInContainer[] = {
    {"proc.pid", "400"},
    {"proc.vpid", "7"},
    {"proc.pname", "nginx"},
    {"proc.pvpid", "1"},
    {"proc.sid", "1"},
    {"proc.sname", "nginx"},
    {"proc.vpgid", "7"},
    {"proc.vpgid.name", "sh"},
    {"proc.is_vpgid_leader", "true"},
    {"proc.pgid", "400"},
    {"proc.pidns_init_start_ts", "1600000020000000000"},
    {"proc.loginshellid", "400"},
    {"thread.vtid", "7"},
    {"user.uid", "33"},
    {"user.name", "<NA>"},
    {"user.loginuid", "-1"},
    {"user.loginname", "<NA>"},
    {"group.gid", "33"},
    {"group.name", "<NA>"},
};

// The leader is gone; an ancestor of the same group stands for it.
void play_orphaned_group(FieldWorld& world) {
  world.task.sid = world.task.vpgid = world.task.pgid = 250;
  play_close(world);
}
constexpr FieldCase kOrphanedGroup[] = {
    {"proc.sname", ""}, {"proc.vpgid.name", ""}, {"proc.pgid.name", ""}};

void play_init(FieldWorld& world) {
  world.task = FieldWorld::curl();
  world.task.pid = world.task.tid = world.task.vpid = world.task.vtid = 1;
  world.task.start_boot_ns = 1'000'000'000;
  world.task.ppid = 0;
  world.task.parent_start_boot_ns = 0;
  play_close(world);
}
constexpr FieldCase kOfInit[] = {
    {"proc.cwd", "/"},        {"proc.ppid", kMissing},  {"proc.pname", kMissing},
    {"proc.aname", kMissing}, {"proc.aargs", kMissing}, {"proc.ppid.duration", kMissing},
    {"proc.aenv", kMissing},
};

void play_unseen(FieldWorld& world) {
  world.task = FieldWorld::unseen_process();
  play_close(world);
}
constexpr FieldCase kUnseen[] = {
    {"proc.name", "ghost"},
    {"proc.pid", "999"},
    {"proc.ppid", "998"},
    {"proc.exe", kMissing},
    {"proc.exepath", kMissing},
    {"proc.args", kMissing},
    {"proc.args[0]", kMissing},
    {"proc.cmdline", kMissing},
    {"proc.cmdnargs", kMissing},
    {"proc.cmdlenargs", kMissing},
    {"proc.exeline", kMissing},
    {"proc.env", kMissing},
    {"proc.env[HOME]", kMissing},
    {"proc.cwd", kMissing},
    {"proc.exe_ino", kMissing},
    {"proc.is_exe_writable", kMissing},
    {"proc.is_exe_from_memfd", kMissing},
    {"proc.fdlimit", kMissing},
    {"user.name", "<NA>"},
    {"user.homedir", "<NA>"},
};

constexpr FieldCase kOfThread[] = {
    {"thread.cap_permitted", "CAP_CHOWN CAP_CHECKPOINT_RESTORE"},
    {"thread.cap_inheritable", ""},
    {"thread.cap_effective", "CAP_DAC_OVERRIDE CAP_SYS_ADMIN"},
    {"thread.tid", "301"},
    {"thread.ismain", "false"},
    {"thread.vtid", "301"},
    {"thread.nametid", "curl301"},
    {"proc.pid", "300"},
};
void play_thread(FieldWorld& world) {
  world.task.tid = world.task.vtid = 301;
  world.task.cap_permitted = 1 | uint64_t{1} << 40 | uint64_t{1} << 63;
  world.task.cap_effective = 1 << 1 | 1 << 21;
  play_close(world);
}

constexpr FieldCase kOfUser[] = {
    {"user.uid", "1000"},       {"user.name", "alice"},    {"user.homedir", "/home/alice"},
    {"user.shell", "/bin/zsh"}, {"user.loginuid", "1000"}, {"user.loginname", "alice"},
    {"group.gid", "1000"},      {"group.name", "staff"},
};

void play_root_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  world.task.euid = world.task.egid = 0;
  play_close(world);
}
constexpr FieldCase kRootInContainer[] = {{"user.name", "root"},
                                          {"user.homedir", "/root"},
                                          {"user.shell", "<NA>"},
                                          {"group.name", "root"}};

// Written a second ago into the container's writable layer, and run.
void play_exec(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  ev_exec body{};
  body.exe.ino = 8;
  body.exe.uid = 33;
  body.exe.mode = 0100755;
  body.exe.ctime_ns = 1'600'000'050'000'000'000;
  body.exe.flags = EV_INODEF_UPPER_LAYER | EV_INODEF_MEMFD;
  body.pidns_start_boot_ns = 20'000'000'000;
  body.fdlimit = 64;
  world.exec(body, [](RecordWriter& writer) {
    writer.section(EV_SEC_ARGS, 0, "./x\0"sv);
    writer.section(EV_SEC_EXE, 0, "/tmp/x");
    writer.section(EV_SEC_CWD, 0, "/tmp");
  });
}
constexpr FieldCase kAfterExec[] = {
    {"proc.exe", "./x"},
    {"proc.exepath", "/tmp/x"},
    {"proc.args", ""},
    {"proc.cmdline", "sh"},
    {"proc.exeline", "./x "},
    {"proc.env", ""},
    {"proc.cwd", "/tmp/"},
    {"proc.fdlimit", "64"},
    {"proc.is_exe_writable", "true"},
    {"proc.is_exe_upper_layer", "true"},
    {"proc.is_exe_lower_layer", "false"},
    {"proc.is_exe_from_memfd", "true"},
    {"proc.exe_ino.mtime", kMissing},
    {"proc.exe_ino.ctime_duration_proc_start", "0"},
    {"proc.exe_ino.ctime_duration_pidns_start", "30000000000"},
};

constexpr FieldScene kScenes[] = {
    {"curl acts", play_close, kOfCurl},
    {"curl has ancestors", play_close, kOfParents},
    {"curl has a session", play_close, kOfGroups},
    {"a shell in a container acts", play_in_container, kInContainer},
    {"the group's leader is unknown", play_orphaned_group, kOrphanedGroup},
    {"init acts", play_init, kOfInit},
    {"a process acts that nobody has seen start", play_unseen, kUnseen},
    {"a second thread acts", play_thread, kOfThread},
    {"alice acts", play_close, kOfUser},
    {"root acts in a container", play_root_in_container, kRootInContainer},
    {"a dropped program is executed", play_exec, kAfterExec},
};

TEST(ProcessFields, HaveTheirValues) { check_scenes(kScenes); }

// A chain of forks, each the child of the one before, is followed to its end but not for ever.
TEST(ProcessFields, AncestorsAreBounded) {
  constexpr uint32_t kDepth = 300;
  FieldWorld world;
  RecordWriter writer;
  for (uint32_t i = 0; i < kDepth; ++i) {
    world.task.ppid = world.task.pid;
    world.task.parent_start_boot_ns = world.task.start_boot_ns;
    world.task.pid = world.task.tid = 10'000 + i;
    world.task.start_boot_ns += 20'000'000;
    writer.begin(EV_FORK, 60'000'000'000, world.task);
    writer.body(ev_fork{});
    world.apply(writer.finish());
  }
  play_close(world);
  const std::string names = world.show("proc.aname");
  EXPECT_EQ(std::count(names.begin(), names.end(), ','), 127);
  EXPECT_EQ(world.show("proc.aname[150]"), "curl");
}

}  // namespace

std::span<const FieldScene> process_scenes() { return kScenes; }

}  // namespace saker::test
