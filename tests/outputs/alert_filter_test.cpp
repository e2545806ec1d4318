// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_filter.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

Alert sample() {
  Alert alert;
  alert.priority = Priority::kWarning;
  alert.rule = "Read of a secret";
  alert.source = "syscall";
  alert.tags = {"T1003", "filesystem"};
  return alert;
}

struct Case {
  const char* what;
  AlertFilter filter;
  bool wants;
};

TEST(AlertFilter, AllCriteriaMustHoldAndOneOfEachList) {
  const Case cases[] = {
      {"nothing is asked for", {}, true},
      {"as severe", {Priority::kWarning, {}, {}, {}}, true},
      {"not severe enough", {Priority::kError, {}, {}, {}}, false},
      {"one of the tags", {Priority::kDebug, {"network", "T1003"}, {}, {}}, true},
      {"none of the tags", {Priority::kDebug, {"network"}, {}, {}}, false},
      {"the name of the rule", {Priority::kDebug, {}, {"Read of a secret"}, {}}, true},
      {"a pattern of rules", {Priority::kDebug, {}, {"Other", "Read*"}, {}}, true},
      {"another rule", {Priority::kDebug, {}, {"Read"}, {}}, false},
      {"the source", {Priority::kDebug, {}, {}, {"internal", "syscall"}}, true},
      {"another source", {Priority::kDebug, {}, {}, {"internal"}}, false},
      {"one criterion fails", {Priority::kDebug, {"T1003"}, {"Read*"}, {"internal"}}, false},
  };
  for (const Case& test_case : cases) {
    EXPECT_EQ(test_case.filter.wants(sample()), test_case.wants) << test_case.what;
  }
}

}  // namespace
}  // namespace saker
