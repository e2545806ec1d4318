// SPDX-License-Identifier: Apache-2.0
#include "engine/state/tracker.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "engine/record_writer.h"
#include "tests/support/alloc_counter.h"

namespace saker {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kTick = ProcessKey::kTickNs;
const std::string kContainer(64, 'c');

// A tracker with the records of a small world. A process's start is its pid in ticks, plus some
// nanoseconds that only the kernel knows.
class World {
 public:
  explicit World(bool with_healer = false, size_t limit = ProcessTable::kDefaultLimit)
      : tracker_(options(with_healer, limit)) {}

  static ev_task task(uint32_t pid, uint32_t ppid, const std::string& comm) {
    ev_task task{};
    task.pid = pid;
    task.tid = pid;
    task.vpid = pid;
    task.pid_ns = 1;
    task.start_boot_ns = pid * kTick + 77;
    task.ppid = ppid;
    task.parent_start_boot_ns = ppid != 0 ? ppid * kTick + 77 : 0;
    task.cgroup_id = 5;
    std::memcpy(task.comm, comm.data(), std::min(comm.size(), sizeof(task.comm) - 1));
    return task;
  }

  const Process& exec(const ev_task& task, const std::string& exe, const std::string& args,
                      const std::string& cgroup = "/user.slice") {
    writer_.begin(EV_EXEC, now, task);
    write_image(exe, args, cgroup);
    return apply();
  }

  const Process& scan(ev_task task, const std::string& exe, const std::string& args) {
    write_snapshot(task, exe, args);
    return apply();
  }

  const Process& fork(const ev_task& child) {
    writer_.begin(EV_FORK, now, child);
    ev_fork body{};
    body.pidns_start_boot_ns = 4;
    writer_.body(body);
    writer_.section(EV_SEC_CGROUP, 0, "/user.slice");
    return apply();
  }

  const Process& exit(const ev_task& task, uint32_t reaper) {
    writer_.begin(EV_EXIT, now, task);
    ev_exit body{};
    body.reaper = reaper;
    writer_.body(body);
    return apply();
  }

  const Process& call(const ev_task& task, long nr = SYS_getpid, int64_t ret = 0,
                      const std::string& cwd = "") {
    begin_call(task, nr, ret);
    if (!cwd.empty()) {
      writer_.section(EV_SEC_CWD, 0, cwd);
    }
    return apply();
  }

  void begin_call(const ev_task& task, long nr, int64_t ret) {
    writer_.begin(EV_SYSCALL, now, task);
    ev_syscall body{};
    body.nr = static_cast<uint32_t>(nr);
    body.ret = ret;
    writer_.body(body);
  }

  const Process& apply() {
    // finish() of the event before ran when that event was matched.
    EXPECT_EQ(event.decode(writer_.finish()), DecodeError::kNone);
    tracker_.apply(event);
    const Process& process = event.process();
    tracker_.finish(event);
    return process;
  }

  // What /proc shows for a pid; absent: no such process.
  struct ProcEntry {
    ev_task task;
    std::string exe;
    std::string args;
  };
  std::map<uint32_t, ProcEntry> proc;
  std::vector<uint32_t> asked;
  size_t healed_records = 0;

  uint64_t now = 100 * kSecond;
  Event event;

  RecordWriter& writer() { return writer_; }
  Tracker& tracker() { return tracker_; }
  [[nodiscard]] const ProcessTable& processes() const { return tracker_.processes(); }

 private:
  Tracker::Options options(bool with_healer, size_t limit) {
    Tracker::Options options;
    options.boot_to_epoch_ns = 1000;
    options.hostname = "box";
    options.process_limit = limit;
    if (with_healer) {
      options.healer = [this](uint32_t pid, const Tracker::Emit& emit) {
        asked.push_back(pid);
        const auto found = proc.find(pid);
        if (found == proc.end()) {
          return false;
        }
        RecordWriter outer = std::move(writer_);  // the event's record is still in use
        writer_ = RecordWriter();
        write_snapshot(found->second.task, found->second.exe, found->second.args);
        emit(writer_.finish());
        writer_ = std::move(outer);
        return true;
      };
      options.on_made = [this](std::span<const std::byte>) { ++healed_records; };
    }
    return options;
  }

  // Times as /proc has them.
  void write_snapshot(ev_task task, const std::string& exe, const std::string& args) {
    task.start_boot_ns = task.start_boot_ns / kTick * kTick;
    task.parent_start_boot_ns = task.parent_start_boot_ns / kTick * kTick;
    writer_.begin(EV_SNAPSHOT, now, task);
    write_image(exe, args, "/user.slice");
  }

  void write_image(const std::string& exe, const std::string& args, const std::string& cgroup) {
    ev_exec body{};
    body.exe.ino = 9;
    body.fdlimit = 1024;
    writer_.body(body);
    writer_.section(EV_SEC_ARGS, 0, args);
    writer_.section(EV_SEC_ENV, 0, std::string_view("A=1\0B=2\0", 8));
    writer_.section(EV_SEC_CWD, 0, "/srv/");
    writer_.section(EV_SEC_EXE, 0, exe);
    writer_.section(EV_SEC_CGROUP, 0, cgroup);
  }

  RecordWriter writer_;
  Tracker tracker_;
};

std::string argv(std::initializer_list<std::string_view> arguments) {
  std::string bytes;
  for (const std::string_view argument : arguments) {
    bytes.append(argument);
    bytes.push_back('\0');
  }
  return bytes;
}

TEST(Tracker, TakesEverythingFromAnExec) {
  World world;
  const Process& process = world.exec(World::task(10, 1, "ls"), "/bin/ls", argv({"ls", "-l", ""}));
  EXPECT_EQ(process.comm, "ls");
  EXPECT_EQ(process.exe, "ls");
  EXPECT_EQ(process.exe_path, "/bin/ls");
  EXPECT_EQ(process.cmdline, "ls -l ");
  EXPECT_EQ(process.args.size(), 2U);
  EXPECT_EQ(process.cwd, "/srv");
  EXPECT_EQ(process.env, argv({"A=1", "B=2"}));
  EXPECT_EQ(process.fdlimit, 1024U);
  EXPECT_EQ(process.exec_boot_ns, world.now);
  EXPECT_EQ(process.origin, ProcessOrigin::kExec);
  EXPECT_EQ(world.event.number(), 1U);
  EXPECT_EQ(world.event.time_ns(), static_cast<int64_t>(world.now) + 1000);
  EXPECT_EQ(world.event.world().hostname, "box");
}

TEST(Tracker, TakesACutLastArgument) {
  World world;
  const Process& process =
      world.exec(World::task(10, 1, "ls"), "/bin/ls", std::string("ls\0-l", 5));
  ASSERT_EQ(process.args.size(), 1U);
  EXPECT_EQ(process.args[0], "-l");
}

TEST(Tracker, GivesAChildWhatItsParentHas) {
  World world;
  world.exec(World::task(10, 1, "sh"), "/bin/sh", argv({"-sh", "-c", "x"}));
  const Process& child = world.fork(World::task(11, 10, "sh"));
  EXPECT_EQ(child.key.pid, 11U);
  EXPECT_EQ(child.exe_path, "/bin/sh");
  EXPECT_EQ(child.exe, "-sh");
  EXPECT_EQ(child.cmdline, "sh -c x");
  EXPECT_EQ(child.cwd, "/srv");
  EXPECT_EQ(child.env, argv({"A=1", "B=2"}));
  EXPECT_EQ(child.origin, ProcessOrigin::kFork);
  EXPECT_EQ(child.exec_boot_ns, 0U);
  EXPECT_EQ(child.pidns_start_boot_ns, 4U);
  EXPECT_EQ(world.processes().parent_of(child)->key.pid, 10U);
}

TEST(Tracker, KeepsTheNameOfTheExecWhenTheProcessRenamesItself) {
  World world;
  world.exec(World::task(10, 1, "sshd"), "/usr/sbin/sshd", argv({"sshd"}));
  EXPECT_EQ(world.call(World::task(10, 1, "harmless")).comm, "sshd");
}

TEST(Tracker, KnowsAProcessByItsTaskWhenNothingElseShowedIt) {
  World world;
  const Process& process = world.call(World::task(10, 1, "ghost"));
  EXPECT_EQ(process.comm, "ghost");
  EXPECT_EQ(process.cmdline, "ghost");
  EXPECT_EQ(process.exe_path, "");
  EXPECT_EQ(process.origin, ProcessOrigin::kTaskOnly);
  EXPECT_EQ(world.tracker().stats().heal_failed, 0U) << "a replay asks nobody";
}

TEST(Tracker, RecognisesAScannedProcessInTheKernelsRecords) {
  World world;
  const Process& scanned =
      world.scan(World::task(10, 1, "cron"), "/usr/sbin/cron", argv({"cron", "-f"}));
  EXPECT_EQ(scanned.key.start_boot_ns, 10 * kTick);
  const Process& seen = world.call(World::task(10, 1, "cron"));
  EXPECT_EQ(&seen, &scanned);
  EXPECT_EQ(seen.key.start_boot_ns, 10 * kTick + 77);
  EXPECT_EQ(seen.cmdline, "cron -f");
  EXPECT_EQ(seen.origin, ProcessOrigin::kScan);
}

TEST(Tracker, TakesAScanAsNoNews) {
  World world;
  world.exec(World::task(10, 1, "nginx"), "/usr/sbin/nginx", argv({"nginx", "-g"}));
  world.now += kSecond;
  // The process has rewritten its arguments since.
  const Process& process =
      world.scan(World::task(10, 1, "nginx"), "/usr/sbin/nginx", argv({"nginx: worker process"}));
  EXPECT_EQ(process.cmdline, "nginx -g");
  EXPECT_EQ(process.origin, ProcessOrigin::kExec);
}

TEST(Tracker, TakesAnotherExecutableInAScanForALostExec) {
  World world;
  world.exec(World::task(10, 1, "sh"), "/bin/sh", argv({"sh"}));
  world.now += kSecond;
  const Process& process = world.scan(World::task(10, 1, "cat"), "/bin/cat", argv({"cat", "x"}));
  EXPECT_EQ(process.cmdline, "cat x");
  EXPECT_EQ(process.exe_path, "/bin/cat");
  EXPECT_EQ(process.origin, ProcessOrigin::kScan);
}

TEST(Tracker, DoesNotLetAnOldScanUndoAnExec) {
  World world;
  world.now += kSecond;
  world.exec(World::task(10, 1, "cat"), "/bin/cat", argv({"cat"}));
  world.now -= kSecond;
  EXPECT_EQ(world.scan(World::task(10, 1, "sh"), "/bin/sh", argv({"sh"})).exe_path, "/bin/cat");
}

TEST(Tracker, FollowsTheWorkingDirectory) {
  World world;
  world.exec(World::task(10, 1, "sh"), "/bin/sh", argv({"sh"}));
  EXPECT_EQ(world.call(World::task(10, 1, "sh"), SYS_chdir, 0, "/tmp").cwd, "/tmp");
  EXPECT_EQ(world.call(World::task(10, 1, "sh"), SYS_chdir, -2).cwd, "/tmp");
  EXPECT_EQ(world.call(World::task(10, 1, "sh"), SYS_fchdir, 0, "/").cwd, "");
}

TEST(Tracker, ReadsUnknownProcessesAndTheirParentsFromProcOnce) {
  World world(true);
  world.proc[10] = {World::task(10, 9, "job"), "/bin/job", argv({"job", "--all"})};
  world.proc[9] = {World::task(9, 1, "make"), "/bin/make", argv({"make"})};
  const Process& process = world.call(World::task(10, 9, "job"));
  EXPECT_EQ(process.cmdline, "job --all");
  EXPECT_EQ(process.origin, ProcessOrigin::kHealed);
  EXPECT_EQ(process.key.start_boot_ns, 10 * kTick + 77);
  EXPECT_EQ(world.processes().ancestor(process, 1)->comm, "make");
  EXPECT_EQ(world.asked, (std::vector<uint32_t>{10, 9, 1}));
  EXPECT_EQ(world.tracker().stats().healed, 2U);
  EXPECT_EQ(world.healed_records, 2U);
  world.call(World::task(10, 9, "job"));
  EXPECT_EQ(world.asked.size(), 3U);
}

TEST(Tracker, CountsAProcessThatWasGoneBeforeItCouldBeRead) {
  World world(true);
  EXPECT_EQ(world.call(World::task(10, 0, "ghost")).origin, ProcessOrigin::kTaskOnly);
  world.call(World::task(10, 0, "ghost"));
  EXPECT_EQ(world.tracker().stats().heal_failed, 1U);
  EXPECT_EQ(world.asked.size(), 1U);
}

TEST(Tracker, DoesNotTakeTheNextUserOfAPidForTheProcess) {
  World world(true);
  world.proc[10] = {World::task(10, 0, "new"), "/bin/new", argv({"new"})};
  ev_task old = World::task(10, 0, "old");
  old.start_boot_ns -= 5 * kTick;
  const Process& process = world.call(old);
  EXPECT_EQ(process.comm, "old");
  EXPECT_EQ(process.exe_path, "");
}

TEST(Tracker, HealsALostExecAtTheNextEvent) {
  World world(true);
  world.exec(World::task(10, 0, "sh"), "/bin/sh", argv({"sh"}));
  world.proc[10] = {World::task(10, 0, "cat"), "/bin/cat", argv({"cat", "f"})};
  world.now += kSecond;
  const Process& process = world.call(World::task(10, 0, "cat"));
  EXPECT_EQ(process.cmdline, "cat f");
  EXPECT_EQ(process.origin, ProcessOrigin::kHealed);
}

TEST(Tracker, HealsALostForkAtTheNextEvent) {
  World world(true);
  world.exec(World::task(10, 0, "sh"), "/bin/sh", argv({"sh", "-i"}));
  world.proc[11] = {World::task(11, 10, "sh"), "/bin/sh", argv({"sh", "-i"})};
  const Process& process = world.call(World::task(11, 10, "sh"));
  EXPECT_EQ(process.cmdline, "sh -i");
  EXPECT_EQ(world.processes().parent_of(process)->key.pid, 10U);
}

TEST(Tracker, AsksAgainSeldomWhenAProcessKeepsRenamingItself) {
  World world(true);
  world.exec(World::task(10, 0, "sh"), "/bin/sh", argv({"sh", "-i"}));
  world.proc[10] = {World::task(10, 0, "x"), "/bin/sh", argv({"fake"})};
  for (int i = 0; i < 1000; ++i) {
    world.now += kSecond / 500;
    const Process& process = world.call(World::task(10, 0, "name" + std::to_string(i)));
    ASSERT_EQ(process.cmdline, "sh -i") << "the program is the same";
    ASSERT_EQ(process.comm, "sh");
  }
  EXPECT_GE(world.asked.size(), 1U);
  EXPECT_LE(world.asked.size(), 3U);  // in two seconds
}

TEST(Tracker, AsksForFewWhenManyRenameThemselves) {
  World world(true);
  for (uint32_t pid = 10; pid < 510; ++pid) {
    world.exec(World::task(pid, 0, "sh"), "/bin/sh", argv({"sh"}));
  }
  world.asked.clear();
  world.now += 5 * kSecond;
  for (uint32_t pid = 10; pid < 510; ++pid) {
    world.call(World::task(pid, 0, "new"));
  }
  EXPECT_GT(world.asked.size(), 0U);
  EXPECT_LE(world.asked.size(), 20U);
  EXPECT_EQ(world.tracker().stats().heal_skipped + world.asked.size(), 500U);
}

TEST(Tracker, IgnoresTheNameOfAnotherThread) {
  World world(true);
  world.exec(World::task(10, 0, "java"), "/usr/bin/java", argv({"java"}));
  ev_task thread = World::task(10, 0, "GC Thread#0");
  thread.tid = 12;
  world.now += kSecond;
  world.call(thread);
  world.call(World::task(10, 0, "java"));
  EXPECT_TRUE(world.asked.empty());
}

TEST(Tracker, KeepsAnExitedProcessForItsOwnEvent) {
  World world;
  world.exec(World::task(1, 0, "init"), "/sbin/init", argv({"init"}));
  world.exec(World::task(10, 1, "sh"), "/bin/sh", argv({"sh"}));
  world.fork(World::task(11, 10, "sh"));
  const Process& process = world.exit(World::task(10, 1, "sh"), 1);
  EXPECT_EQ(process.exe_path, "/bin/sh");
  EXPECT_TRUE(process.exited);
  const Process& child = world.call(World::task(11, 10, "sh"));
  EXPECT_EQ(world.processes().parent_of(child)->comm, "init");
  world.call(World::task(11, 1, "sh"));
  world.now += 2 * kSecond;
  world.call(World::task(11, 1, "sh"));
  EXPECT_EQ(world.processes().find_by_pid(10), nullptr);
  EXPECT_EQ(world.processes().stats().purged, 1U);
}

TEST(Tracker, FollowsReparentingInRecords) {
  World world;
  world.exec(World::task(1, 0, "init"), "/sbin/init", argv({"init"}));
  world.exec(World::task(10, 1, "sh"), "/bin/sh", argv({"sh"}));
  world.fork(World::task(11, 10, "sh"));
  const Process& child = world.call(World::task(11, 1, "sh"));
  EXPECT_EQ(world.processes().parent_of(child)->key.pid, 1U);
}

TEST(Tracker, LearnsContainersFromTheCgroup) {
  World world;
  ev_task task = World::task(10, 1, "sh");
  task.cgroup_id = 400;
  world.exec(task, "/bin/sh", argv({"sh"}), "/system.slice/docker-" + kContainer + ".scope");
  EXPECT_EQ(world.event.world().containers->find(400).full_id, kContainer);
  EXPECT_TRUE(world.event.world().containers->find(401).is_host());
  task.flags = EV_TASKF_NO_CGROUP;
  task.cgroup_id = 402;
  world.exec(task, "/bin/sh", argv({"sh"}), "/docker/" + kContainer);
  EXPECT_FALSE(world.event.world().containers->knows(402));
}

TEST(Tracker, LearnsUsers) {
  World world;
  world.writer().begin(EV_USERS, 1, ev_task{});
  world.writer().body(ev_users{});
  world.writer().section(EV_SEC_STRING, 0, "ann:x:7:7::/home/ann:/bin/sh\n");
  world.writer().section(EV_SEC_STRING, 1, "wheel:x:10:\n");
  world.apply();
  EXPECT_EQ(world.event.world().users->find_user(7)->name, "ann");
  EXPECT_EQ(world.event.world().users->group_name(10), "wheel");
  EXPECT_EQ(world.processes().size(), 0U);
}

TEST(Tracker, NumbersOnlyEventsThatRulesSee) {
  World world;
  world.scan(World::task(1, 0, "init"), "/sbin/init", argv({"init"}));
  world.fork(World::task(10, 1, "init"));
  world.call(World::task(10, 1, "init"));
  EXPECT_EQ(world.event.number(), 1U);
  EXPECT_EQ(world.event.world().first_boot_ns, world.now);
  world.now += 5;
  world.exit(World::task(10, 1, "init"), 1);
  EXPECT_EQ(world.event.number(), 2U);
  EXPECT_EQ(world.event.world().previous_boot_ns, world.now);
}

ev_socket udp_socket(uint64_t ino, uint8_t flags = 0) {
  ev_socket socket{};
  socket.family = AF_INET;
  socket.type = SOCK_DGRAM;
  socket.ino = ino;
  socket.flags = flags;
  return socket;
}

std::string address(uint8_t last, uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  in.sin_addr.s_addr = htonl(0x0a000000U + last);
  return {reinterpret_cast<const char*>(&in), sizeof(in)};
}

TEST(Tracker, MarksADatagramToAnotherPeer) {
  World world;
  const ev_task task = World::task(10, 1, "dig");
  const auto sends = [&](const ev_socket& socket, uint8_t last) {
    world.begin_call(task, SYS_sendto, 5);
    world.writer().socket(0, socket);
    world.writer().section(EV_SEC_SOCKADDR, 0, address(last, 53));
    world.apply();
    return world.event.peer_changed();
  };
  EXPECT_TRUE(sends(udp_socket(900), 1));
  EXPECT_FALSE(sends(udp_socket(900), 1));
  EXPECT_TRUE(sends(udp_socket(900), 2));
  EXPECT_TRUE(sends(udp_socket(901), 2));
  EXPECT_FALSE(sends(udp_socket(902, EV_SOCKF_CONNECTED), 2)) << "its peer cannot change";
  ev_socket stream = udp_socket(903);
  stream.type = SOCK_STREAM;
  EXPECT_FALSE(sends(stream, 2));
}

TEST(Tracker, AllocatesNothingForAnEventThatChangesNothing) {
  World world(true);
  const ev_task task = World::task(10, 1, "sh");
  world.exec(task, "/bin/sh", argv({"sh", "-c", "true"}));
  world.begin_call(task, SYS_sendto, 5);
  world.writer().socket(0, udp_socket(900));
  world.writer().section(EV_SEC_SOCKADDR, 0, address(1, 53));
  world.apply();
  const std::span<const std::byte> record = world.writer().finish();
  const uint64_t before = test::allocation_count();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(world.event.decode(record), DecodeError::kNone);
    world.tracker().apply(world.event);
    world.tracker().finish(world.event);
  }
  EXPECT_EQ(test::allocation_count(), before);
  world.fork(World::task(11, 10, "sh"));
  EXPECT_GT(test::allocation_count(), before) << "the count works";
}

TEST(Tracker, IsBoundedUnderAFloodOfProcesses) {
  World world(true, 100);
  for (uint32_t pid = 10; pid < 5000; ++pid) {
    world.fork(World::task(pid, pid - 1, "bomb"));
    world.call(World::task(pid, pid - 1, "bomb"));
    ASSERT_LE(world.processes().size(), 100U);
  }
  EXPECT_GT(world.processes().stats().evicted, 4000U);
}

TEST(Tracker, SurvivesATableOfOne) {
  World world(true, 1);
  for (uint32_t pid = 10; pid < 20; ++pid) {
    world.proc[pid] = {World::task(pid, pid - 1, "p"), "/bin/p", argv({"p"})};
  }
  for (uint32_t pid = 10; pid < 20; ++pid) {
    EXPECT_EQ(world.call(World::task(pid, pid - 1, "p")).key.pid, pid);
    EXPECT_EQ(world.exec(World::task(pid, pid - 1, "p"), "/bin/p", argv({"p"})).key.pid, pid);
    EXPECT_EQ(world.fork(World::task(pid, pid - 1, "p")).key.pid, pid);
  }
}

}  // namespace
}  // namespace saker
