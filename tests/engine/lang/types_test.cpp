// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/types.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace saker::lang {
namespace {

struct NumberRow {
  FieldType type;
  std::string_view text;
  bool is_accepted;
  int64_t value;  // or the bits of an unsigned one
};

constexpr NumberRow kNumbers[] = {
    {FieldType::kInt64, "-9223372036854775808", true, INT64_MIN},
    {FieldType::kInt64, "9223372036854775807", true, INT64_MAX},
    {FieldType::kInt64, "9223372036854775808", false, 0},
    {FieldType::kInt64, "+5", true, 5},
    {FieldType::kInt64, "", false, 0},
    {FieldType::kInt64, "-", false, 0},
    {FieldType::kInt64, "1 ", false, 0},
    {FieldType::kInt64, "0x10", false, 0},
    {FieldType::kInt64, "1.5", false, 0},
    {FieldType::kUint64, "-1", true, -1},
    {FieldType::kUint32, "-1", true, 0xffffffff},
    {FieldType::kUint8, "-1", true, 0xff},
    {FieldType::kUint8, "300", true, 300},
    {FieldType::kPort, "ssh", true, 22},
    {FieldType::kPort, "22", true, 22},
    {FieldType::kPort, "no-such-service", false, 0},
    {FieldType::kUid, "0", false, 0},
};

TEST(Types, ReadNumbers) {
  for (const NumberRow& row : kNumbers) {
    std::string error;
    const TypeDef& def = type_def(row.type);
    const auto constant = def.parse(def, row.text, error);
    ASSERT_EQ(constant.has_value(), row.is_accepted) << def.name << " " << row.text;
    if (constant) {
      EXPECT_EQ(constant->value().as_int(), row.value) << def.name << " " << row.text;
    } else {
      EXPECT_FALSE(error.empty());
    }
  }
}

TEST(Types, ReadAddresses) {
  EXPECT_FALSE(parse_ip("10.0.0.1")->is_v6);
  EXPECT_TRUE(parse_ip("fe80::1")->is_v6);
  EXPECT_EQ(parse_ip("::ffff:10.0.0.1"), parse_ip("10.0.0.1"));
  for (const std::string_view text : {"", "10.0.0", "10.0.0.256", "1.2.3.4/8", ":::", "host"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
}

TEST(Types, NetworksContainAddresses) {
  const auto contains = [](std::string_view network, int bits, std::string_view address) {
    return is_in_network(*parse_ip(address), *parse_ip(network), static_cast<uint8_t>(bits));
  };
  EXPECT_TRUE(contains("10.1.0.0", 16, "10.1.255.1"));
  EXPECT_TRUE(contains("10.1.9.9", 16, "10.1.255.1"));
  EXPECT_FALSE(contains("10.1.0.0", 16, "10.2.0.0"));
  EXPECT_TRUE(contains("10.128.0.0", 9, "10.200.0.1"));
  EXPECT_FALSE(contains("10.128.0.0", 9, "10.1.0.1"));
  EXPECT_TRUE(contains("0.0.0.0", 0, "255.1.1.1"));
  EXPECT_TRUE(contains("10.0.0.1", 32, "10.0.0.1"));
  EXPECT_TRUE(contains("2001:db8::", 32, "2001:db8::7"));
  EXPECT_TRUE(contains("::1", 128, "::1"));
  EXPECT_FALSE(contains("::", 1, "10.0.0.1"));
}

TEST(Types, EveryFieldTypeHasItsRow) {
  for (const TypeDef& def : types()) {
    EXPECT_EQ(&type_def(def.type), &def);
    EXPECT_EQ(find_type(def.name), def.type);
  }
  EXPECT_EQ(types().size(), static_cast<size_t>(FieldType::kDyn) + 1);
}

}  // namespace
}  // namespace saker::lang
