// SPDX-License-Identifier: Apache-2.0
#include "outputs/attack_tags.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

TEST(AttackTags, TechniquesAreToldFromOtherTags) {
  for (const char* tag : {"T1059", "T1059.004"}) {
    EXPECT_TRUE(is_technique(tag)) << tag;
    EXPECT_EQ(technique_of(tag), "T1059");
  }
  for (const char* tag : {"", "T105", "T10590", "t1059", "T1059.", "T1059.04", "T1059.0004",
                          "T1059x004", "T1o59", "TA0002", "T1059.00x"}) {
    EXPECT_FALSE(is_technique(tag)) << tag;
  }
  EXPECT_TRUE(is_sub_technique("T1059.004"));
  EXPECT_FALSE(is_sub_technique("T1059"));
}

TEST(AttackTags, TacticsHaveIdAndName) {
  ASSERT_NE(find_tactic("mitre_command_and_control"), nullptr);
  EXPECT_EQ(find_tactic("mitre_command_and_control")->id, "TA0011");
  EXPECT_EQ(find_tactic("mitre_command_and_control")->name, "Command and Control");
  EXPECT_EQ(find_tactic("mitre_"), nullptr);
  EXPECT_EQ(find_tactic("execution"), nullptr);
}

}  // namespace
}  // namespace saker
