// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/domains.h"

#include <gtest/gtest.h>

namespace saker::filter {
namespace {

using namespace std::string_literals;

TEST(KeyDomain, EachKeyIsAClass) {
  KeyDomain domain;
  domain.add("b");
  domain.add("a");
  domain.add("b");
  EXPECT_EQ(domain.size(), 3U);
  EXPECT_EQ(domain.find("b"), 1U);
  EXPECT_EQ(domain.find("a"), 2U);
  EXPECT_EQ(domain.find("c"), KeyDomain::kOther);
}

TEST(PrefixDomain, ClassesStandBelowTheirPrefixes) {
  PrefixDomain domain;
  for (const char* key : {"/etc/", "/etc", "/etc/ssh/", "/var/", "/etc"}) {
    domain.add(key);
  }
  domain.add("/etc/passwd\0"s);
  domain.finish();
  EXPECT_EQ(domain.keys(),
            (std::vector<std::string>{"/etc", "/etc/", "/etc/passwd\0"s, "/etc/ssh/", "/var/"}));
  EXPECT_EQ(domain.size(), 6U);
  EXPECT_EQ(domain.below("/etc"), (std::vector<uint32_t>{1, 2, 3, 4}));
  EXPECT_EQ(domain.below("/etc/ssh/"), (std::vector<uint32_t>{4}));
  EXPECT_EQ(domain.parents(), (std::vector<uint32_t>{0, 0, 1, 2, 2, 0}));
}

}  // namespace
}  // namespace saker::filter
