// SPDX-License-Identifier: Apache-2.0
// ReloadTest: a running sensor and the rule file that it is to load anew, for live tests.
#ifndef SAKER_TESTS_LIVE_RELOAD_FIXTURE_H
#define SAKER_TESTS_LIVE_RELOAD_FIXTURE_H

#include <gtest/gtest.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "tests/support/live_capture.h"
#include "tests/support/sensor.h"

namespace saker::test {

inline constexpr std::string_view kReloaded = R"({"ok": true})";

class ReloadTest : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kPatience{30};

  void SetUp() override;
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Puts a rule file in place, as editors do.
  void write_rules(const std::string& text) const;
  // Reports files that are made in the folder, with names that begin with `file`.
  [[nodiscard]] std::string rule(const std::string& name, const std::string& file) const;
  // Fails, or skips where BPF is refused.
  void start(std::vector<std::string> args);
  [[nodiscard]] std::string socket() const { return folder_ / "control.sock"; }
  [[nodiscard]] std::string ask(const std::string& request) const;
  [[nodiscard]] std::string reload() const { return ask(R"({"command": "reload", "wait": true})"); }
  [[nodiscard]] JsonDocument status() const;
  void touch(const std::string& file) const;
  // Whether making this file gives an alert of the rule.
  [[nodiscard]] bool reports(const std::string& name, const std::string& file);
  [[nodiscard]] int64_t count_alerts(const std::string& name, const std::string& text) const;

  // Options that have the sensor answer with metrics.
  [[nodiscard]] static std::vector<std::string> with_metrics(std::vector<std::string> args);
  // Whether the metrics come to have this line. They are taken every second.
  [[nodiscard]] bool comes_to_tell(const std::string& line) const;

  std::filesystem::path folder_;
  std::unique_ptr<Sensor> sensor_;
};

// Makes numbered files, one after the other with a pause, until it is told to end.
class Numbers {
 public:
  explicit Numbers(const std::filesystem::path& folder);
  ~Numbers() { end(); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;

  // How many it has made.
  uint64_t end();

 private:
  Shared<std::atomic<uint64_t>> made_;
  Shared<std::atomic<bool>> is_over_;
  pid_t child_ = -1;
};

// The rules that reported each number.
[[nodiscard]] std::map<uint64_t, std::multiset<std::string>> reports_by_number(
    const std::vector<std::string>& alerts);

}  // namespace saker::test

#endif  // SAKER_TESTS_LIVE_RELOAD_FIXTURE_H
