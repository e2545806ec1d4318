// SPDX-License-Identifier: Apache-2.0
// Kinds of events, times, results.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string_view>

#include "tests/support/field_world.h"

namespace saker::test {
namespace {

using namespace std::string_view_literals;

// The second event of the run, two seconds after the first.
void play_read(FieldWorld& world) {
  world.syscall("close", 0, {9});
  world.syscall("close", 0, {9});
  world.syscall("read", 5, {3, 0, 80}, [](RecordWriter& writer) {
    add_file(writer, "/etc/motd");
    writer.section(EV_SEC_BYTES, 0, "a\0\nbc"sv);
  });
}

constexpr FieldCase kOfTime[] = {
    {"evt.num", "3"},
    {"evt.time", "14:27:33.123456789"},
    {"evt.time.s", "14:27:33"},
    {"evt.time.iso8601", "2020-09-13T12:27:33.123456789+0000"},
    {"evt.datetime", "2020-09-13 14:27:33.123456789"},
    {"evt.datetime.s", "2020-09-13 14:27:33"},
    {"evt.outputtime", "14:27:33.123456789"},
    {"evt.rawtime", "1600000053123456789"},
    {"evt.around[1600000053123456789]", "0"},
    {"evt.around[1600000053123456788]", "1"},
    {"evt.around[1600000055000000000]", "1877"},
    {"evt.around[now]", "(unknown field)"},
    {"evt.rawtime.s", "1600000053"},
    {"evt.rawtime.ns", "123456789"},
    {"evt.reltime", "2000000000"},
    {"evt.reltime.s", "2"},
    {"evt.reltime.ns", "0"},
    {"evt.latency", "0"},
    {"evt.latency.s", "0"},
    {"evt.latency.ns", "0"},
    {"evt.latency.quantized", "0"},
    {"evt.latency.human", "0ns"},
    {"evt.wait_latency", "0"},
};

constexpr FieldCase kOfRead[] = {
    {"evt.type", "read"},
    {"evt.type.is.read", "1"},
    {"evt.type.is.write", "0"},
    {"evt.type.is.nonsense", "(unknown field)"},
    {"syscall.type", "read"},
    {"evt.category", "file"},
    {"evt.cpu", "2"},
    {"evt.dir", "<"},
    {"evt.source", "syscall"},
    {"evt.is_async", "false"},
    {"evt.hostname", "testhost"},
    {"evt.res", "SUCCESS"},
    {"evt.rawres", "5"},
    {"evt.failed", "false"},
    {"evt.buffer", "a\0\nbc"sv},
    {"evt.buflen", "5"},
    {"evt.buflen.in", "5"},
    {"evt.buflen.out", kMissing},
    {"evt.buflen.file", "5"},
    {"evt.buflen.file.in", "5"},
    {"evt.buflen.file.out", kMissing},
    {"evt.buflen.net", kMissing},
    {"evt.is_io", "true"},
    {"evt.is_io_read", "true"},
    {"evt.is_io_write", "false"},
    {"evt.io_dir", "read"},
    {"evt.is_wait", "false"},
    {"evt.is_syslog", "false"},
    {"evt.count", "1"},
    {"evt.count.error", "0"},
    {"evt.count.error.file", "0"},
    {"evt.count.error.net", kMissing},
    {"evt.count.exit", "1"},
    {"evt.count.procinfo", "0"},
    {"evt.count.threadinfo", "0"},
    {"evt.is_open_read", "false"},
    {"evt.is_open_exec", "false"},
};

void play_send(FieldWorld& world) {
  world.syscall("sendto", 4, {3, 0, 4}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:5000", .remote = "10.0.0.2:80"});
  });
}
constexpr FieldCase kOfSend[] = {
    {"evt.category", "net"},       {"evt.io_dir", "write"},         {"evt.buflen.net", "4"},
    {"evt.buflen.net.out", "4"},   {"evt.buflen.net.in", kMissing}, {"evt.buflen.out", "4"},
    {"evt.buflen.file", kMissing}, {"evt.count.error.net", "0"},
};

void play_receive(FieldWorld& world) {
  world.syscall("recvfrom", 6, {3, 0, 9}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:5000", .remote = "10.0.0.2:80"});
  });
}
constexpr FieldCase kOfReceive[] = {{"evt.buflen.net.in", "6"}, {"evt.buflen.net.out", kMissing}};

void play_syslog(FieldWorld& world) {
  world.syscall("sendto", -ECONNREFUSED, {3}, [](RecordWriter& writer) {
    add_unix_socket(writer, 0xa, 0xb, "/run/systemd/journal/dev/log");
  });
}
constexpr FieldCase kOfSyslog[] = {
    {"evt.is_syslog", "true"}, {"evt.category", "ipc"},      {"evt.buflen", kMissing},
    {"evt.failed", "true"},    {"evt.res", "ECONNREFUSED"},  {"evt.rawres", "-111"},
    {"evt.count.error", "1"},  {"evt.count.error.net", "1"}, {"evt.buffer", kMissing},
};

void play_write_to_file(FieldWorld& world) {
  world.syscall("write", 2, {3}, [](RecordWriter& writer) { add_file(writer, "/tmp/x"); });
}
constexpr FieldCase kOfWrite[] = {{"evt.buflen.file.out", "2"}, {"evt.is_io_write", "true"}};

void play_failed_mmap(FieldWorld& world) { world.syscall("mmap", -ENOMEM); }
constexpr FieldCase kOfMmap[] = {{"evt.count.error.memory", "1"}, {"evt.category", "memory"}};

void play_failed_kill(FieldWorld& world) { world.syscall("kill", -3999); }
constexpr FieldCase kOfKill[] = {
    {"evt.count.error.other", "1"}, {"evt.res", "-3999"}, {"evt.category", "signal"}};

void play_wait(FieldWorld& world) { world.syscall("poll", 0); }
constexpr FieldCase kOfWait[] = {{"evt.is_wait", "true"}, {"evt.io_dir", kMissing}};

void play_generic(FieldWorld& world) { world.syscall("getpid", 300); }
constexpr FieldCase kOfGeneric[] = {
    {"evt.type", "getpid"},   {"evt.res", kMissing},         {"evt.rawres", kMissing},
    {"evt.failed", kMissing}, {"evt.count.error", kMissing}, {"evt.args", ""},
};

void play_exit(FieldWorld& world) { world.exit(9); }
constexpr FieldCase kOfExit[] = {
    {"evt.type", "procexit"}, {"syscall.type", kMissing},   {"evt.dir", ">"},
    {"evt.res", kMissing},    {"evt.count.exit", kMissing}, {"evt.arg.sig", "SIGKILL"},
};

void play_exec(FieldWorld& world) {
  world.exec(ev_exec{}, [](RecordWriter&) {});
}
constexpr FieldCase kOfExec[] = {
    {"evt.type", "execve"}, {"evt.res", "SUCCESS"}, {"evt.rawres", "0"}, {"evt.dir", "<"}};

void open_at(FieldWorld& world, int64_t result, uint64_t flags, uint64_t mode,
             uint32_t inode_flags = 0) {
  world.syscall("openat", result, {uint64_t(AT_FDCWD), 0, flags, mode}, [&](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "/tmp/new");
    if (result >= 0) {
      add_file(writer, "/tmp/new", {.flags = inode_flags});
    }
  });
}
constexpr FieldCase kReads[] = {{"evt.is_open_read", "true"},
                                {"evt.is_open_write", "false"},
                                {"evt.is_open_exec", "false"},
                                {"evt.is_open_create", "false"}};
constexpr FieldCase kReadsAndWrites[] = {{"evt.is_open_read", "true"},
                                         {"evt.is_open_write", "true"}};
constexpr FieldCase kCreatesProgram[] = {{"evt.is_open_write", "true"},
                                         {"evt.is_open_read", "false"},
                                         {"evt.is_open_exec", "true"},
                                         {"evt.is_open_create", "true"}};
constexpr FieldCase kFailsToCreate[] = {
    {"evt.is_open_exec", "true"}, {"evt.is_open_create", "false"}, {"evt.count.error.file", "1"}};
constexpr FieldCase kCreats[] = {{"evt.is_open_exec", "true"}, {"evt.is_open_read", "false"}};

constexpr FieldScene kScenes[] = {
    {"time passes", play_read, kOfTime},
    {"a file is read", play_read, kOfRead},
    {"a socket is written", play_send, kOfSend},
    {"a socket is read", play_receive, kOfReceive},
    {"the system log is written", play_syslog, kOfSyslog},
    {"a file is written", play_write_to_file, kOfWrite},
    {"memory is refused", play_failed_mmap, kOfMmap},
    {"an error has no name", play_failed_kill, kOfKill},
    {"a call waits", play_wait, kOfWait},
    {"a call has no row", play_generic, kOfGeneric},
    {"a process ends", play_exit, kOfExit},
    {"a program is executed", play_exec, kOfExec},
    {"a file is opened to read", [](FieldWorld& w) { open_at(w, 3, O_RDONLY, 0111); }, kReads},
    {"a file is opened for both", [](FieldWorld& w) { open_at(w, -EACCES, O_RDWR, 0); },
     kReadsAndWrites},
    {"a program is created",
     [](FieldWorld& w) { open_at(w, 3, O_WRONLY | O_CREAT, 0755, EV_INODEF_CREATED); },
     kCreatesProgram},
    {"a program is not created",
     [](FieldWorld& w) { open_at(w, -EROFS, O_WRONLY | O_CREAT, 0755); }, kFailsToCreate},
    {"creat makes a program", [](FieldWorld& w) { w.syscall("creat", -EROFS, {0, 0700}); },
     kCreats},
};

TEST(EventFields, HaveTheirValues) { check_scenes(kScenes); }

// The tracker ends an event before it takes the next.
TEST(EventFields, DeltaTimeIsSinceTheEventBefore) {
  FieldWorld world;
  world.syscall("close", 0);
  EXPECT_EQ(world.show("evt.deltatime"), "0");
  world.finish();
  world.syscall("close", 0);
  EXPECT_EQ(world.show("evt.deltatime"), "1000000000");
  EXPECT_EQ(world.show("evt.deltatime.s"), "1");
  EXPECT_EQ(world.show("evt.deltatime.ns"), "0");
}

}  // namespace

std::span<const FieldScene> event_scenes() { return kScenes; }

}  // namespace saker::test
