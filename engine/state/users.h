// SPDX-License-Identifier: Apache-2.0
// UserTable: names of users and groups, from passwd(5) and group(5) text.
//
// The text arrives as an EV_USERS record, so that a replay has the names of the recorded host.
#ifndef SAKER_ENGINE_STATE_USERS_H
#define SAKER_ENGINE_STATE_USERS_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace saker {

struct User {
  std::string name;
  std::string home;
  std::string shell;
};

class UserTable {
 public:
  // Replaces all users, or all groups. Lines that do not parse are skipped.
  void load_passwd(std::string_view text);
  void load_group(std::string_view text);

  [[nodiscard]] const User* find_user(uint32_t uid) const noexcept;
  // Empty when unknown.
  [[nodiscard]] std::string_view group_name(uint32_t gid) const noexcept;

 private:
  std::unordered_map<uint32_t, User> users_;
  std::unordered_map<uint32_t, std::string> groups_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_USERS_H
