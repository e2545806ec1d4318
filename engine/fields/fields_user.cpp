// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_user.h"

#include "engine/event.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"
#include "engine/state/container.h"
#include "engine/state/users.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr uint32_t kUnset = 0xffffffff;

bool uses_host_names(const Event& event) noexcept {
  return event.world().containers->find(event.task().cgroup_id).is_host();
}

// An attribute of a user, or what stands for it: `of_root` for uid 0, else "<NA>".
template <std::string User::* Member>
std::string_view user_attribute(const Event& event, uint32_t uid,
                                std::string_view of_root) noexcept {
  const User* user = uses_host_names(event) ? event.world().users->find_user(uid) : nullptr;
  if (user != nullptr) {
    return user->*Member;
  }
  return uid == 0 ? of_root : kNotAvailable;
}

Value effective_name(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(user_name(event, event.task().euid));
}

Value effective_home(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(user_attribute<&User::home>(event, event.task().euid, "/root"));
}

Value effective_shell(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(user_attribute<&User::shell>(event, event.task().euid, kNotAvailable));
}

Value login_id(const Event& event, const FieldArgs&) noexcept {
  const uint32_t uid = event.task().loginuid;
  return Value::of_int(uid == kUnset ? -1 : int64_t{uid});
}

Value login_name(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(user_name(event, event.task().loginuid));
}

Value effective_group(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(group_name(event, event.task().egid));
}

constexpr FieldDef kFields[] = {
    {"user.uid", kUint32, kNone, "Effective user id of the thread, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.task().euid); }, kOne,
     kId},
    {"user.name", kCharBuf, kNone, "Name of the effective user; <NA> when unknown.",
     effective_name},
    {"user.homedir", kCharBuf, kNone, "Home directory of the effective user; <NA> when unknown.",
     effective_home},
    {"user.shell", kCharBuf, kNone, "Login shell of the effective user; <NA> when unknown.",
     effective_shell},
    {"user.loginuid", kInt64, kNone,
     "User id with which the session was opened; -1 when there was no login.", login_id, kOne, kId},
    {"user.loginname", kCharBuf, kNone, "Name of the user who logged in; <NA> when unknown.",
     login_name},
    {"group.gid", kUint32, kNone, "Effective group id of the thread, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.task().egid); }, kOne,
     kId},
    {"group.name", kCharBuf, kNone, "Name of the effective group; <NA> when unknown.",
     effective_group},
};
static_assert(names_unique(kFields));

}  // namespace

std::string_view user_name(const Event& event, uint32_t uid) noexcept {
  return user_attribute<&User::name>(event, uid, "root");
}

std::string_view group_name(const Event& event, uint32_t gid) noexcept {
  const std::string_view name =
      uses_host_names(event) ? event.world().users->group_name(gid) : std::string_view();
  return !name.empty() ? name : gid == 0 ? std::string_view("root") : kNotAvailable;
}

std::span<const FieldDef> user_fields() { return kFields; }

}  // namespace saker
