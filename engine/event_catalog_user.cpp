// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// After the call, as the task has them now.
Value cap_inheritable(const Event& e) noexcept { return Value::of_uint(e.task().cap_inheritable); }
Value cap_permitted(const Event& e) noexcept { return Value::of_uint(e.task().cap_permitted); }
Value cap_effective(const Event& e) noexcept { return Value::of_uint(e.task().cap_effective); }

// Parameters, named after the first event that has them.
constexpr ParamDef kSetuid[] = {res(), uid<0>("uid")};
constexpr ParamDef kSetgid[] = {res(), gid<0>("gid")};
constexpr ParamDef kSetresuid[] = {res(), uid<0>("ruid"), uid<1>("euid"), uid<2>("suid")};
constexpr ParamDef kSetresgid[] = {res(), gid<0>("rgid"), gid<1>("egid"), gid<2>("sgid")};
constexpr ParamDef kSetreuid[] = {res(), uid<0>("ruid"), uid<1>("euid")};
constexpr ParamDef kSetregid[] = {res(), uid<0>("rgid"), uid<1>("egid")};
constexpr ParamDef kGetuid[] = {param("uid", kUid, result)};
constexpr ParamDef kGeteuid[] = {param("euid", kUid, result)};
constexpr ParamDef kGetgid[] = {param("gid", kGid, result)};
constexpr ParamDef kGetegid[] = {param("egid", kGid, result)};
constexpr ParamDef kGetresuid[] = {res(), absent("ruid", kUid), absent("euid", kUid),
                                   absent("suid", kUid)};
constexpr ParamDef kGetresgid[] = {res(), absent("rgid", kGid), absent("egid", kGid),
                                   absent("sgid", kGid)};
constexpr ParamDef kCapset[] = {
    res(), param("cap_inheritable", kUint64, cap_inheritable, PrintFormat::kHex),
    param("cap_permitted", kUint64, cap_permitted, PrintFormat::kHex),
    param("cap_effective", kUint64, cap_effective, PrintFormat::kHex)};
constexpr ParamDef kChmod[] = {
    res(), path<0>("filename"),
    flags("mode", kFileModes, unsigned32<1>, kMode, PrintFormat::kOctal)};
constexpr ParamDef kFchmod[] = {
    res(), fd<0>(), flags("mode", kFileModes, unsigned32<1>, kMode, PrintFormat::kOctal)};
constexpr ParamDef kFchmodat[] = {
    res(), fd<0>("dirfd"), relative_path<0>("filename"),
    flags("mode", kFileModes, unsigned32<2>, kMode, PrintFormat::kOctal)};
constexpr ParamDef kChown[] = {res(), path<0>("path"), u32<1>("uid"), u32<2>("gid")};
constexpr ParamDef kFchown[] = {res(), fd<0>(), u32<1>("uid"), u32<2>("gid")};
constexpr ParamDef kFchownat[] = {
    res(),         fd<0>("dirfd"), relative_path<0>("pathname"),
    u32<2>("uid"), u32<3>("gid"),  flags("flags", kChownatFlags, converted<4, chownat_flags>)};

// Capture plans, named likewise.
constexpr ev_plan_step kChmodPlan[] = {string_before(0), base_before(EV_ARG_CWD)};
constexpr ev_plan_step kFchmodPlan[] = {file_of(0)};
constexpr ev_plan_step kFchmodatPlan[] = {string_before(1), base_before(0)};

constexpr EventDef kEvents[] = {
    {"setuid", SAKER_NR(setuid), kUser, 0, kSetuid, {}},
    {"setgid", SAKER_NR(setgid), kUser, 0, kSetgid, {}},
    {"setresuid", SAKER_NR(setresuid), kUser, 0, kSetresuid, {}},
    {"setresgid", SAKER_NR(setresgid), kUser, 0, kSetresgid, {}},
    {"setreuid", SAKER_NR(setreuid), kUser, 0, kSetreuid, {}},
    {"setregid", SAKER_NR(setregid), kUser, 0, kSetregid, {}},
    {"getuid", SAKER_NR(getuid), kUser, 0, kGetuid, {}},
    {"geteuid", SAKER_NR(geteuid), kUser, 0, kGeteuid, {}},
    {"getgid", SAKER_NR(getgid), kUser, 0, kGetgid, {}},
    {"getegid", SAKER_NR(getegid), kUser, 0, kGetegid, {}},
    {"getresuid", SAKER_NR(getresuid), kUser, 0, kGetresuid, {}},
    {"getresgid", SAKER_NR(getresgid), kUser, 0, kGetresgid, {}},
    {"capset", SAKER_NR(capset), kProcess, 0, kCapset, {}},
    {"chmod", SAKER_NR(chmod), kFile, 0, kChmod, kChmodPlan},
    {"fchmod", SAKER_NR(fchmod), kFile, kEventUsesFd, kFchmod, kFchmodPlan},
    {"fchmodat", SAKER_NR(fchmodat), kFile, kEventUsesFd, kFchmodat, kFchmodatPlan},
    {"chown", SAKER_NR(chown), kFile, 0, kChown, kChmodPlan},
    {"lchown", SAKER_NR(lchown), kFile, 0, kChown, kChmodPlan},
    {"fchown", SAKER_NR(fchown), kFile, kEventUsesFd, kFchown, kFchmodPlan},
    {"fchownat", SAKER_NR(fchownat), kFile, kEventUsesFd, kFchownat, kFchmodatPlan},
};

}  // namespace

std::span<const EventDef> user_events() { return kEvents; }

}  // namespace saker::rows
