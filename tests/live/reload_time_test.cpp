// SPDX-License-Identifier: Apache-2.0
// How long a reload of the stock rules takes, and what is missed meanwhile. Run on request only, on
// a quiet machine (tests/bench/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/live/reload_fixture.h"
#include "tests/support/corpus.h"

namespace saker::test {
namespace {

constexpr size_t kReloads = 100;
constexpr double kMaxMedianMs = 100;

double at_percent(std::vector<double> values, size_t percent) {
  std::ranges::sort(values);
  return values[(values.size() - 1) * percent / 100];
}

void print(std::string_view what, const std::vector<double>& ms) {
  std::cout << "reload\t" << what << "\tmedian " << at_percent(ms, 50) << " ms\tp99 "
            << at_percent(ms, 99) << " ms\n";
}

class ReloadTime : public ReloadTest {
 protected:
  // Reloads again and again, with another rule file each time.
  void reload_often() {
    for (size_t i = 0; i < kReloads; ++i) {
      write_rules(rule(i % 2 == 0 ? "B" : "A", "n"));
      const auto begun = std::chrono::steady_clock::now();
      EXPECT_EQ(reload(), kReloaded);
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - begun;
      const JsonDocument after = status();
      const JsonValue last = after.root()["reloads"]["last"];
      total_ms_.push_back(took.count());
      compile_ms_.push_back(last["compile_ms"].number().value_or(0));
      install_ms_.push_back(last["install_ms"].number().value_or(0));
    }
  }

  std::vector<double> compile_ms_;
  std::vector<double> install_ms_;
  std::vector<double> total_ms_;  // as who asks for it waits
};

TEST_F(ReloadTime, OfTheStockRules) {
  if (std::getenv("SAKER_MEASURE") == nullptr) {
    GTEST_SKIP() << "a measurement: set SAKER_MEASURE=1";
  }
  const auto stock = shared_path("rules/falco_rules.yaml");
  if (!stock) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  write_rules(rule("A", "n"));
  ASSERT_NO_FATAL_FAILURE(
      start({"-r", *stock, "-o", "rule_matching=all", "-o", "watch_config_files=false", "-o",
             "outputs_queue.capacity=1000000"}));
  Numbers numbers(folder_);
  std::atomic<bool> is_over = false;
  std::thread reloads([&] {
    reload_often();
    is_over = true;
  });
  sensor_->read_until([&] { return is_over.load(); });
  reloads.join();
  const uint64_t made = numbers.end();
  EXPECT_NE(sensor_->wait_for_alert({"/n" + std::to_string(made - 1) + "."}, kPatience), "");

  print("total", total_ms_);
  print("compiled", compile_ms_);
  print("installed", install_ms_);
  const uint64_t reported = reports_by_number(sensor_->alerts()).size();
  std::cout << "events\t" << made << " made, " << made - reported << " not reported\n";
  EXPECT_EQ(reported, made);
  EXPECT_LE(at_percent(total_ms_, 50), kMaxMedianMs);
}

}  // namespace
}  // namespace saker::test
