// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_operations.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <string>
#include <vector>

#include "engine/base/strings.h"
#include "engine/decision.h"
#include "engine/event.h"
#include "engine/fields/fields_endpoint.h"
#include "tests/support/fake_process.h"
#include "tests/support/fake_root.h"

namespace saker {
namespace {

using test::add_descriptor;
using test::FakeRoot;

constexpr std::string_view kTcpTitle = "  sl  local_address rem_address   st\n";

std::string tcp_line(const std::string& ends, const std::string& state, const std::string& inode) {
  return "   0: " + ends + " " + state + " 0:0 0:0 0 0 0 " + inode + "\n";
}

class ProcOperationsTest : public testing::Test {
 protected:
  ProcOperationsTest() {
    process_.key.pid = process_.task.pid = process_.task.tid = 42;
    process_.comm = "prog";
    process_.exe_path = "/bin/prog";
    process_.exe_inode.ino = 9;
    root_.directory("proc/42/fd");
    root_.file("proc/42/maps", "");
    root_.link("proc/42/ns/net", "net:[1]");
    for (const char* file : {"tcp", "tcp6", "udp", "udp6"}) {
      root_.file(std::string("proc/42/net/") + file, "");
    }
  }

  // "HOOK OBJECT" of each record, in their order.
  std::vector<std::string> read(const ProcOperations::Hooks& hooks) {
    std::vector<std::string> found;
    is_whole_ = operations_.read(process_, hooks, [&](std::span<const std::byte> record) {
      ASSERT_EQ(event_.decode(record), DecodeError::kNone);
      EXPECT_EQ(event_.decision(), EV_DECISION_DENIED);
      EXPECT_EQ(event_.task().pid, 42U);
      EXPECT_EQ(event_.return_value(), 0);
      std::string text(hook_name(event_.hook()));
      append_escaped(text += ' ', event_.file_path());
      found.push_back(text);
    });
    return found;
  }
  std::vector<std::string> read(ev_hook hook) { return read(ProcOperations::Hooks().set(hook)); }

  FakeRoot root_;
  ProcOperations operations_{root_.path()};
  Process process_;
  Event event_;  // the last one
  bool is_whole_ = false;
};

using Texts = std::vector<std::string>;

TEST_F(ProcOperationsTest, ShowsTheExecOfAProcess) {
  EXPECT_EQ(read(EV_HOOK_BPRM_CHECK), Texts{"bprm_check_security /bin/prog"});
  EXPECT_TRUE(is_whole_);
  EXPECT_EQ(event_.syscall()->nr, static_cast<uint32_t>(SYS_execve));
  EXPECT_EQ(event_.file()->inode.ino, 9U);
  EXPECT_EQ(event_.section(EV_SEC_STRING).bytes, "prog");
  process_.exe_path.clear();
  EXPECT_EQ(read(EV_HOOK_BPRM_CHECK), Texts{}) << "it cannot be seen";
}

TEST_F(ProcOperationsTest, ShowsOpenFilesWithTheirIntent) {
  root_.file("data", "");
  const std::string data = root_.path("data");
  add_descriptor(root_, 42, 3, data, "0100001");
  EXPECT_EQ(read(EV_HOOK_FILE_OPEN), Texts{"file_open " + data});
  EXPECT_TRUE(is_whole_);
  EXPECT_EQ(event_.file()->open_flags, 0100001U);
  EXPECT_EQ(event_.file()->fd, 3);
  EXPECT_EQ(event_.file()->inode.mode & S_IFMT, static_cast<uint32_t>(S_IFREG));
}

TEST_F(ProcOperationsTest, LeavesOutWhatIsNotOpenedByPath) {
  add_descriptor(root_, 42, 3, root_.path("proc"), "010000000");  // O_PATH
  add_descriptor(root_, 42, 4, "pipe:[5]", "0");
  add_descriptor(root_, 42, 5, "anon_inode:[eventfd]", "02");
  add_descriptor(root_, 42, 6, "socket:[5]", "02");
  EXPECT_EQ(read(EV_HOOK_FILE_OPEN), Texts{});
  EXPECT_TRUE(is_whole_);
}

TEST_F(ProcOperationsTest, LeavesOutWhatIsGoneOrNonsense) {
  add_descriptor(root_, 42, 3, root_.path("missing"), "0");
  add_descriptor(root_, 42, 4, root_.path("proc"), "nonsense");
  root_.link("proc/42/fd/5", root_.path("proc"));  // without fdinfo
  root_.link("proc/42/fd/x", root_.path("proc"));
  EXPECT_EQ(read(EV_HOOK_FILE_OPEN), Texts{});
  EXPECT_TRUE(is_whole_);
}

TEST_F(ProcOperationsTest, ShowsExecutableMappingsOncePerFile) {
  root_.file("proc/42/maps",
             "5600-5601 r--p 00000000 fe:01 7                  /bin/a b\n"
             "5601-5602 r-xp 00001000 fe:01 7                  /bin/a b\n"
             "5602-5603 r-xp 00002000 fe:01 7                  /bin/a b\n"
             "7000-7001 r-xp 00000000 fe:01 8                  /tmp/x\\012y (deleted)\n"
             "7001-7002 rwxp 00000000 00:00 0 \n"
             "7002-7003 r-xp 00000000 00:00 0                  [vdso]\n"
             "7003-7004 r-xp\n"
             "nonsense\n");
  EXPECT_EQ(read(EV_HOOK_MMAP_FILE), (Texts{"mmap_file /bin/a b", "mmap_file /tmp/x\\ny"}));
  EXPECT_TRUE(is_whole_);
  EXPECT_EQ(event_.arg(2), static_cast<uint64_t>(PROT_READ | PROT_EXEC));
}

TEST_F(ProcOperationsTest, SaysThatThereIsMoreThanItReads) {
  const std::string line = "5601-5602 r-xp 00001000 fe:01 7 /bin/a\n";
  std::string maps;
  while (maps.size() <= ProcOperations::kMaxMapsBytes) {
    maps += line;
  }
  root_.file("proc/42/maps", maps);
  EXPECT_EQ(read(EV_HOOK_MMAP_FILE), Texts{"mmap_file /bin/a"}) << "no part of a line";
  EXPECT_FALSE(is_whole_);
  for (size_t fd = 0; fd <= ProcOperations::kMaxDescriptors; ++fd) {
    root_.link("proc/42/fd/" + std::to_string(fd), "pipe:[1]");
  }
  EXPECT_EQ(read(EV_HOOK_FILE_OPEN), Texts{});
  EXPECT_FALSE(is_whole_);
}

TEST_F(ProcOperationsTest, ShowsWhatSocketsWereMadeFor) {
  const std::string listens = "0100007F:0016 00000000:0000";
  const std::string accepted = "0100007F:0016 0100007F:9000";
  const std::string connected = "0100007F:A000 0202000A:0050";
  root_.file("proc/42/net/tcp", std::string(kTcpTitle) + tcp_line(listens, "0A", "1") +
                                    tcp_line(accepted, "01", "2") + tcp_line(connected, "01", "3"));
  const auto hooks = ProcOperations::Hooks()
                         .set(EV_HOOK_SOCKET_BIND)
                         .set(EV_HOOK_SOCKET_LISTEN)
                         .set(EV_HOOK_SOCKET_CONNECT);
  add_descriptor(root_, 42, 3, "socket:[1]", "02");
  EXPECT_EQ(read(hooks), (Texts{"socket_bind ", "socket_listen "}));
  ASSERT_NE(connection_of(event_), nullptr);
  EXPECT_EQ(connection_of(event_)->local.port, 22);
  EXPECT_EQ(connection_of(event_)->local.ip.bytes[0], 127);

  add_descriptor(root_, 42, 4, "socket:[2]", "02");
  add_descriptor(root_, 42, 5, "socket:[3]", "02");
  EXPECT_EQ(read(EV_HOOK_SOCKET_CONNECT), Texts{"socket_connect "});
  ASSERT_NE(connection_of(event_), nullptr);
  EXPECT_EQ(connection_of(event_)->remote.port, 80);
  EXPECT_EQ(connection_of(event_)->remote.ip.bytes[0], 10);

  EXPECT_EQ(read(EV_HOOK_SOCKET_BIND), Texts{"socket_bind "});
  ASSERT_NE(connection_of(event_), nullptr);
  EXPECT_EQ(connection_of(event_)->local.port, 22);
  EXPECT_TRUE(is_whole_);
}

TEST_F(ProcOperationsTest, AsksForNothingThatIsNotWanted) {
  process_.key.pid = 43;  // of which there is nothing to be read
  EXPECT_EQ(read(ProcOperations::Hooks()), Texts{});
  EXPECT_TRUE(is_whole_);
}

}  // namespace
}  // namespace saker
