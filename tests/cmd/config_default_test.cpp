// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_default.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "cmd/config.h"
#include "cmd/config_keys.h"
#include "cmd/config_tree.h"

namespace saker {
namespace {

ConfigNode tree_of(const std::string& text, Diagnostics& diagnostics) {
  return read_config_tree(std::make_shared<const SourceText>("saker.yaml", text), diagnostics);
}

bool says_nothing(const ConfigNode& node) {
  if (!node.is_map()) {
    return node.is_null();
  }
  return std::ranges::all_of(node.fields, says_nothing, &ConfigField::value);
}

// The names of the values of a tree; those of lists and empty maps without what is in them.
void add_names(const ConfigNode& tree, const std::string& prefix, std::vector<std::string>& names) {
  for (const ConfigField& field : tree.fields) {
    const std::string name = prefix + field.key.value;
    if (field.value.is_map() && !field.value.fields.empty()) {
      add_names(field.value, name + ".", names);
    } else {
      names.push_back(name);
    }
  }
}

TEST(ConfigDefault, ChangesNothing) {
  Diagnostics diagnostics;
  const ConfigNode tree = tree_of(default_config_text(), diagnostics);
  EXPECT_TRUE(says_nothing(tree));
  static_cast<void>(make_config(tree, diagnostics));
  EXPECT_TRUE(diagnostics.items().empty());
}

TEST(ConfigDefault, IsAPageOfHundredColumns) {
  std::istringstream text(default_config_text());
  for (std::string line; std::getline(text, line);) {
    EXPECT_LE(line.size(), 100U) << line;
  }
}

// Without the '#' before the keys, the file says what is so without it.
TEST(ConfigDefault, HasEachKeyWithItsDefault) {
  std::istringstream text(default_config_text());
  std::string active;
  for (std::string line; std::getline(text, line);) {
    const size_t mark = line.find_first_not_of(' ');
    if (mark != std::string::npos && line[mark] == '#' && line[mark + 1] != ' ') {
      line.erase(mark, 1);
    }
    active += line + '\n';
  }
  Diagnostics diagnostics;
  const ConfigNode tree = tree_of(active, diagnostics);
  std::vector<std::string> names;
  add_names(tree, "", names);
  std::vector<std::string> expected;
  ConfigNode defaults{ConfigNode::Kind::kMap, {}, {}, {}};
  for (const ConfigKey& key : config_keys()) {
    if (key.instead_of.empty() && key.name.find("[]") == std::string::npos) {
      expected.push_back(key.name);
      add_config_override(defaults,
                          std::make_shared<const SourceText>(
                              "-o", key.name + "=" + std::string(key.setting.default_text)),
                          diagnostics);
    }
  }
  EXPECT_EQ(names, expected);
  const Config config = make_config(tree, diagnostics);
  const Config wanted = make_config(defaults, diagnostics);
  EXPECT_TRUE(diagnostics.items().empty());
  EXPECT_EQ(config.sinks, wanted.sinks);
  EXPECT_EQ(config.web_server, wanted.web_server);
  EXPECT_EQ(config.containers.docker, wanted.containers.docker);
  EXPECT_EQ(config.spool.directory, wanted.spool.directory);
  EXPECT_EQ(config.ring_bytes, wanted.ring_bytes);
}

}  // namespace
}  // namespace saker
