// SPDX-License-Identifier: Apache-2.0
// A running sensor gets new rules: what it reports meanwhile.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "tests/live/reload_fixture.h"

namespace saker::test {
namespace {

using Reload = ReloadTest;

TEST_F(Reload, EachEventIsJudgedOnceByOneWholeSetOfRules) {
  constexpr int kReloads = 100;
  // Both want the numbers; what else they want, the kernel drops for the other.
  const std::string first = rule("A0", "a") + rule("A1", "n") + rule("A2", "n");
  const std::string second = rule("B0", "b") + rule("B1", "n") + rule("B2", "n");
  write_rules(first);
  ASSERT_NO_FATAL_FAILURE(start({"-o", "rule_matching=all", "-o", "watch_config_files=false", "-o",
                                 "outputs_queue.capacity=1000000"}));
  Numbers numbers(folder_);
  std::atomic<bool> is_over = false;
  std::thread reloads([&] {
    for (int i = 0; i < kReloads; ++i) {
      write_rules(i % 2 == 0 ? second : first);
      EXPECT_EQ(reload(), kReloaded);
      touch("a" + std::to_string(i));
      touch("b" + std::to_string(i));
    }
    is_over = true;
  });
  sensor_->read_until([&] { return is_over.load(); });
  reloads.join();
  const uint64_t made = numbers.end();
  const std::string last = "/n" + std::to_string(made - 1) + ".";
  EXPECT_FALSE(sensor_->wait_for_alert({last, "A2"}, kPatience).empty());

  // From the end of each reload on, its rules and no others are in force.
  for (int i = 0; i < kReloads; ++i) {
    const std::string number = std::to_string(i) + "\"";
    EXPECT_EQ(count_alerts("A0", "/a" + number), i % 2 == 0 ? 0 : 1) << i;
    EXPECT_EQ(count_alerts("B0", "/b" + number), i % 2 == 0 ? 1 : 0) << i;
  }
  const auto reports = reports_by_number(sensor_->alerts());
  const std::multiset<std::string> of_first = {"A1", "A2"};
  const std::multiset<std::string> of_second = {"B1", "B2"};
  uint64_t by_first = 0;
  uint64_t by_second = 0;
  for (const auto& [number, rules] : reports) {
    by_first += rules == of_first ? 1 : 0;
    by_second += rules == of_second ? 1 : 0;
  }
  EXPECT_EQ(reports.size(), made);
  EXPECT_EQ(by_first + by_second, made);
  EXPECT_GT(by_first, uint64_t{kReloads});
  EXPECT_GT(by_second, uint64_t{kReloads});
  const JsonDocument after = status();
  EXPECT_EQ(after.root()["reloads"]["succeeded"].number(), kReloads);
  EXPECT_EQ(after.root()["losses"]["total"].number(), 0) << ask(R"({"command": "status"})");
  EXPECT_EQ(sensor_->stop(), 0);
}

TEST_F(Reload, NewRulesMayAskForOtherCalls) {
  write_rules(rule("Makes", "f"));
  ASSERT_NO_FATAL_FAILURE(start({"-o", "watch_config_files=false"}));
  // Of these an argument is read when they begin: a program more.
  write_rules(
      "- rule: Removes\n  desc: d\n  condition: evt.type in (unlink, unlinkat) and "
      "fs.path.name startswith " +
      (folder_ / "f").string() + "\n  output: '%fs.path.name'\n  priority: NOTICE\n");
  EXPECT_EQ(reload(), kReloaded);
  touch("f1");
  ::unlink((folder_ / "f1").c_str());
  EXPECT_FALSE(sensor_->wait_for_alert({"Removes", "/f1"}, kPatience).empty());
  write_rules(rule("Makes", "f"));
  EXPECT_EQ(reload(), kReloaded);
  ::unlink((folder_ / "f2").c_str());
  EXPECT_TRUE(reports("Makes", "f3"));
  EXPECT_EQ(sensor_->alerts().size(), 2U);
}

TEST_F(Reload, SighupReloads) {
  write_rules(rule("Old", "f"));
  ASSERT_NO_FATAL_FAILURE(start({"-o", "watch_config_files=false"}));
  write_rules(rule("New", "f"));
  ASSERT_EQ(::kill(sensor_->pid(), SIGHUP), 0);
  EXPECT_TRUE(sensor_->wait_for_log("reload (SIGHUP): 1 rules", kPatience));
  EXPECT_TRUE(reports("New", "f1"));
  EXPECT_EQ(sensor_->alerts().size(), 1U);
}

TEST_F(Reload, AChangedFileIsReloadedOnceItIsQuiet) {
  write_rules(rule("Old", "f"));
  ASSERT_NO_FATAL_FAILURE(start({}));
  // In parts, the first of which are no rule file.
  const std::string text = rule("New", "f");
  for (size_t size = 1; size < text.size(); size += 40) {
    std::ofstream(folder_ / "rules.yaml") << text.substr(0, size);
  }
  std::ofstream(folder_ / "rules.yaml") << text;
  EXPECT_TRUE(sensor_->wait_for_log("reload (file change): 1 rules", kPatience));
  EXPECT_TRUE(reports("New", "f1"));
}

TEST_F(Reload, SettingsThatNeedARestartAreNamed) {
  write_rules(rule("Rule", "f"));
  std::ofstream(folder_ / "saker.yaml") << "priority: debug\n";
  ASSERT_NO_FATAL_FAILURE(start({"-o", "watch_config_files=false", "-c", folder_ / "saker.yaml"}));
  std::ofstream(folder_ / "saker.yaml") << "ring_size_bytes: 1048576\npriority: error\n";
  EXPECT_EQ(reload(), kReloaded);
  EXPECT_TRUE(sensor_->wait_for_log("a restart is needed for what has changed of ring_size_bytes\n",
                                    kPatience));
  const JsonDocument after = status();
  EXPECT_EQ(after.root()["restart_needed_for"].to_json(), R"(["ring_size_bytes"])");
  EXPECT_EQ(after.root()["rules"].number(), 0);  // by the new priority
}

}  // namespace
}  // namespace saker::test
