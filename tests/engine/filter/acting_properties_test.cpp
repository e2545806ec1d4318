// SPDX-License-Identifier: Apache-2.0
// What hooks decide is what conditions say: random rules on random operations. A rule is loaded
// twice, once to deny, which gives tables, and once to alert, which is evaluated.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "engine/state/container.h"
#include "engine/state/process_table.h"
#include "tests/support/field_world.h"
#include "tests/support/policy_model.h"
#include "tests/support/random.h"

namespace saker {
namespace {

using test::Answer;
using test::FieldWorld;
using test::Operation;
using test::PolicyModel;
using test::Random;
using Texts = std::vector<std::string>;

std::shared_ptr<const RuleSet> load(const std::string& condition, std::string_view action,
                                    bool kills_at_hooks = true) {
  LoadOptions options;
  options.enforcement.mode = Enforcement::kOn;
  options.enforcement.kills_at_hooks = kills_at_hooks;
  const std::string yaml = "- rule: r\n  desc: d\n  condition: >\n    " + condition +
                           "\n  output: o\n  priority: INFO\n  action: " + std::string(action) +
                           "\n";
  return load_rules({std::make_shared<const SourceText>("a.yaml", yaml)}, options).rules;
}

const Texts kPaths = {"/",
                      "/etc",
                      "/etc/shadow",
                      "/etc/ssh/sshd_config",
                      "/etc/sshd",
                      "/root/.bashrc",
                      "/home/alice/.ssh/id_rsa",
                      "/usr/bin/x"};
const Texts kParts = {"ssh", "/etc", "id_", "a", "rc", "/.ssh/", "shadow"};
const Texts kNames = {"curl", "sh", "bash", "nginx", "systemd"};
const Texts kAddresses = {"10.0.0.1", "10.0.9.9", "127.0.0.1",  "169.254.169.254",
                          "::1",      "fd00::7",  "2001:db8::1"};
const Texts kNetworks = {"10.0.0.0/8", "10.0.0.0/20", "0.0.0.0/0",  "fd00::/8",
                         "::/0",       "::/64",       "127.0.0.0/9"};

// Paths by this field; comparisons that some hooks cannot decide are among them.
std::string random_path_test(Random& random, const std::string& field) {
  const auto path = [&] { return random.of(kPaths); };
  switch (random.below(8)) {
    case 0:
      return field + " = " + path();
    case 1:
      return field + " != " + path();
    case 2:
      return field + " in (" + path() + ", " + path() + ")";
    case 3:
      return field + " startswith " + path();
    case 4:
      return field + " pmatch (" + path() + ", " + path() + ")";
    case 5:
      return field + " contains " + random.of(kParts);
    case 6:
      return field + " endswith " + random.of(kParts);
    default:
      return field + " glob " + path() + "*";
  }
}

std::string random_process_test(Random& random) {
  const auto name = [&] { return random.of(kNames); };
  switch (random.below(6)) {
    case 0:
      return "proc.name in (" + name() + ", " + name() + ")";
    case 1:
      return "proc.name != " + name();
    case 2:
      return "proc.pname = " + name();
    case 3:
      return random.one_in(2) ? "container.id = host" : "container.id != host";
    case 4:
      return "user.uid " + std::string(random.one_in(2) ? "= 0" : "in (0, 1000)");
    default:
      return "proc.exepath startswith /usr/bin/" + std::string(random.one_in(2) ? "c" : "");
  }
}

std::string random_open_test(Random& random) {
  constexpr std::string_view kTests[] = {"evt.is_open_read = true",
                                         "evt.is_open_write = true",
                                         "evt.is_open_write != true",
                                         "evt.is_open_create = true",
                                         "fd.typechar = f",
                                         "fd.type = directory",
                                         "evt.is_open_create = false",
                                         "fd.num >= 0",
                                         "evt.res = SUCCESS",
                                         "evt.type = openat2",
                                         "fd.typechar in (f, d)",
                                         "evt.failed = true"};
  return random.one_in(2) ? random_path_test(random, random.one_in(3) ? "fs.path.name" : "fd.name")
         : random.one_in(2) ? std::string(random.of(kTests))
                            : random_process_test(random);
}

std::string random_rename_test(Random& random) {
  return random.one_in(3)
             ? random_process_test(random)
             : random_path_test(random, random.one_in(2) ? "fs.path.source" : "fs.path.target");
}

std::string random_connect_test(Random& random) {
  switch (random.below(6)) {
    case 0:
      return "fd.rip " + std::string(random.one_in(2) ? "= " : "!= ") + random.of(kAddresses);
    case 1:
      return "fd.sip in (" + random.of(kAddresses) + ", " + random.of(kAddresses) + ")";
    case 2:
      return "fd.rnet in (" + random.of(kNetworks) + ", " + random.of(kNetworks) + ")";
    case 3:
      return "fd.snet = " + random.of(kNetworks);
    case 4:
      return random.one_in(2) ? "fd.rport in (80, 443)" : "fd.sport != 53";
    default:
      return random.one_in(2) ? "fd.typechar = 4" : random_process_test(random);
  }
}

using Test = std::string (*)(Random& random);

// NOLINTNEXTLINE(misc-no-recursion): at most `depth`
std::string random_condition(Random& random, Test test, int depth) {
  std::string text = random.one_in(4) ? "not " : "";
  if (depth == 0 || random.one_in(4)) {
    return text + test(random);
  }
  text += "(" + random_condition(random, test, depth - 1);
  const std::string joint = random.one_in(2) ? " and " : " or ";
  for (size_t i = 1 + random.below(2); i > 0; --i) {
    text += joint + random_condition(random, test, depth - 1);
  }
  return text + ")";
}

void act_as_anyone(Random& random, FieldWorld& world) {
  world.task = random.one_in(2) ? FieldWorld::curl() : FieldWorld::containerised_shell();
  world.task.euid = random.one_in(2) ? 0 : 1000;
}

// What the kernel knows of the process that acts.
Operation operation_of(const Event& event) {
  const EventWorld& world = event.world();
  const bool is_host = world.containers->find(event.task().cgroup_id).short_id() == "host";
  Operation operation;
  operation.small[EV_DIM_RESULT] = 0;
  operation.small[EV_DIM_PLACE] = is_host ? EV_PLACE_HOST : EV_PLACE_CONTAINER;
  operation.user = event.task().euid;
  operation.name = event.process().comm;
  operation.exe = event.process().exe_path;
  if (const Process* parent = world.processes->find(event.process().parent)) {
    operation.parent_name = parent->comm;
  }
  return operation;
}

struct Played {
  const Event& event;
  Operation operation;
};

Played play_open(Random& random, FieldWorld& world) {
  constexpr uint64_t kFlags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_CREAT};
  constexpr uint32_t kModes[] = {S_IFREG | 0644, S_IFDIR | 0755, S_IFIFO | 0600, S_IFCHR | 0666};
  const uint64_t flags = random.of(kFlags);
  const bool is_memfd = random.one_in(6);
  ev_file file{};
  file.fd = 3;
  file.inode.mode = is_memfd ? S_IFREG | 0700U : random.of(kModes);
  file.inode.flags =
      ((flags & O_CREAT) != 0 ? EV_INODEF_CREATED : 0U) | (is_memfd ? EV_INODEF_MEMFD : 0U);
  const std::string path = random.of(kPaths);
  const std::string_view call = random.one_in(2) ? "open" : "openat";
  const std::array<uint64_t, 6> args = call == "open"
                                           ? std::array<uint64_t, 6>{0x1000, flags, 0600}
                                           : std::array<uint64_t, 6>{3, 0x1000, flags, 0600};
  const Event& event = world.syscall(call, 3, args, [&](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, path);
    writer.file(0, file, path, 0);
  });
  Operation operation = operation_of(event);
  operation.path = path;
  operation.small[EV_DIM_INTENT] = static_cast<uint32_t>(flags & EV_INTENT_ACCESS) |
                                   ((flags & O_CREAT) != 0 ? EV_INTENT_CREATE : 0);
  operation.small[EV_DIM_FILE_KIND] = is_memfd ? EV_KIND_NAMELESS : file.inode.mode >> 12U;
  return {event, operation};
}

Played play_rename(Random& random, FieldWorld& world) {
  const std::string from = random.of(kPaths);
  const std::string to = random.of(kPaths);
  const Event& event =
      world.syscall("renameat2", 0, {3, 0x1000, 3, 0x2000}, [&](RecordWriter& writer) {
        writer.section(EV_SEC_STRING, 0, from);
        writer.section(EV_SEC_STRING, 1, to);
      });
  Operation operation = operation_of(event);
  operation.path = from;
  operation.target = to;
  return {event, operation};
}

Played play_connect(Random& random, FieldWorld& world) {
  constexpr uint16_t kPorts[] = {53, 80, 443, 8080};
  const std::string& address = random.of(kAddresses);
  const bool is_v6 = address.find(':') != std::string::npos;
  const uint16_t port = random.of(kPorts);
  const std::string end = (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
  const std::string bytes = test::sockaddr_bytes(end);
  const Event& event = world.syscall("connect", 0, {3, 0x1000, 28}, [&](RecordWriter& writer) {
    test::add_inet_socket(writer, {.local = is_v6 ? "[::]:0" : "0.0.0.0:0"});
    writer.section(EV_SEC_SOCKADDR, 0, bytes);
  });
  Operation operation = operation_of(event);
  operation.number = port;
  operation.address =
      is_v6 ? bytes.substr(offsetof(sockaddr_in6, sin6_addr), 16)
            : std::string(10, '\0') + "\xff\xff" + bytes.substr(offsetof(sockaddr_in, sin_addr), 4);
  return {event, operation};
}

// Whatever it may be that is not known, certain answers stay.
void forget_something(Random& random, Operation& operation) {
  switch (random.below(5)) {
    case 0:
      operation.path.reset();
      break;
    case 1:
      operation.target.reset();
      break;
    case 2:
      operation.small[EV_DIM_PLACE].reset();
      break;
    case 3:
      operation.parent_name.reset();
      break;
    default:
      operation.exe.reset();
      break;
  }
}

struct Kind {
  ev_hook hook;
  std::string events;
  Test test;
  Played (*play)(Random& random, FieldWorld& world);
};

struct Counts {
  size_t rules = 0;
  size_t refused_rules = 0;
  size_t denied = 0;
  size_t allowed = 0;
  size_t unknown = 0;
};

void check(const Kind& kind, const std::string& condition, Random& random, Counts& counts) {
  const auto denying = load(condition, "deny");
  ++counts.rules;
  if (denying == nullptr) {
    ++counts.refused_rules;  // some comparison is not exact: that is what the other tests are about
    return;
  }
  const auto alerting = load(condition, "alert");
  ASSERT_NE(alerting, nullptr) << condition;
  const PolicyModel model(denying->filter());
  Matcher matcher(alerting);
  FieldWorld world;
  for (int i = 0; i < 40; ++i) {
    act_as_anyone(random, world);
    auto [event, operation] = kind.play(random, world);
    const bool holds = !matcher.match(event).empty();
    EXPECT_EQ(model.ask(kind.hook, EV_ACT_DENY, operation), holds ? Answer::kYes : Answer::kNo)
        << condition << "\non " << operation.path.value_or("?") << " "
        << operation.target.value_or("?") << " by " << operation.name.value_or("?");
    (holds ? counts.denied : counts.allowed) += 1;
    forget_something(random, operation);
    const Answer answer = model.ask(kind.hook, EV_ACT_DENY, operation);
    EXPECT_NE(answer, holds ? Answer::kNo : Answer::kYes) << condition;
    counts.unknown += answer == Answer::kUnknown ? 1 : 0;
    world.finish();
  }
}

TEST(ActingConditions, DecideAsTheConditionsSay) {
  const Kind kinds[] = {
      {EV_HOOK_FILE_OPEN, "open, openat, openat2", random_open_test, play_open},
      {EV_HOOK_PATH_RENAME, "rename, renameat, renameat2", random_rename_test, play_rename},
      {EV_HOOK_SOCKET_CONNECT, "connect", random_connect_test, play_connect},
  };
  Random random(20261123);
  for (const Kind& kind : kinds) {
    Counts counts;
    const std::string limit =
        kind.hook == EV_HOOK_SOCKET_CONNECT ? "fd.typechar in (4, 6) and " : "";
    for (int round = 0; round < 300; ++round) {
      const std::string condition =
          "evt.type in (" + kind.events + ") and " + limit + random_condition(random, kind.test, 2);
      check(kind, condition, random, counts);
    }
    // So that the test is about something.
    EXPECT_LT(counts.refused_rules, counts.rules * 2 / 3) << kind.events;
    EXPECT_GT(counts.denied, 500U) << kind.events;
    EXPECT_GT(counts.allowed, 500U) << kind.events;
    EXPECT_GT(counts.unknown, 50U) << kind.events;
  }
}

}  // namespace
}  // namespace saker
