// SPDX-License-Identifier: Apache-2.0
#include "engine/state/users.h"

#include <array>
#include <charconv>

namespace saker {
namespace {

// An attacker who can write /etc/passwd gains nothing by making it endless.
constexpr size_t kMaxEntries = 65536;

constexpr size_t kMaxColumns = 7;
using Columns = std::array<std::string_view, kMaxColumns>;

// Calls `use` with the first columns of each line that has at least `wanted` of them.
template <typename Use>
void for_each_line(std::string_view text, size_t wanted, Use use) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    Columns columns;
    size_t count = 0;
    while (count < wanted) {
      const size_t colon = line.find(':');
      columns[count++] = line.substr(0, colon);
      if (colon == std::string_view::npos) {
        break;
      }
      line.remove_prefix(colon + 1);
    }
    if (count == wanted && !columns[0].empty() && columns[0][0] != '#') {
      use(columns);
    }
  }
}

bool parse_id(std::string_view text, uint32_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void UserTable::load_passwd(std::string_view text) {
  users_.clear();
  for_each_line(text, 7, [this](const Columns& columns) {
    uint32_t uid = 0;
    // As getpwuid(3): the first line with a uid counts.
    if (parse_id(columns[2], uid) && users_.size() < kMaxEntries) {
      users_.try_emplace(
          uid, User{std::string(columns[0]), std::string(columns[5]), std::string(columns[6])});
    }
  });
}

void UserTable::load_group(std::string_view text) {
  groups_.clear();
  for_each_line(text, 3, [this](const Columns& columns) {
    uint32_t gid = 0;
    if (parse_id(columns[2], gid) && groups_.size() < kMaxEntries) {
      groups_.try_emplace(gid, columns[0]);
    }
  });
}

const User* UserTable::find_user(uint32_t uid) const noexcept {
  const auto found = users_.find(uid);
  return found != users_.end() ? &found->second : nullptr;
}

std::string_view UserTable::group_name(uint32_t gid) const noexcept {
  const auto found = groups_.find(gid);
  return found != groups_.end() ? std::string_view(found->second) : std::string_view();
}

}  // namespace saker
