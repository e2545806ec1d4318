// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace saker {
namespace {

std::string nested(uint32_t depth) {
  return std::string(depth, '[') + "1" + std::string(depth, ']');
}

TEST(JsonDocument, HasWhatTheTextHolds) {
  const auto document =
      JsonDocument::parse(R"({"text": "a\u00e9\u0000b", "yes": true, "list": ["x", {"y": "z"}],
                              "integer": -3, "real": 0.5})");
  ASSERT_TRUE(document);
  const JsonValue root = document->root();
  EXPECT_TRUE(root.is_object());
  EXPECT_EQ(root["text"].text(), std::string_view("a\xc3\xa9\0b", 5));
  EXPECT_EQ(root["yes"].boolean(), true);
  EXPECT_EQ(root["integer"].number(), -3.0);
  EXPECT_EQ(root["real"].number(), 0.5);
  EXPECT_TRUE(root["list"].is_array());
  EXPECT_EQ(root["list"].to_json(), R"(["x",{"y":"z"}])");
  std::vector<std::string> items;
  root["list"].for_each_item([&](const JsonValue& item) {
    items.emplace_back(item.is_object() ? item["y"].text() : item.text());
  });
  EXPECT_EQ(items, (std::vector<std::string>{"x", "z"}));
  std::string keys;
  root.for_each_member([&](std::string_view key, const JsonValue&) { keys.append(key) += ' '; });
  EXPECT_EQ(keys, "text yes list integer real ");
}

TEST(JsonDocument, GivesNothingForAnotherType) {
  const auto document = JsonDocument::parse(R"({"number": 1, "none": null, "text": "a"})");
  ASSERT_TRUE(document);
  const JsonValue root = document->root();
  const auto fail = [](auto&&...) { ADD_FAILURE(); };
  EXPECT_EQ(root["number"].text(), "");
  EXPECT_FALSE(root["number"].boolean());
  EXPECT_FALSE(root["text"].number());
  EXPECT_FALSE(root["absent"].number());
  EXPECT_TRUE(root["none"]);
  EXPECT_FALSE(root["absent"]);
  EXPECT_FALSE(root["absent"]["below"]["it"]);
  EXPECT_FALSE(root["number"]["below"]);
  EXPECT_EQ(root["absent"].to_json(), "");
  root["text"].for_each_item(fail);
  root["text"].for_each_member(fail);
  JsonValue().for_each_item(fail);
}

TEST(JsonDocument, RefusesWhatIsNotJson) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{\"a\":1"), std::string("[1,]"),
        std::string("nonsense"), std::string("\"\xff\""), std::string("{}{}"), std::string("\0", 1),
        nested(JsonDocument::kMaxDepth + 1), nested(100'000)}) {
    EXPECT_FALSE(JsonDocument::parse(text)) << text.substr(0, 40);
  }
  EXPECT_TRUE(JsonDocument::parse(nested(JsonDocument::kMaxDepth - 1)));
}

TEST(JsonDocument, KeepsItsValuesWhenItMoves) {
  auto document = JsonDocument::parse(R"({"a": "b"})");
  ASSERT_TRUE(document);
  const JsonValue value = document->root()["a"];
  const JsonDocument moved = std::move(*document);
  EXPECT_EQ(value.text(), "b");
  EXPECT_EQ(moved.root()["a"].text(), "b");
}

}  // namespace
}  // namespace saker
