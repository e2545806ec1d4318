// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// The open family. What the kernel opened is known only when the call succeeded. A hook is asked
// about the file as it is opened, wherever the call has its flags.
Value with_inode_flags(const Event& e, uint64_t native) {
  const ev_file* file = e.file();
  if (file != nullptr && e.is_asked_at(EV_HOOK_FILE_OPEN)) {
    native = file->open_flags;
  }
  return Value::of_uint(open_flags(native) | (file != nullptr ? inode_flags(file->inode) : 0));
}
template <size_t N>
Value opened_flags(const Event& e) noexcept {
  return with_inode_flags(e, e.arg(N));
}
Value opened2_flags(const Event& e) noexcept {
  if (e.is_asked()) {
    return with_inode_flags(e, 0);
  }
  const Value native = struct_member<uint64_t, 0>(e);
  return native.is_missing() ? native : with_inode_flags(e, native.as_uint());
}
Value opened2_resolve(const Event& e) noexcept {
  const Value native = struct_member<uint64_t, 16>(e);
  return native.is_missing() ? native : Value::of_uint(resolve_flags(native.as_uint()));
}
// The mode is meaningless, and often garbage, unless the call may create a file.
template <size_t FlagsArg, size_t ModeArg>
Value opened_mode(const Event& e) noexcept {
  constexpr uint64_t kCreates = 0x4 | 0x2000;  // O_CREAT, O_TMPFILE
  const bool creates = (open_flags(e.arg(FlagsArg)) & kCreates) != 0;
  return Value::of_uint(creates ? static_cast<uint32_t>(e.arg(ModeArg)) : 0);
}
Value opened_path(const Event& e) noexcept {
  return e.file() != nullptr ? Value::of_text(e.file_path()) : Value::missing();
}
Value device_of(const Event& e) noexcept {
  return Value::of_uint(e.file() != nullptr ? e.file()->inode.dev : 0);
}
Value inode_of(const Event& e) noexcept {
  return Value::of_uint(e.file() != nullptr ? e.file()->inode.ino : 0);
}
Value creat_flags(const Event& e) noexcept {
  const uint32_t inode = e.file() != nullptr ? e.file()->inode.flags : 0;
  return Value::of_uint(((inode & EV_INODEF_UPPER_LAYER) != 0 ? 1U : 0U) |
                        ((inode & EV_INODEF_LOWER_LAYER) != 0 ? 2U : 0U));
}
constexpr ParamDef opened(Reader read) { return flags("flags", kOpenFlags, read); }
constexpr ParamDef device() { return param("dev", kUint32, device_of, PrintFormat::kHex); }
constexpr ParamDef inode() { return param("ino", kUint64, inode_of); }

// Parameters, named after the first event that has them.
constexpr ParamDef kOpen[] = {new_fd(),
                              path<0>("name"),
                              opened(opened_flags<1>),
                              param("mode", kUint32, opened_mode<1, 2>, PrintFormat::kOctal),
                              device(),
                              inode()};
constexpr ParamDef kOpenat[] = {new_fd(),
                                fd<0>("dirfd"),
                                relative_path<0>("name"),
                                opened(opened_flags<2>),
                                param("mode", kUint32, opened_mode<2, 3>, PrintFormat::kOctal),
                                device(),
                                inode()};
constexpr ParamDef kOpenat2[] = {
    new_fd(),
    fd<0>("dirfd"),
    relative_path<0>("name"),
    opened(opened2_flags),
    param("mode", kUint32, struct_member<uint64_t, 8>, PrintFormat::kOctal),
    flags("resolve", kResolveFlags, opened2_resolve),
    device(),
    inode()};
constexpr ParamDef kCreat[] = {
    new_fd(), path<0>("name"), u32<1>("mode", PrintFormat::kOctal),
    device(), inode(),         flags("creat_flags", kCreatFlags, creat_flags, kFlags16)};
constexpr ParamDef kOpenByHandleAt[] = {
    new_fd(), fd<0>("mountfd"), opened(opened_flags<2>), param("path", kFsPath, opened_path),
    device(), inode()};
constexpr ParamDef kUnlink[] = {res(), path<0>("path")};
constexpr ParamDef kUnlinkat[] = {res(), fd<0>("dirfd"), relative_path<0>("name"),
                                  flags("flags", kUnlinkatFlags, unsigned32<2>)};
constexpr ParamDef kRename[] = {res(), path<0>("oldpath"), path<1>("newpath")};
constexpr ParamDef kRenameat[] = {res(), fd<0>("olddirfd"), relative_path<0>("oldpath"),
                                  fd<2>("newdirfd"), relative_path<1>("newpath")};
constexpr ParamDef kRenameat2[] = {res(),
                                   fd<0>("olddirfd"),
                                   relative_path<0>("oldpath"),
                                   fd<2>("newdirfd"),
                                   relative_path<1>("newpath"),
                                   flags("flags", kRenameFlags, unsigned32<4>)};
constexpr ParamDef kLinkat[] = {res(),
                                fd<0>("olddir"),
                                relative_path<0>("oldpath"),
                                fd<2>("newdir"),
                                relative_path<1>("newpath"),
                                flags("flags", kLinkatFlags, unsigned32<4>)};
constexpr ParamDef kSymlink[] = {res(), text<0>("target"), path<1>("linkpath")};
constexpr ParamDef kSymlinkat[] = {res(), text<0>("target"), fd<1>("linkdirfd"),
                                   relative_path<1>("linkpath")};
constexpr ParamDef kMkdir[] = {res(), path<0>("path"), u32<1>("mode", PrintFormat::kHex)};
constexpr ParamDef kMkdirat[] = {res(), fd<0>("dirfd"), relative_path<0>("path"),
                                 u32<2>("mode", PrintFormat::kHex)};
constexpr ParamDef kMknod[] = {res(), path<0>("path"),
                               flags("mode", kNodeModes, unsigned32<1>, kMode, PrintFormat::kOctal),
                               u32<2>("dev")};
constexpr ParamDef kMknodat[] = {
    res(), fd<0>("dirfd"), relative_path<0>("path"),
    flags("mode", kNodeModes, unsigned32<2>, kMode, PrintFormat::kOctal), u32<3>("dev")};
constexpr ParamDef kFstat[] = {res(), fd<0>()};
constexpr ParamDef kFstat64[] = {res()};
constexpr ParamDef kNewfstatat[] = {res(), fd<0>("dirfd"), relative_path<0>("path"),
                                    flags("flags", kStatatFlags, unsigned32<3>)};
constexpr ParamDef kAccess[] = {res(), path<0>("name"), flags("mode", kAccessModes, unsigned32<1>)};
constexpr ParamDef kGetcwd[] = {res(), text<0>("path")};

// Capture plans, named likewise.
constexpr ev_plan_step kOpenPlan[] = {string(0), base(EV_ARG_CWD, 0, EV_STEPF_ON_FAILURE),
                                      new_file()};
constexpr ev_plan_step kOpenatPlan[] = {string(1), base(0, 0, EV_STEPF_ON_FAILURE), new_file()};
constexpr ev_plan_step kOpenat2Plan[] = {string(1), base(0, 0, EV_STEPF_ON_FAILURE),
                                         structure(2, 24), new_file()};
constexpr ev_plan_step kOpenByHandleAtPlan[] = {new_file()};
constexpr ev_plan_step kUnlinkPlan[] = {string_before(0), base_before(EV_ARG_CWD)};
constexpr ev_plan_step kUnlinkatPlan[] = {string_before(1), base_before(0)};
constexpr ev_plan_step kRenamePlan[] = {string_before(0, 0), base_before(EV_ARG_CWD, 0),
                                        string_before(1, 1), base_before(EV_ARG_CWD, 1)};
constexpr ev_plan_step kRenameatPlan[] = {string_before(1, 0), base_before(0, 0),
                                          string_before(3, 1), base_before(2, 1)};
constexpr ev_plan_step kSymlinkPlan[] = {string_before(0, 0), string_before(1, 1),
                                         base_before(EV_ARG_CWD, 1)};
constexpr ev_plan_step kSymlinkatPlan[] = {string_before(0, 0), string_before(2, 1),
                                           base_before(1, 1)};
constexpr ev_plan_step kStatPlan[] = {string(0), base(EV_ARG_CWD)};
constexpr ev_plan_step kFstatPlan[] = {file_of(0)};
constexpr ev_plan_step kNewfstatatPlan[] = {string(1), base(0)};
constexpr ev_plan_step kGetcwdPlan[] = {string(0, 0, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kChdirPlan[] = {string(0), step(EV_OP_CWD, 0, 0, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kFchdirPlan[] = {file_of(0), step(EV_OP_CWD, 0, 0, EV_STEPF_ON_SUCCESS)};

constexpr EventDef kEvents[] = {
    {"open", SAKER_NR(open), kFile, kEventCreatesFd, kOpen, kOpenPlan},
    {"openat", SAKER_NR(openat), kFile, kEventCreatesFd, kOpenat, kOpenatPlan},
    {"openat2", SAKER_NR(openat2), kFile, kEventCreatesFd, kOpenat2, kOpenat2Plan},
    {"creat", SAKER_NR(creat), kFile, kEventCreatesFd, kCreat, kOpenPlan},
    {"open_by_handle_at", SAKER_NR(open_by_handle_at), kFile, kEventCreatesFd, kOpenByHandleAt,
     kOpenByHandleAtPlan},
    {"unlink", SAKER_NR(unlink), kFile, 0, kUnlink, kUnlinkPlan},
    {"unlinkat", SAKER_NR(unlinkat), kFile, kEventUsesFd, kUnlinkat, kUnlinkatPlan},
    {"rename", SAKER_NR(rename), kFile, 0, kRename, kRenamePlan},
    {"renameat", SAKER_NR(renameat), kFile, 0, kRenameat, kRenameatPlan},
    {"renameat2", SAKER_NR(renameat2), kFile, 0, kRenameat2, kRenameatPlan},
    {"link", SAKER_NR(link), kFile, 0, kRename, kRenamePlan},
    {"linkat", SAKER_NR(linkat), kFile, 0, kLinkat, kRenameatPlan},
    {"symlink", SAKER_NR(symlink), kFile, 0, kSymlink, kSymlinkPlan},
    {"symlinkat", SAKER_NR(symlinkat), kFile, kEventUsesFd, kSymlinkat, kSymlinkatPlan},
    {"mkdir", SAKER_NR(mkdir), kFile, 0, kMkdir, kUnlinkPlan},
    {"mkdirat", SAKER_NR(mkdirat), kFile, kEventUsesFd, kMkdirat, kUnlinkatPlan},
    {"rmdir", SAKER_NR(rmdir), kFile, 0, kUnlink, kUnlinkPlan},
    {"mknod", SAKER_NR(mknod), kOther, 0, kMknod, kUnlinkPlan},
    {"mknodat", SAKER_NR(mknodat), kOther, kEventUsesFd, kMknodat, kUnlinkatPlan},
    {"stat", SAKER_NR(stat), kFile, 0, kUnlink, kStatPlan},
    {"lstat", SAKER_NR(lstat), kFile, 0, kUnlink, kStatPlan},
    {"stat64", SAKER_NR(stat64), kFile, 0, kUnlink, kStatPlan},
    {"lstat64", SAKER_NR(lstat64), kFile, 0, kUnlink, kStatPlan},
    {"fstat", SAKER_NR(fstat), kFile, kEventUsesFd, kFstat, kFstatPlan},
    {"fstat64", SAKER_NR(fstat64), kFile, 0, kFstat64, {}},
    {"newfstatat", SAKER_NR(newfstatat), kFile, kEventUsesFd, kNewfstatat, kNewfstatatPlan},
    {"access", SAKER_NR(access), kFile, 0, kAccess, kStatPlan},
    {"getcwd", SAKER_NR(getcwd), kFile, 0, kGetcwd, kGetcwdPlan},
    {"chdir", SAKER_NR(chdir), kFile, 0, kGetcwd, kChdirPlan},
    {"fchdir", SAKER_NR(fchdir), kFile, kEventUsesFd, kFstat, kFchdirPlan},
};

}  // namespace

std::span<const EventDef> file_events() { return kEvents; }

}  // namespace saker::rows
