// SPDX-License-Identifier: Apache-2.0
// Rules that deny connections where no program at an LSM hook can be had: through programs at the
// root of the cgroups. Works on any kernel, beside LSM hooks, too.
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "cmd/filter_tables.h"
#include "engine/base/unique_fd.h"
#include "probes/cgroup_root.h"
#include "probes/live_source.h"
#include "tests/support/addresses.h"
#include "tests/support/enforcement.h"
#include "tests/support/live_capture.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

constexpr uint16_t kDeniedPort = 4141;
constexpr uint16_t kAllowedPort = 4242;

// Of a socket of the address's family. Only a refusal counts: nobody listens, or there is no way.
template <typename Address, typename Call>
int is_refused(int type, const Address& address, Call call) {
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  const UniqueFd socket(::socket(raw->sa_family, type | SOCK_CLOEXEC, 0));
  const int error = errno_of(call(socket.get(), raw, sizeof(address)));
  return error == EPERM ? EPERM : 0;
}

long send_one(int socket, const sockaddr* to, socklen_t size) {
  return ::sendto(socket, "x", 1, MSG_DONTWAIT, to, size);
}
long send_fast_open(int socket, const sockaddr* to, socklen_t size) {
  return ::sendto(socket, "x", 1, MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL, to, size);
}

struct CgroupCase {
  std::string_view name;
  std::string_view hook;
  std::string_view condition;  // without the port
  int (*act)(uint16_t port);

  friend void PrintTo(const CgroupCase& one, std::ostream* out) { *out << one.name; }
};

constexpr std::string_view kConnects =
    "evt.type=connect and fd.typechar in (4, 6) and fd.rip=127.0.0.1 and fd.rport=";
constexpr std::string_view kConnects6 =
    "evt.type=connect and fd.typechar in (4, 6) and fd.rip=\"::1\" and fd.rport=";
constexpr std::string_view kBinds = "evt.type=bind and fd.typechar in (4, 6) and fd.lport=";

constexpr CgroupCase kCases[] = {
    {"connect4", "socket_connect", kConnects,
     [](uint16_t port) { return is_refused(SOCK_STREAM, address4("127.0.0.1", port), ::connect); }},
    {"connect6", "socket_connect", kConnects6,
     [](uint16_t port) { return is_refused(SOCK_STREAM, address6("::1", port), ::connect); }},
    {"mapped", "socket_connect", kConnects,
     [](uint16_t port) {
       return is_refused(SOCK_STREAM, address6("::ffff:127.0.0.1", port), ::connect);
     }},
    {"udp_connect", "socket_connect", kConnects,
     [](uint16_t port) { return is_refused(SOCK_DGRAM, address4("127.0.0.1", port), ::connect); }},
    {"sendto4", "socket_connect", kConnects,
     [](uint16_t port) { return is_refused(SOCK_DGRAM, address4("127.0.0.1", port), send_one); }},
    {"sendto6", "socket_connect", kConnects6,
     [](uint16_t port) { return is_refused(SOCK_DGRAM, address6("::1", port), send_one); }},
    {"sendto_mapped", "socket_connect", kConnects,
     [](uint16_t port) {
       return is_refused(SOCK_DGRAM, address6("::ffff:127.0.0.1", port), send_one);
     }},
    {"fast_open", "socket_connect", kConnects,
     [](uint16_t port) {
       return is_refused(SOCK_STREAM, address4("127.0.0.1", port), send_fast_open);
     }},
    {"bind4", "socket_bind", kBinds,
     [](uint16_t port) { return is_refused(SOCK_STREAM, address4("127.0.0.1", port), ::bind); }},
    {"bind6", "socket_bind", kBinds,
     [](uint16_t port) { return is_refused(SOCK_STREAM, address6("::1", port), ::bind); }},
};

class CgroupHooks : public testing::TestWithParam<CgroupCase> {
 protected:
  static void SetUpTestSuite() {
    if (can_decide_at_cgroups()) {
      source() = open_deciding_source({}, HookMeans::kCgroups);
    }
  }
  static void TearDownTestSuite() { source().reset(); }
  static std::unique_ptr<LiveSource>& source() {
    static std::unique_ptr<LiveSource> opened;
    return opened;
  }

  void SetUp() override {
    SAKER_NEEDS_CGROUP_HOOKS();
    ASSERT_NE(source(), nullptr);
    if (GetParam().name.find('6') != std::string_view::npos ||
        GetParam().name.find("mapped") != std::string_view::npos) {
      const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (!socket) {
        GTEST_SKIP() << "no IPv6";
      }
    }
  }
  static void decide(Enforcement mode) {
    const auto rules =
        load_acting({std::string(GetParam().condition) + std::to_string(kDeniedPort)}, mode);
    ASSERT_NE(rules, nullptr);
    ASSERT_TRUE(source()->set_filter(tables_of(rules->filter())));
    decisions_of(*source());
  }
  static int act(uint16_t port) {
    return in_child([port] { return GetParam().act(port); });
  }
};

TEST_P(CgroupHooks, RefuseWhatTheRuleSaysAndNothingElse) {
  ASSERT_NO_FATAL_FAILURE(decide(Enforcement::kOn));
  EXPECT_EQ(act(kAllowedPort), 0);
  EXPECT_EQ(decisions_of(*source()), Decisions{});
  EXPECT_EQ(act(kDeniedPort), EPERM);
  EXPECT_EQ(decisions_of(*source()), (Decisions{{EV_DECISION_DENIED, GetParam().hook}}));
}

TEST_P(CgroupHooks, InAuditLetItGoOnAndSaySo) {
  ASSERT_NO_FATAL_FAILURE(decide(Enforcement::kAudit));
  EXPECT_EQ(act(kDeniedPort), 0);
  EXPECT_EQ(decisions_of(*source()), (Decisions{{EV_DECISION_WOULD_DENY, GetParam().hook}}));
}

INSTANTIATE_TEST_SUITE_P(Live, CgroupHooks, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

constexpr bpf_attach_type kAttachTypes[] = {
    BPF_CGROUP_INET4_BIND,    BPF_CGROUP_INET6_BIND,   BPF_CGROUP_INET4_CONNECT,
    BPF_CGROUP_INET6_CONNECT, BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG,
};

// How many programs there are at the root, of each type.
std::array<uint32_t, std::size(kAttachTypes)> count_attached() {
  std::array<uint32_t, std::size(kAttachTypes)> counts{};
  const auto root = open_cgroup_root();
  EXPECT_TRUE(root) << root.error().to_string();
  for (size_t i = 0; root && i < counts.size(); ++i) {
    bpf_attr attr;
    std::memset(&attr, 0, sizeof(attr));
    attr.query.target_fd = static_cast<uint32_t>(root->get());
    attr.query.attach_type = kAttachTypes[i];
    EXPECT_EQ(::syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)), 0);
    counts[i] = attr.query.prog_cnt;
  }
  return counts;
}

TEST(LiveCgroupHooks, AreAttachedWhileARuleNeedsThem) {
  SAKER_NEEDS_CGROUP_HOOKS();
  const auto before = count_attached();
  auto expected = before;
  {
    const auto source = open_deciding_source({}, HookMeans::kCgroups);
    ASSERT_NE(source, nullptr);
    EXPECT_EQ(count_attached(), before) << "no rule decides";
    const auto connects = load_acting({std::string(kConnects) + "4141"});
    ASSERT_NE(connects, nullptr);
    ASSERT_TRUE(source->set_filter(tables_of(connects->filter())));
    for (size_t i = 2; i < expected.size(); ++i) {
      ++expected[i];
    }
    EXPECT_EQ(count_attached(), expected) << "none decides about binds";
    ASSERT_TRUE(source->set_filter({}));
    EXPECT_EQ(count_attached(), before);
    ASSERT_TRUE(source->set_filter(tables_of(connects->filter())));
  }
  EXPECT_EQ(count_attached(), before) << "the source is gone";
}

TEST(LiveCgroupHooks, APolicyOfOtherHooksIsRefused) {
  SAKER_NEEDS_CGROUP_HOOKS();
  const auto rules = load_acting({"evt.type in (open, openat, openat2) and fd.name=/nowhere"});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source({}, HookMeans::kCgroups);
  ASSERT_NE(source, nullptr);
  const Result<void> set = source->set_filter(tables_of(rules->filter()));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().what, "no program can decide at hook 0 here");
}

TEST(LiveCgroupHooks, LeaveNoGapWhenThePolicyIsReplaced) {
  SAKER_NEEDS_CGROUP_HOOKS();
  constexpr uint64_t kAttempts = 20'000;
  const auto first = load_acting({std::string(kConnects) + "4141"});
  const auto second =
      load_acting({"evt.type=connect and fd.typechar in (4, 6) and fd.rnet=127.0.0.0/8 and "
                   "fd.rport=4141 and user.uid=" +
                   std::to_string(::getuid())});
  ASSERT_TRUE(first != nullptr && second != nullptr);
  const auto source = open_deciding_source(first->filter(), HookMeans::kCgroups);
  ASSERT_NE(source, nullptr);
  const Shared<std::atomic<uint64_t>> tried;
  const Shared<std::atomic<uint64_t>> worked;
  const Shared<std::atomic<bool>> is_over;
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (!*is_over) {
      *worked += is_refused(SOCK_STREAM, address4("127.0.0.1", kDeniedPort), ::connect) == 0;
      ++*tried;
    }
    ::_exit(0);
  }
  for (int swaps = 0; *tried < kAttempts || swaps < 20; ++swaps) {
    EXPECT_TRUE(source->set_filter(tables_of((swaps % 2 == 0 ? second : first)->filter())));
  }
  *is_over = true;
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(*worked, 0U);
}

// The example's other rules only alert where no program at an LSM hook can be had.
TEST(LiveCgroupHooks, TheExampleKeepsTheMetadataAddressFromBeingReached) {
  const HookFinding found = find_hooks();
  if (const std::string& missing = found.missing[EV_HOOK_SOCKET_CONNECT]; !missing.empty()) {
    ASSERT_EQ(std::getenv("SAKER_REQUIRE_ENFORCEMENT"), nullptr) << missing;
    GTEST_SKIP() << missing;
  }
  auto started =
      Sensor::start({"-o", "enforcement.mode=on", "-o", "enforcement.fallback=alert", "-r",
                     std::string(SAKER_SOURCE_DIR) + "/rules/examples/refuse.yaml"});
  ASSERT_TRUE(started) << started.error().to_string();
  Sensor& sensor = **started;
  const auto connect = [] {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in address = address4("169.254.169.254", 80);
    return errno_of(
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
  };
  EXPECT_EQ(in_child(connect), EPERM);
  const std::string alert = sensor.wait_for_alert(
      {"Metadata address", "\"denied\"", "socket_connect"}, std::chrono::seconds(20));
  EXPECT_NE(alert, "");
  EXPECT_NE(alert.find("refused a connection to 169.254.169.254:80"), std::string::npos) << alert;
  EXPECT_EQ(sensor.stop(), 0);
  EXPECT_NE(in_child(connect), EPERM) << "the sensor has ended";
}

}  // namespace
}  // namespace saker::test
