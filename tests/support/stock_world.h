// SPDX-License-Identifier: Apache-2.0
// StockWorld: what live tests of stock rules share: the built `saker run` with those rules, a
// scratch directory, a container bundle, and ways to act under other names.
#ifndef SAKER_TESTS_SUPPORT_STOCK_WORLD_H
#define SAKER_TESTS_SUPPORT_STOCK_WORLD_H

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/support/container.h"
#include "tests/support/sensor.h"

namespace saker::test {

// One per process, between set_up() and tear_down(). Its mounts vanish with the process.
struct StockWorld {
  std::string dir;
  std::unique_ptr<Sensor> sensor;
  std::unique_ptr<TestContainer> container;
  std::string container_problem;

  // Watches with these files of $SAKER_SHARED/rules and all rules that hold; empty, or why not.
  static std::string set_up(const std::vector<std::string>& rule_files);
  static void tear_down();
  static StockWorld& instance();
};

// Runs `file` with `argv` in a child, its standard streams /dev/null, and waits for it.
void run_program(const std::string& file, std::vector<std::string> argv);
void run_shell(const std::string& script);
// Runs `body` in a forked child of this test program and waits for it.
void run_in_child(const std::function<void()>& body);
void run_in_container(const std::vector<std::string>& argv, bool terminal = false);
// A copy of busybox (or another file) under another name: processes are named by their file.
[[nodiscard]] std::string program_named(const std::string& name,
                                        const std::string& original = "/bin/busybox");
// In a network namespace of its own, with the public test address 203.0.113.9 (RFC 5737) on lo and
// a server at its port 443: a copy of bash under this name opens "/dev/PROTOCOL/203.0.113.9/PORT".
void connect_as(const std::string& name, const std::string& protocol, const std::string& port);

struct StockCase {
  const char* rule;
  // Parts that the alert must have besides the rule's name.
  std::vector<std::string> parts;
  bool needs_container;
  std::function<void()> act;
};

// A suite derives from this, sets up the world, and runs expect_alert() for each of its cases.
class StockRulesTest : public testing::TestWithParam<size_t> {
 protected:
  static void set_up_suite(const std::vector<std::string>& rule_files);
  static void TearDownTestSuite();
  void SetUp() override;
  static void expect_alert(const StockCase& test);

 private:
  static std::string problem_;
};

// The rule's name as the name of a test.
[[nodiscard]] std::string test_name_of(const StockCase& test);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_STOCK_WORLD_H
