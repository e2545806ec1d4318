// SPDX-License-Identifier: Apache-2.0
// The filter in the kernel: it says what its model says, loses nothing while it is replaced, and
// every call is counted.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/filter_tables.h"
#include "engine/rules/loader.h"
#include "engine/state/proc_scan.h"
#include "engine/state/tracker.h"
#include "tests/support/fake_root.h"
#include "tests/support/filter_model.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

std::shared_ptr<const RuleSet> load(const std::vector<std::string>& conditions) {
  std::string yaml;
  for (const std::string& condition : conditions) {
    yaml += "- rule: r" + std::to_string(yaml.size()) + "\n  desc: d\n  condition: >\n    " +
            condition + "\n  output: o\n  priority: Error\n";
  }
  return load_rules({std::make_shared<const SourceText>("f.yaml", yaml)}, {}).rules;
}

LiveOptions options_for(const RuleSet& rules) {
  LiveOptions options;
  options.plans = EventCatalog::builtin().capture_plans(rules.wanted_events());
  options.filter = tables_of(rules.filter());
  return options;
}

// A tracker that tells the probes what it finds, as the product's does.
Tracker::Options tracker_options(LiveSource& source) {
  Tracker::Options options;
  options.on_found_process = [&source](const Process& process) {
    source.tell_process(process.key.pid, process.key.start_boot_ns, process.comm);
  };
  options.on_new_cgroup = [&source](uint64_t id, const ContainerIdentity& container) {
    source.tell_cgroup(id, container.is_host() ? EV_PLACE_HOST : EV_PLACE_CONTAINER);
  };
  return options;
}

void touch(const std::string& path, int flags = O_RDONLY) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0700);
  if (fd >= 0) {
    ::close(fd);
  }
}

// What clauses can tell apart, below `dir`.
void act(const std::string& dir) {
  const std::string deep = dir + std::string(45, '/') + "a/../a";
  const std::vector<std::string> paths = {dir,
                                          dir + "/a",
                                          dir + "/a/shadow",
                                          dir + "/a/.ssh/id_rsa",
                                          deep,
                                          dir + "/missing",
                                          "/etc/passwd",
                                          "/etc/hostname",
                                          "/dev/null",
                                          "/proc/self/status",
                                          "/proc/self/root/etc/passwd",
                                          "/etc/../etc/passwd",
                                          "/",
                                          dir + "/link"};
  const auto open_all = [&] {
    for (const std::string& path : paths) {
      touch(path);
      touch(path, O_WRONLY);
    }
    touch(dir + "/new", O_CREAT | O_RDWR);
    touch("../../../../../../../etc/passwd");
  };
  open_all();
  ::prctl(PR_SET_NAME, "renamed");  // which is not the name that rules compare
  open_all();
  [[maybe_unused]] const int user = ::seteuid(65534);
  open_all();
  [[maybe_unused]] const int back = ::seteuid(0);
  const int unix_socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int inet_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int memory = ::memfd_create("m", MFD_CLOEXEC);
  int ends[2] = {-1, -1};
  [[maybe_unused]] const int piped = ::pipe2(ends, O_CLOEXEC);
  for (const int fd : {unix_socket, inet_socket, memory, ends[0], -1}) {
    struct stat info{};
    ::syscall(SYS_fchmod, fd, 0600);
    ::fstat(fd, &info);
  }
  [[maybe_unused]] const int moved = ::chdir(dir.c_str());
  [[maybe_unused]] const int rooted = ::chroot(dir.c_str());
  touch("/a/shadow");
  touch("a/shadow", O_RDWR);
}

// A directory with what act() opens.
void furnish(FakeRoot& root) {
  root.file("a/shadow", "x");
  root.file("a/.ssh/id_rsa", "x");
  std::filesystem::create_symlink("/etc/passwd", root.path("link"));
}

class FilterConditions : public testing::TestWithParam<const char*> {};

// Each rule alone, so that no other lets an event pass.
TEST_P(FilterConditions, KernelSaysWhatItsModelSays) {
  FakeRoot root;
  furnish(root);
  std::string condition = GetParam();
  for (size_t at = condition.find("DIR"); at != condition.npos; at = condition.find("DIR")) {
    condition.replace(at, 3, root.path());
  }
  const auto rules =
      load({"evt.type in (open, openat, openat2, creat, fchmod, fstat) and (" + condition + ")"});
  ASSERT_NE(rules, nullptr) << condition;
  LiveOptions options = options_for(*rules);
  options.filter_mode = EV_FILTER_MARK;
  // A child that shows which cgroup the kernel says this is.
  SAKER_OPEN_LIVE(teacher, LiveOptions{});
  teacher->run([] {});
  SAKER_OPEN_LIVE(capture, options);
  Tracker tracker(tracker_options(capture->source()));
  Event event;
  const auto apply = [&](std::span<const std::byte> record) {
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    tracker.apply(event);
  };
  ProcScan().scan_all(apply);
  for (const SeenRecord& record : teacher->records()) {
    apply(record.bytes());
  }
  capture->run([&] { act(root.path()); });

  const FilterModel model(rules->filter());
  int passed = 0;
  int dropped = 0;
  for (const SeenRecord& record : capture->records()) {
    Event seen;
    ASSERT_EQ(seen.decode(record.bytes()), DecodeError::kNone);
    tracker.apply(seen);
    if (seen.kind() == EV_SYSCALL) {
      const bool passes = (seen.syscall()->flags & EV_SYSF_FILTERED) == 0;
      EXPECT_EQ(passes, model.passes(seen))
          << condition << ": " << seen.def().name << " '" << seen.file_path() << "' gave "
          << seen.return_value() << " with flags " << seen.arg(2);
      (passes ? passed : dropped)++;
    }
  }
  EXPECT_GT(passed, 0) << condition;
  EXPECT_GT(dropped, 0) << condition;
}

INSTANTIATE_TEST_SUITE_P(
    Live, FilterConditions,
    testing::Values("evt.rawres >= 0", "evt.failed = true", "evt.is_open_write = true",
                    "evt.is_open_read = true and evt.is_open_write = false",
                    "evt.is_open_create = true", "fd.typechar = d", "fd.type in (ipv4, ipv6, unix)",
                    "fd.typechar != f", "fd.name = DIR/a/shadow",
                    "fd.name in (/etc/passwd, DIR/a, /dev/null)",
                    "fd.name != /etc/passwd and evt.rawres >= 0", "fd.name startswith /etc/",
                    "fd.name startswith /e", "fd.name startswith /dev and fd.name endswith null",
                    "fd.name pmatch (DIR/a, /etc/hostname)", "fd.directory = /etc",
                    "fd.filename in (id_rsa, hostname)", "fd.name contains /.ssh/",
                    "not fd.name contains passwd and evt.rawres >= 0", "fd.nameraw contains ../",
                    "fd.nameraw contains a/shadow and not fd.name startswith /a", "user.uid = 0",
                    "user.uid in (1, 65534) and fd.name startswith /etc", "fd.name = /a/shadow",
                    "proc.name in (nobody-has-it, x) or fd.name = /etc/passwd",
                    "not proc.name in (nobody-has-it) and fd.name = /etc/passwd",
                    "not proc.pname in (nobody-has-it) and fd.name = /etc/passwd",
                    "proc.name = renamed or evt.rawres < 0",
                    "container.id = host and fd.name = /etc/passwd",
                    "container.id != host or fd.name = /etc/passwd"));

// An execution gives the process a name, which stays although the process changes its own.
TEST(LiveFilter, KnowsProcessesByTheNameOfTheirExecution) {
  const auto rules =
      load({"evt.type in (open, openat) and proc.name = sh and fd.name = /dev/null"});
  SAKER_OPEN_LIVE(capture, options_for(*rules));
  capture->run([] {
    touch("/dev/null");  // as the test, of which the kernel knows the name since the fork
    ::execl("/bin/sh", "sh", "-c", "true < /dev/null; exec 3< /etc/hostname", nullptr);
  });
  size_t opens = 0;
  for (const SeenRecord& record : capture->records()) {
    if (record->kind() == EV_SYSCALL) {
      EXPECT_EQ(record->file_path(), "/dev/null");
      EXPECT_EQ(record->comm(), "sh");
      ++opens;
    }
  }
  EXPECT_EQ(opens, 1U);
  EXPECT_GT(capture->counter("filtered", "syscall"), 2U);
}

// Calls that nobody else makes, so that they can be counted.
void call_creat(const std::string& path) {
  const auto fd = static_cast<int>(::syscall(SYS_creat, path.c_str(), 0600));
  if (fd >= 0) {
    ::close(fd);
  }
}

TEST(LiveFilter, EveryCallOfAFloodIsCounted) {
  constexpr uint64_t kCalls = 200'000;
  constexpr uint64_t kBad = 50;
  const FakeRoot root;
  const auto rules = load({"evt.type = creat and fd.name = " + root.path("bad")});
  SAKER_OPEN_LIVE(capture, options_for(*rules));
  capture->run([&] {
    const std::string good = root.path("good");
    const std::string bad = root.path("bad");
    for (uint64_t i = 0; i < kCalls; ++i) {
      call_creat(i % (kCalls / kBad) == 0 ? bad : good);
    }
  });
  EXPECT_EQ(capture->syscalls(SYS_creat).size(), kBad);
  EXPECT_EQ(capture->counter("filtered", "syscall") + capture->counter("submitted", "syscall") +
                capture->counter("dropped", "syscall"),
            kCalls);
  EXPECT_EQ(capture->losses(), 0U);
}

TEST(LiveFilter, NothingIsMissedWhileItIsReplaced) {
  constexpr int kSwaps = 20;
  constexpr uint64_t kTakenPerSwap = 20'000;
  const FakeRoot root;
  const std::string both = root.path("both");
  const auto first = load({"evt.type = creat and fd.name in (" + both + ", /a)"});
  const auto second = load({"evt.type = creat and fd.name endswith /both and not proc.name = x"});
  Result<std::unique_ptr<LiveSource>> opened = open_live_source(options_for(*first));
  if (!opened && may_skip_live()) {
    GTEST_SKIP() << opened.error().to_string();
  }
  ASSERT_TRUE(opened);
  LiveSource& source = **opened;
  const Shared<std::atomic<uint64_t>> calls;
  const Shared<std::atomic<bool>> is_over;
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (!*is_over) {
      call_creat(both);
      ++*calls;
    }
    ::_exit(0);
  }
  uint64_t seen = 0;
  // Bounded: the caller may be faster than the reader.
  const auto take = [&](uint64_t max) {
    std::span<const std::byte> record;
    Event event;
    while (max-- > 0 && source.next(record, 0) == EventSource::Next::kRecord) {
      ASSERT_EQ(event.decode(record), DecodeError::kNone);
      seen +=
          event.kind() == EV_SYSCALL && event.task().pid == static_cast<uint32_t>(child) ? 1 : 0;
    }
  };
  for (int swap = 0; swap < kSwaps; ++swap) {
    ASSERT_TRUE(source.set_filter(tables_of((swap % 2 == 0 ? second : first)->filter())));
    take(kTakenPerSwap);
  }
  *is_over = true;
  ::waitpid(child, nullptr, 0);
  source.stop();
  take(UINT64_MAX);
  uint64_t lost = 0;
  for (const SourceCounter& counter : source.counters()) {
    lost += counter.is_loss && counter.kind == "syscall" ? counter.value : 0;
  }
  EXPECT_EQ(seen + lost, calls->load());
  EXPECT_GT(calls->load(), uint64_t{kSwaps});
}

}  // namespace
}  // namespace saker::test
