// SPDX-License-Identifier: Apache-2.0
// Opens that make the file that is refused to them. Needs a kernel that allows programs at LSM
// hooks (tests/vm).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>

#include "tests/support/enforcement.h"
#include "tests/support/fake_root.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

int closed(int fd) {
  const int error = errno_of(fd);
  ::close(fd);
  return error;
}

int make_by_openat2(const std::string& path) {
  open_how how{};
  how.flags = O_CREAT | O_WRONLY | O_CLOEXEC;
  how.mode = 0600;
  return closed(
      static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof(how))));
}

int make_to_write(const std::string& path) {
  return closed(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

// What opens and makes a file, a rule besides its path that refuses it, and whether the file is
// there afterwards.
struct Creation {
  const char* name;
  const char* condition;
  int (*open)(const std::string& path);
  bool is_made;

  friend void PrintTo(const Creation& creation, std::ostream* out) { *out << creation.name; }
};

constexpr Creation kCreations[] = {
    {"to_write", "evt.is_open_write=true", make_to_write, false},
    {"by_creat", "evt.is_open_create=true",
     [](const std::string& path) { return closed(::creat(path.c_str(), 0600)); }, false},
    {"to_read_by_a_rule_about_everything", "fd.type=file",
     [](const std::string& path) {
       return closed(::open(path.c_str(), O_CREAT | O_RDONLY | O_CLOEXEC, 0755));
     },
     false},
    {"by_openat2_whatever_it_is_for", "evt.is_open_create=true", make_by_openat2, false},
    // What it is for stands in memory that another thread can write to.
    {"by_openat2_to_write", "evt.is_open_write=true", make_by_openat2, true},
    // An access control list of the directory can take the right from it.
    {"to_be_executed", "evt.is_open_exec=true",
     [](const std::string& path) {
       return closed(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
     },
     true},
};

class Creations : public testing::TestWithParam<Creation> {};

TEST_P(Creations, AreRefusedBeforeTheFileIsMadeWhereThatIsCertain) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const std::string path = root.path("new");
  const auto rules = load_acting({"evt.type in (open, openat, openat2) and " +
                                  std::string(GetParam().condition) + " and fd.name=" + path});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(in_child([&] { return GetParam().open(path); }), EPERM);
  EXPECT_EQ(decisions_of(*source), (Decisions{{EV_DECISION_DENIED, "file_open"}}));
  EXPECT_EQ(std::filesystem::exists(path), GetParam().is_made);
}

INSTANTIATE_TEST_SUITE_P(Live, Creations, testing::ValuesIn(kCreations),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(LiveCreation, WhatIsOnlyAuditedIsMadeAndReportedOnce) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const std::string path = root.path("new");
  const auto rules =
      load_acting({"evt.type in (open, openat, openat2) and fd.name=" + path}, Enforcement::kAudit);
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(in_child([&] { return make_to_write(path); }), 0);
  EXPECT_EQ(decisions_of(*source), (Decisions{{EV_DECISION_WOULD_DENY, "file_open"}}));
  EXPECT_TRUE(std::filesystem::exists(path));
}

// mknod(2) makes regular files, too; the rule is about opens.
TEST(LiveCreation, OtherCallsThatMakeFilesAreNotMeant) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const std::string path = root.path("new");
  const auto rules = load_acting({"evt.type in (open, openat, openat2) and fd.name=" + path});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(in_child([&] { return errno_of(::mknod(path.c_str(), S_IFREG | 0600, 0)); }), 0);
  EXPECT_EQ(decisions_of(*source), Decisions{});
}

TEST(LiveCreation, TheAlertSaysWhatWouldHaveBeenMade) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const std::string path = root.path("new");
  std::ofstream(root.path("rules.yaml"))
      << "- rule: Made\n  desc: d\n  priority: ERROR\n  action: deny\n"
         "  output: 'file=%fd.name create=%evt.is_open_create flags=%evt.arg.flags end'\n"
         "  condition: evt.type in (open, openat, openat2) and evt.is_open_write=true and "
         "fd.name=" +
             path + "\n";
  auto started = Sensor::start({"-o", "enforcement.mode=on", "-r", root.path("rules.yaml")});
  ASSERT_TRUE(started) << started.error().to_string();
  EXPECT_EQ(in_child([&] { return make_to_write(path); }), EPERM);
  const std::string alert =
      (*started)->wait_for_alert({"\"Made\"", "\"denied\""}, std::chrono::seconds(20));
  EXPECT_NE(alert.find("file=" + path + " create=true flags=O_CREAT|O_WRONLY|"), std::string::npos)
      << alert;
  EXPECT_EQ((*started)->stop(), 0);
}

}  // namespace
}  // namespace saker::test
