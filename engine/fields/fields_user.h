// SPDX-License-Identifier: Apache-2.0
// Names of users and groups as the acting process would see them. Private to the fields_*.cpp
// files.
//
// Only the host's user database is known. A container has one of its own, so there all but root are
// without a name.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_USER_H
#define SAKER_ENGINE_FIELDS_FIELDS_USER_H

#include <cstdint>
#include <string_view>

namespace saker {

class Event;

// "<NA>" when unknown.
[[nodiscard]] std::string_view user_name(const Event& event, uint32_t uid) noexcept;
[[nodiscard]] std::string_view group_name(const Event& event, uint32_t gid) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_USER_H
