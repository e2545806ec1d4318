// SPDX-License-Identifier: Apache-2.0
#include "cmd/restart_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cmd/config_keys.h"

namespace saker {
namespace {

Config config(const std::vector<std::string>& overrides) {
  Diagnostics diagnostics;
  ConfigNode tree{ConfigNode::Kind::kMap, {}, {}, {}};
  for (const std::string& text : overrides) {
    add_config_override(tree, std::make_shared<const SourceText>("-o", text), diagnostics);
  }
  Config config = make_config(tree, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  return config;
}

TEST(RestartKeys, AreKeysOfTheConfiguration) {
  for (const std::string& name : restart_keys()) {
    EXPECT_TRUE(std::ranges::any_of(config_keys(), [&](const ConfigKey& key) {
      return key.name == name;
    })) << name;
  }
}

TEST(RestartKeys, ThoseThatDifferAreNamed) {
  EXPECT_EQ(changed_restart_keys(config({}), config({"priority=error", "json_output=false"})),
            std::vector<std::string>());
  EXPECT_EQ(
      changed_restart_keys(config({}), config({"webserver.listen_port=1", "json_output=true",
                                               "kafka_output.topic=t", "priority=error"})),
      (std::vector<std::string>{"json_output", "webserver.listen_port", "kafka_output.topic"}));
}

}  // namespace
}  // namespace saker
