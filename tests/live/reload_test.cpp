// SPDX-License-Identifier: Apache-2.0
// A running sensor gets new rules: what it reports meanwhile, and what becomes of bad ones.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cmd/control_client.h"
#include "engine/base/json.h"
#include "outputs/http_client.h"
#include "tests/support/live_capture.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

using std::chrono::seconds;

constexpr seconds kPatience{30};

class Reload : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "saker-reload-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Puts a rule file in place, as editors do.
  void write_rules(const std::string& text) const {
    std::ofstream(folder_ / "rules.new") << text;
    std::filesystem::rename(folder_ / "rules.new", folder_ / "rules.yaml");
  }
  [[nodiscard]] std::string rule(const std::string& name, const std::string& file) const {
    return "- rule: " + name +
           "\n  desc: d\n  condition: evt.type = creat and fd.name startswith " +
           (folder_ / file).string() + "\n  output: '%fd.name'\n  priority: NOTICE\n";
  }
  // Fails, or skips where BPF is refused.
  void start(std::vector<std::string> args) {
    args.insert(args.end(), {"-o", "control.socket=" + socket(), "-r", folder_ / "rules.yaml"});
    auto started = Sensor::start(args);
    if (!started && may_skip_live()) {
      GTEST_SKIP() << started.error().to_string();
    }
    ASSERT_TRUE(started) << started.error().to_string();
    sensor_ = std::move(*started);
  }
  [[nodiscard]] std::string socket() const { return folder_ / "control.sock"; }
  [[nodiscard]] std::string ask(const std::string& request) const {
    const auto answer = ask_sensor(socket(), request, kPatience);
    return answer ? *answer : answer.error().to_string();
  }
  [[nodiscard]] std::string reload() const { return ask(R"({"command": "reload", "wait": true})"); }
  [[nodiscard]] JsonDocument status() const {
    auto document = JsonDocument::parse(ask(R"({"command": "status"})"));
    EXPECT_TRUE(document);
    return document ? std::move(*document) : *JsonDocument::parse("{}");
  }
  void touch(const std::string& file) const {
    const int fd = ::creat((folder_ / file).c_str(), 0600);
    EXPECT_GE(fd, 0);
    ::close(fd);
  }
  [[nodiscard]] int64_t count_alerts(const std::string& name, const std::string& text) const {
    return std::ranges::count_if(sensor_->alerts(), [&](const std::string& alert) {
      return alert.find("\"" + name + "\"") != std::string::npos &&
             alert.find(text) != std::string::npos;
    });
  }
  [[nodiscard]] std::string fetch_metrics() const {
    const std::string mark = "listening on 127.0.0.1 port ";
    const size_t begin = sensor_->log().find(mark) + mark.size();
    const std::string port = sensor_->log().substr(begin, sensor_->log().find('\n', begin) - begin);
    auto client = HttpClient::make({.url = "http://127.0.0.1:" + port + "/metrics",
                                    .max_body_bytes = size_t{1} << 20U,
                                    .use_proxies = false});
    return client ? client->get().body : client.error().to_string();
  }
  // Whether making this file gives an alert of the rule.
  bool reports(const std::string& name, const std::string& file) {
    touch(file);
    return !sensor_->wait_for_alert({"\"rule\":\"" + name + "\"", "/" + file}, kPatience).empty();
  }

  std::filesystem::path folder_;
  std::unique_ptr<Sensor> sensor_;
};

// Makes numbered files, one after the other with a pause, until it is told to end.
class Numbers {
 public:
  explicit Numbers(const std::filesystem::path& folder) {
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (; !*is_over_; ++*made_) {
        const std::string path = folder / ("n" + std::to_string(made_->load()) + ".");
        ::close(::creat(path.c_str(), 0600));
        ::unlink(path.c_str());
        const timespec pause = {0, 1'000'000};  // no more than the slowest sensor takes
        ::nanosleep(&pause, nullptr);
      }
      ::_exit(0);
    }
  }
  ~Numbers() { end(); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;

  // How many it has made.
  uint64_t end() {
    if (child_ > 0) {
      *is_over_ = true;
      ::waitpid(child_, nullptr, 0);
      child_ = -1;
    }
    return *made_;
  }

 private:
  Shared<std::atomic<uint64_t>> made_;
  Shared<std::atomic<bool>> is_over_;
  pid_t child_ = -1;
};

// The rules that reported each number.
std::map<uint64_t, std::multiset<std::string>> reports_by_number(
    const std::vector<std::string>& alerts) {
  std::map<uint64_t, std::multiset<std::string>> reports;
  for (const std::string& alert : alerts) {
    const auto document = JsonDocument::parse(alert);
    const std::string_view path = document->root()["output_fields"]["fd.name"].text();
    const size_t at = path.rfind("/n");
    if (at != std::string_view::npos) {
      reports[std::stoull(std::string(path.substr(at + 2)))].emplace(
          document->root()["rule"].text());
    }
  }
  return reports;
}

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
      EXPECT_EQ(reload(), R"({"ok": true})");
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
  EXPECT_EQ(reload(), R"({"ok": true})");
  touch("f1");
  ::unlink((folder_ / "f1").c_str());
  EXPECT_FALSE(sensor_->wait_for_alert({"Removes", "/f1"}, kPatience).empty());
  write_rules(rule("Makes", "f"));
  EXPECT_EQ(reload(), R"({"ok": true})");
  ::unlink((folder_ / "f2").c_str());
  EXPECT_TRUE(reports("Makes", "f3"));
  EXPECT_EQ(sensor_->alerts().size(), 2U);
}

TEST_F(Reload, ABadFileChangesNothingAndSaysWhy) {
  write_rules(rule("Old", "f"));
  ASSERT_NO_FATAL_FAILURE(
      start({"-o", "watch_config_files=false", "-o", "metrics.enabled=true", "-o",
             "webserver.enabled=true", "-o", "webserver.prometheus_metrics_enabled=true", "-o",
             "webserver.listen_address=127.0.0.1", "-o", "webserver.listen_port=0"}));
  const std::string version(status().root()["version"].text());
  write_rules(rule("New", "f") + "- rule: Half");
  const std::string problem = "rules.yaml:6:9-12: error: ";
  EXPECT_NE(reload().find(problem), std::string::npos);
  EXPECT_NE(reload().find(problem), std::string::npos);
  EXPECT_FALSE(sensor_->wait_for_alert({"reload failed", problem}, kPatience).empty());
  EXPECT_TRUE(sensor_->wait_for_log("reload (saker reload) failed", kPatience));
  EXPECT_TRUE(reports("Old", "f1"));
  const JsonDocument after = status();
  EXPECT_EQ(after.root()["version"].text(), version);
  EXPECT_NE(after.root()["reloads"]["last"]["problem"].text().find(problem), std::string::npos);
  EXPECT_EQ(after.root()["reloads"]["succeeded"].number(), 0);
  // The figures are taken every second.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string figures;
  while (figures.find("saker_reloads_total{result=\"failed\"} 2\n") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    figures = fetch_metrics();
  }
  EXPECT_NE(figures.find("saker_reloads_total{result=\"failed\"} 2\n"), std::string::npos)
      << figures;
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
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_TRUE(sensor_->wait_for_log("a restart is needed for what has changed of ring_size_bytes\n",
                                    kPatience));
  const JsonDocument after = status();
  EXPECT_EQ(after.root()["restart_needed_for"].to_json(), R"(["ring_size_bytes"])");
  EXPECT_EQ(after.root()["rules"].number(), 0);  // by the new priority
}

}  // namespace
}  // namespace saker::test
