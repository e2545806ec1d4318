// SPDX-License-Identifier: Apache-2.0
#include "outputs/registry.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/sink_driver.h"

namespace saker {
namespace {

// What an output cannot do without.
const std::map<std::string_view, std::map<std::string, std::string>> kNeeded = {
    {"file", {{"filename", "alerts"}}},
    {"program", {{"program", "cat"}}},
    {"http", {{"url", "http://127.0.0.1/"}}},
};

TEST(Registry, EveryRowMakesASinkOfItsName) {
  for (const OutputDef& output : builtin_outputs()) {
    const auto needed = kNeeded.find(output.name);
    const auto settings =
        needed == kNeeded.end() ? std::map<std::string, std::string>() : needed->second;
    const auto sink = test::make_sink(output.name, settings);
    ASSERT_TRUE(sink) << output.name << ": " << sink.error().to_string();
    EXPECT_EQ((*sink)->name(), output.name);
    EXPECT_FALSE((*sink)->trouble()) << output.name;
    EXPECT_FALSE((*sink)->is_broken()) << output.name;
  }
}

TEST(Registry, WhatAnOutputNeedsHasNoDefault) {
  for (const auto& [name, settings] : kNeeded) {
    const auto sink = test::make_sink(name, {});
    ASSERT_FALSE(sink) << name;
    EXPECT_EQ(sink.error().to_string().find(std::string(name) + "_output "), 0U);
    for (const auto& [setting, value] : settings) {
      EXPECT_NE(sink.error().hint.find(std::string(name) + "_output." + setting), std::string::npos)
          << sink.error().to_string();
    }
  }
}

TEST(Registry, SettingsAreDocumentedAndTheirDefaultsAllowed) {
  for (const OutputDef& output : builtin_outputs()) {
    EXPECT_FALSE(output.doc.empty()) << output.name;
    std::set<std::string_view> names;
    for (const SettingDef& setting : all_settings(output)) {
      const std::string name = std::string(output.name) + "_output." + std::string(setting.name);
      EXPECT_TRUE(names.insert(setting.name).second) << name << " stands there twice";
      EXPECT_TRUE(setting.doc.ends_with('.')) << name;
      if (setting.type != SettingType::kList && setting.type != SettingType::kMap) {
        EXPECT_EQ(SinkSettings().set(setting, setting.default_text), "") << name;
      }
    }
  }
}

}  // namespace
}  // namespace saker
