// SPDX-License-Identifier: Apache-2.0
// Reloads when something is wrong: with the files, the disk, an output. What does not load leaves
// the rules in force, and the reason is in the log, in an alert, in the metrics and in the status.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "cmd/file_watch.h"
#include "engine/base/unique_fd.h"
#include "tests/live/reload_fixture.h"
#include "tests/support/addresses.h"
#include "tests/support/small_disk.h"

namespace saker::test {
namespace {

class ReloadTrouble : public ReloadTest {
 protected:
  // The rule "Old" is in force.
  void start_with_old_rule(const std::vector<std::string>& args) {
    write_rules(rule("Old", "Old"));
    start(with_metrics(args));
  }

  // A reload is refused for this problem, everything says so, and the rule before stays.
  void expect_refused(const std::string& problem) {
    const std::string version(status().root()["version"].text());
    const std::string number = std::to_string(++refused_);
    EXPECT_NE(reload().find(problem), std::string::npos);
    EXPECT_TRUE(sensor_->wait_for_log(
        "error: reload (saker reload) failed, the rules in force stay: " + problem, kPatience));
    EXPECT_NE(
        sensor_->wait_for_alert({"Saker internal: reload failed", "problem=" + problem}, kPatience),
        "");
    EXPECT_TRUE(comes_to_tell(R"(saker_reloads_total{result="failed"} )" + number));
    const JsonDocument after = status();
    EXPECT_TRUE(after.root()["reloads"]["last"]["problem"].text().starts_with(problem));
    EXPECT_EQ(after.root()["version"].text(), version);
    EXPECT_TRUE(reports(in_force_, in_force_ + number));
  }
  // A reload that is fine is made, whatever else is wrong: the rule "New" is in force.
  void expect_reloaded() {
    in_force_ = "New";
    write_rules(rule(in_force_, in_force_));
    EXPECT_EQ(reload(), kReloaded);
    EXPECT_TRUE(reports(in_force_, in_force_));
  }

 private:
  std::string in_force_ = "Old";
  int refused_ = 0;
};

// A port of this host where nobody listens, for as long as this lives.
class SilentPort {
 public:
  SilentPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  UniqueFd fd_;
  uint16_t port_ = 0;
};

// Writes what there is room for.
size_t write_some(const std::string& path, const std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  EXPECT_TRUE(fd);
  size_t written = 0;
  ssize_t size = 1;
  while (size > 0 && written < text.size()) {
    size = ::write(fd.get(), text.data() + written, text.size() - written);
    written += size > 0 ? static_cast<size_t>(size) : 0;
  }
  return written;
}

TEST_F(ReloadTrouble, ARuleWithAMistakeIsNotLoaded) {
  ASSERT_NO_FATAL_FAILURE(start_with_old_rule({"-o", "watch_config_files=false"}));
  write_rules(rule("New", "New") + "- rule: Half");
  expect_refused((folder_ / "rules.yaml").string() + ":6:9-12: error: ");
  write_rules(rule("New", "New") + "  condition: evt.type = open\n");
  expect_refused((folder_ / "rules.yaml").string() + ":6:3-11: error: ");
  EXPECT_EQ(status().root()["reloads"]["succeeded"].number(), 0);
  expect_reloaded();
}

TEST_F(ReloadTrouble, AHalfWrittenFileIsNotLoadedUntilItIsWhole) {
  ASSERT_NO_FATAL_FAILURE(start_with_old_rule({}));
  const std::string path = folder_ / "rules.yaml";
  const std::string text = rule("New", "New");
  {
    std::ofstream file(path);
    expect_refused("'" + path + "' has become empty");
    file << text.substr(0, text.size() / 2) << std::flush;
    expect_refused(path + ":1:9-11: error: ");
    file << text.substr(text.size() / 2);
  }
  EXPECT_TRUE(sensor_->wait_for_log("reload (file change): 1 rules", kPatience));
  EXPECT_TRUE(reports("New", "New"));
  EXPECT_EQ(status().root()["reloads"]["failed"].number(), 2);
}

TEST_F(ReloadTrouble, WhatAReloadHasReadTheWatchDoesNotTryAgain) {
  using Clock = std::chrono::steady_clock;
  ASSERT_NO_FATAL_FAILURE(start_with_old_rule({}));
  const auto written = Clock::now();
  write_rules("- rule: Half");
  EXPECT_NE(reload(), kReloaded);
  if (Clock::now() - written >= Settling::kQuiet) {
    GTEST_SKIP() << "the watch was faster than this test";
  }
  EXPECT_FALSE(sensor_->wait_for_log("reload (file change)", Settling::kQuiet * 3));
  write_rules(rule("New", "New"));
  EXPECT_TRUE(sensor_->wait_for_log("reload (file change): 1 rules", kPatience));
}

TEST_F(ReloadTrouble, AnOutageOfTheBrokerKeepsNoReloadWaiting) {
  const SilentPort broker;
  ASSERT_NO_FATAL_FAILURE(start_with_old_rule({"-o", "watch_config_files=false", "-o",
                                               "spool.directory=" + (folder_ / "spool").string(),
                                               "-o", "kafka_output.enabled=true", "-o",
                                               "kafka_output.brokers=[" + broker.address() + "]"}));
  EXPECT_TRUE(reports("Old", "Old"));
  EXPECT_TRUE(comes_to_tell(R"(saker_output_failing{output="kafka"} 1)"));
  write_rules("- rule: Half");
  expect_refused((folder_ / "rules.yaml").string() + ":1:9-12: error: ");
  expect_reloaded();
  EXPECT_TRUE(comes_to_tell(R"(saker_output_failing{output="kafka"} 1)"));
}

// With the alerts, the spool and a rule file on it.
TEST_F(ReloadTrouble, AFullDiskKeepsNoReloadWaiting) {
  constexpr size_t kDiskBytes = size_t{1} << 20U;
  constexpr size_t kPageBytes = 4096;
  const SmallDisk disk(kDiskBytes);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a file system";
  }
  const SilentPort broker;
  const std::string rules = disk.path("more.yaml");
  const std::string ballast = disk.path("ballast");
  const std::string text = "# " + std::string(kPageBytes - 100, 'x') + "\n" + rule("More", "More");
  EXPECT_EQ(write_some(rules, text), text.size());
  ASSERT_NO_FATAL_FAILURE(start_with_old_rule(
      {"-r", rules, "-o", "watch_config_files=false", "-o", "spool.directory=" + disk.path("spool"),
       "-o", "kafka_output.enabled=true", "-o", "kafka_output.brokers=[" + broker.address() + "]",
       "-o", "file_output.enabled=true", "-o", "file_output.filename=" + disk.path("alerts")}));
  write_some(ballast, std::string(kDiskBytes, 'x'));
  EXPECT_TRUE(reports("Old", "Old"));
  EXPECT_TRUE(comes_to_tell(R"(saker_output_failing{output="file"} 1)"));
  expect_reloaded();

  // What an editor leaves that writes the file anew: nothing, or the beginning.
  EXPECT_EQ(::truncate(rules.c_str(), 0), 0);
  write_some(ballast, std::string(kDiskBytes, 'x'));
  ASSERT_EQ(write_some(rules, text), 0U);
  expect_refused("'" + rules + "' has become empty");
  EXPECT_EQ(::truncate(ballast.c_str(), kPageBytes), 0);
}

}  // namespace
}  // namespace saker::test
