// SPDX-License-Identifier: Apache-2.0
#include "engine/state/users.h"

#include <gtest/gtest.h>

#include <string>

namespace saker {
namespace {

TEST(UserTable, ReadsPasswdLines) {
  UserTable users;
  users.load_passwd(
      "root:x:0:0:root:/root:/bin/bash\n"
      "# a comment:x:7:7::/:/bin/sh\n"
      "\n"
      "ann:x:1000:1000:Ann,,,:/home/ann:/bin/zsh");
  ASSERT_NE(users.find_user(0), nullptr);
  EXPECT_EQ(users.find_user(0)->home, "/root");
  ASSERT_NE(users.find_user(1000), nullptr);
  EXPECT_EQ(users.find_user(1000)->name, "ann");
  EXPECT_EQ(users.find_user(1000)->shell, "/bin/zsh");
  EXPECT_EQ(users.find_user(7), nullptr);
  EXPECT_EQ(users.find_user(1001), nullptr);
}

TEST(UserTable, SkipsLinesThatDoNotParse) {
  UserTable users;
  for (const char* line : {"short:x:1", "bad:x:1a:1::/:/bin/sh", "neg:x:-1:1::/:/bin/sh",
                           ":x:1:1::/:/bin/sh", "big:x:99999999999:1::/:/bin/sh", ":::::::"}) {
    users.load_passwd(line);
    EXPECT_EQ(users.find_user(1), nullptr) << line;
  }
}

TEST(UserTable, KeepsTheFirstNameOfAnId) {
  UserTable users;
  users.load_passwd("root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n");
  EXPECT_EQ(users.find_user(0)->name, "root");
}

TEST(UserTable, ReplacesWhatItKnew) {
  UserTable users;
  users.load_passwd("old:x:5:5::/:/bin/sh\n");
  users.load_group("wheel:x:10:ann\nnobody:x:65534:\n");
  users.load_passwd("new:x:6:6::/:/bin/sh\n");
  EXPECT_EQ(users.find_user(5), nullptr);
  EXPECT_NE(users.find_user(6), nullptr);
  EXPECT_EQ(users.group_name(10), "wheel");
  EXPECT_EQ(users.group_name(65534), "nobody");
  EXPECT_EQ(users.group_name(11), "");
}

TEST(UserTable, IsBounded) {
  std::string text;
  for (int uid = 0; uid < 70000; ++uid) {
    text += "u:x:" + std::to_string(uid) + ":0::/:/bin/sh\n";
  }
  UserTable users;
  users.load_passwd(text);
  EXPECT_NE(users.find_user(65535), nullptr);
  EXPECT_EQ(users.find_user(65536), nullptr);
}

}  // namespace
}  // namespace saker
