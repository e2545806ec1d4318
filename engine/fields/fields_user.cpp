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

constexpr FieldDef kFields[] = {
    {"user.uid", kUint32, kNone, "Effective user id of the thread, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.task().euid); }, kOne,
     kId},
    {"user.name", kCharBuf, kNone, "Name of the effective user; <NA> when unknown.",
     [](const Event& e, const FieldArgs&) noexcept {
       return Value::of_text(user_name(e, e.task().euid));
     }},
    {"user.homedir", kCharBuf, kNone, "Home directory of the effective user; <NA> when unknown.",
     [](const Event& e, const FieldArgs&) noexcept {
       return Value::of_text(user_attribute<&User::home>(e, e.task().euid, "/root"));
     }},
    {"user.shell", kCharBuf, kNone, "Login shell of the effective user; <NA> when unknown.",
     [](const Event& e, const FieldArgs&) noexcept {
       return Value::of_text(user_attribute<&User::shell>(e, e.task().euid, kNotAvailable));
     }},
    {"user.loginuid", kInt64, kNone,
     "User id with which the session was opened; -1 when there was no login.",
     [](const Event& e, const FieldArgs&) noexcept {
       const uint32_t uid = e.task().loginuid;
       return Value::of_int(uid == kUnset ? -1 : int64_t{uid});
     },
     kOne, kId},
    {"user.loginname", kCharBuf, kNone, "Name of the user who logged in; <NA> when unknown.",
     [](const Event& e, const FieldArgs&) noexcept {
       return Value::of_text(user_name(e, e.task().loginuid));
     }},
    {"group.gid", kUint32, kNone, "Effective group id of the thread, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.task().egid); }, kOne,
     kId},
    {"group.name", kCharBuf, kNone, "Name of the effective group; <NA> when unknown.",
     [](const Event& e, const FieldArgs&) noexcept {
       return Value::of_text(group_name(e, e.task().egid));
     }},
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
