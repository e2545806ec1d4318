// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/key_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/fact.h"
#include "engine/lang/types.h"

namespace saker::lang {
namespace {

std::string number_key(const Value& number) {
  KeyBuffer buffer;
  return std::string(key_of(number, buffer).value());
}

std::string network_key(std::string_view address, size_t bits) {
  BitsBuffer buffer;
  return std::string(bits_of(parse_ip(address).value(), bits, buffer));
}

std::vector<uint32_t> find(const KeyTable& table, const Value& value) {
  CandidateSet found(16);
  table.find(value, found);
  std::vector<uint32_t> conditions;
  found.drain([&](uint32_t condition) {
    conditions.push_back(condition);
    return true;
  });
  return conditions;
}

using Found = std::vector<uint32_t>;

TEST(KeyTable, FindsNumbersByValueWhateverTheirKind) {
  const std::vector<std::string> keys = {
      number_key(Value::of_int(443)), number_key(Value::of_uint(8080)),
      number_key(Value::of_int(-1)),
      number_key(Value::of_uint(std::numeric_limits<uint64_t>::max()))};
  std::vector<KeyTable::Entry> entries;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    entries.push_back({Likeness::kEqual, keys[i], i});
  }
  const KeyTable table(entries);
  EXPECT_EQ(find(table, Value::of_uint(443)), Found{0});
  EXPECT_EQ(find(table, Value::of_int(8080)), Found{1});
  EXPECT_EQ(find(table, Value::of_int(-1)), Found{2});
  EXPECT_EQ(find(table, Value::of_uint(std::numeric_limits<uint64_t>::max())), Found{3});
  EXPECT_EQ(find(table, Value::of_uint(444)), Found{});
  EXPECT_EQ(find(table, Value::missing()), Found{});
}

TEST(KeyTable, FindsNetworksOfAnAddress) {
  const std::vector<std::string> keys = {network_key("10.0.0.0", 8), network_key("10.1.2.0", 23),
                                         network_key("10.1.3.7", 32), network_key("fe80::", 10),
                                         network_key("a00::", 8)};
  std::vector<KeyTable::Entry> entries;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    entries.push_back({Likeness::kInside, keys[i], i});
  }
  const KeyTable table(entries);
  const auto found_for = [&](std::string_view address) {
    return find(table, Value::of_ip(parse_ip(address).value()));
  };
  EXPECT_EQ(found_for("10.1.3.7"), (Found{0, 1, 2}));
  EXPECT_EQ(found_for("10.1.2.255"), (Found{0, 1}));
  EXPECT_EQ(found_for("10.1.4.0"), Found{0});
  EXPECT_EQ(found_for("11.0.0.0"), Found{});
  EXPECT_EQ(found_for("febf::1"), Found{3});
  EXPECT_EQ(found_for("fec0::1"), Found{});
  EXPECT_EQ(found_for("a01::1"), Found{4});
}

TEST(KeyTable, FindsTextsInEveryWayAtOnce) {
  const KeyTable table({{Likeness::kEqual, "/etc/ssh/known", 0},
                        {Likeness::kBegins, "/etc", 1},
                        {Likeness::kEnds, "known", 2},
                        {Likeness::kContains, "/ssh/", 3},
                        {Likeness::kBelow, "/etc/ssh", 4},
                        {Likeness::kContains, "known_hosts", 5}});
  EXPECT_EQ(find(table, Value::of_text("/etc/ssh/known")), (Found{0, 1, 2, 3, 4}));
  EXPECT_EQ(find(table, Value::of_text("/ETC/SSH/KNOWN_HOSTS")), (Found{3, 5}));
  EXPECT_EQ(find(table, Value::of_text("//x")), Found{4});
  EXPECT_EQ(find(table, Value::of_text("")), Found{});
}

}  // namespace
}  // namespace saker::lang
