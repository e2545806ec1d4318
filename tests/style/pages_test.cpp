// SPDX-License-Identifier: Apache-2.0
// The generated pages are what the program prints today; the target `docs` rewrites them.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/program.h"

namespace saker::test {
namespace {

void expect_fresh(const std::string& topic, const std::string& page) {
  std::ifstream in(std::string(SAKER_SOURCE_DIR) + "/" + page);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const Finished printed = run_saker({"list", topic, "--markdown"});
  ASSERT_EQ(printed.status, 0) << printed.err;
  EXPECT_TRUE(text == printed.out)
      << page << " is stale: build the target `docs` and commit the page";
}

TEST(Pages, FieldsAreFresh) { expect_fresh("fields", "rules/FIELDS.md"); }

TEST(Pages, EventsAreFresh) { expect_fresh("events", "rules/EVENTS.md"); }

TEST(Pages, HooksAreFresh) { expect_fresh("hooks", "rules/HOOKS.md"); }

TEST(Pages, MetricsAreFresh) { expect_fresh("metrics", "outputs/METRICS.md"); }

}  // namespace
}  // namespace saker::test
