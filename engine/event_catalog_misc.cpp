// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iterator>

#include "engine/base/capabilities.h"
#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// mount(2): up to the terminating NUL of what was read.
Value filesystem_type(const Event& e) noexcept {
  const Value bytes = bytes_of(e);
  return bytes.is_missing() ? bytes
                            : Value::of_text(bytes.as_text().substr(0, bytes.as_text().find('\0')));
}
// The hook knows where only.
Value mount_device(const Event& e) noexcept {
  return e.is_asked() ? Value::missing() : string_of<0>(e);
}
Value mount_directory(const Event& e) noexcept {
  return e.is_asked() ? string_of<0>(e) : string_of<1>(e);
}
// Old programs put a magic number, which the kernel ignores, into the upper half.
Value mount_flags(const Event& e) noexcept {
  constexpr uint64_t kMagic = 0xc0ed0000;
  constexpr uint64_t kMagicMask = 0xffff0000;
  const uint64_t native = e.arg(3);
  return Value::of_uint((native & kMagicMask) == kMagic ? native & ~kMagicMask
                                                        : native & UINT32_MAX);
}
Value sleep_interval(const Event& e) noexcept {
  const Value seconds = struct_member<uint64_t, 0>(e);
  const Value nanoseconds = struct_member<uint64_t, 8>(e);
  return nanoseconds.is_missing()
             ? nanoseconds
             : Value::of_uint(seconds.as_uint() * 1'000'000'000 + nanoseconds.as_uint());
}
template <size_t Offset>
Value semaphore_flags_at(const Event& e) noexcept {
  const Value native = struct_member<uint16_t, Offset>(e);
  return native.is_missing() ? native : Value::of_uint(semaphore_flags(native.as_uint()));
}
// Only Q_QUOTAON carries a format.
Value quota_format_of(const Event& e) noexcept {
  constexpr uint64_t kQuotaOn = 0x1;
  return Value::of_uint(quota_command(e.arg(0)) == kQuotaOn ? quota_format(e.arg(2)) : 0x1);
}
constexpr ParamDef absent_flags(std::string_view name, std::span<const FlagName> table,
                                FieldType type) {
  return flags(name, table, no_value, type, PrintFormat::kDecimal);
}
Value uring_flags(const Event& e) noexcept {
  const Value native = struct_member<uint32_t, 8>(e);
  return native.is_missing() ? native : Value::of_uint(uring_setup_flags(native.as_uint()));
}

// Parameters, named after the first event that has them.
constexpr ParamDef kMount[] = {res(),
                               {"dev", kCharBuf, PrintFormat::kDecimal, {}, mount_device, 0},
                               {"dir", kFsPath, PrintFormat::kDecimal, {}, mount_directory, 1},
                               param("type", kCharBuf, filesystem_type),
                               flags("flags", kMountFlags, mount_flags)};
constexpr ParamDef kUmount[] = {res(), path<0>("name")};
constexpr ParamDef kUmount2[] = {res(), path<0>("name"),
                                 flags("flags", kUmountFlags, unsigned32<1>)};
constexpr ParamDef kInitModule[] = {res(), absent("img", kByteBuf), u64<1>("length"),
                                    text<0>("uargs")};
constexpr ParamDef kFinitModule[] = {res(), fd<0>(), text<0>("uargs"),
                                     flags("flags", kModuleInitFlags, unsigned32<2>)};
constexpr ParamDef kDeleteModule[] = {
    res(), text<0>("name"), flags("flags", kModuleDeleteFlags, converted<1, module_delete_flags>)};
constexpr ParamDef kBpf[] = {new_fd(),
                             enumeration("cmd", kBpfCommands, unsigned32<0>, kEnumFlags32)};
constexpr auto kCapabilities = [] {
  std::array<FlagName, std::size(kCapabilityNames)> names{};
  for (size_t number = 0; number < names.size(); ++number) {
    names[number] = {kCapabilityNames[number], number};
  }
  return names;
}();
constexpr ParamDef kCapable[] = {res(),
                                 enumeration("cap", kCapabilities, unsigned32<0>, kEnumFlags32)};
constexpr ParamDef kModuleRequest[] = {res(), text<0>("name")};
constexpr ParamDef kIoctl[] = {res(), fd<0>(), u64<1>("request", PrintFormat::kHex),
                               u64<2>("argument", PrintFormat::kHex)};
constexpr ParamDef kIoUringSetup[] = {
    res(),
    u32<0>("entries"),
    param("sq_entries", kUint32, struct_member<uint32_t, 0>),
    param("cq_entries", kUint32, struct_member<uint32_t, 4>),
    flags("flags", kUringSetupFlags, uring_flags),
    param("sq_thread_cpu", kUint32, struct_member<uint32_t, 12>),
    param("sq_thread_idle", kUint32, struct_member<uint32_t, 16>),
    flags("features", kUringFeatures, struct_member<uint32_t, 20>)};
constexpr ParamDef kIoUringEnter[] = {res(),
                                      fd<0>(),
                                      u32<1>("to_submit"),
                                      u32<2>("min_complete"),
                                      flags("flags", kUringEnterFlags, unsigned32<3>),
                                      absent("sig", kSigSet)};
constexpr ParamDef kIoUringRegister[] = {
    res(), fd<0>(), enumeration("opcode", kUringOpcodes, unsigned32<1>, kEnumFlags16),
    u64<2>("arg", PrintFormat::kHex), u32<3>("nr_args")};
constexpr ParamDef kFutex[] = {res(), u64<0>("addr", PrintFormat::kHex),
                               flags("op", kFutexOps, unsigned32<1>, kFlags16),
                               param("val", kUint64, unsigned32<2>)};
constexpr ParamDef kSeccomp[] = {res(), u64<0>("op"), u64<1>("flags", PrintFormat::kHex)};
constexpr ParamDef kNanosleep[] = {res(), param("interval", kRelTime, sleep_interval)};
constexpr ParamDef kSemop[] = {
    res(),
    u32<2>("nsops"),
    param("sem_num_0", kUint16, struct_member<uint16_t, 0>),
    param("sem_op_0", kInt16, struct_member<int16_t, 2>),
    flags("sem_flg_0", kSemaphoreFlags, semaphore_flags_at<4>, kFlags16),
    param("sem_num_1", kUint16, struct_member<uint16_t, 6>),
    param("sem_op_1", kInt16, struct_member<int16_t, 8>),
    flags("sem_flg_1", kSemaphoreFlags, semaphore_flags_at<10>, kFlags16),
    i32<0>("semid")};
constexpr ParamDef kSemctl[] = {
    res(), i32<0>("semid"), i32<1>("semnum"),
    flags("cmd", kSemctlCommands, converted<2, semctl_command>, kFlags16), i32<3>("val")};
constexpr ParamDef kSemget[] = {res(), i32<0>("key", PrintFormat::kHex), i32<1>("nsems"),
                                flags("semflg", kSemgetFlags, converted<2, semget_flags>)};
constexpr ParamDef kQuotactl[] = {
    res(),
    text<0>("special"),
    absent("quotafilepath", kCharBuf),
    absent("dqb_bhardlimit", kUint64),
    absent("dqb_bsoftlimit", kUint64),
    absent("dqb_curspace", kUint64),
    absent("dqb_ihardlimit", kUint64),
    absent("dqb_isoftlimit", kUint64),
    absent("dqb_btime", kRelTime),
    absent("dqb_itime", kRelTime),
    absent("dqi_bgrace", kRelTime),
    absent("dqi_igrace", kRelTime),
    absent_flags("dqi_flags", kQuotaInfoFlags, kFlags8),
    absent_flags("quota_fmt_out", kQuotaFormats, kFlags8),
    flags("cmd", kQuotaCommands, converted<0, quota_command>, kFlags16, PrintFormat::kDecimal),
    flags("type", kQuotaTypes, converted<0, quota_type>, kFlags8, PrintFormat::kDecimal),
    u32<2>("id"),
    flags("quota_fmt", kQuotaFormats, quota_format_of, kFlags8, PrintFormat::kDecimal)};
constexpr ParamDef kFsconfig[] = {
    res(),
    fd<0>(),
    enumeration("cmd", kFsconfigCommands, unsigned32<1>, kEnumFlags32),
    text<0>("key"),
    absent("value_bytebuf", kByteBuf),
    text<1>("value_charbuf"),
    i32<4>("aux")};
constexpr ParamDef kKeyctl[] = {
    res(),
    enumeration("operation", kKeyctlOperations, unsigned32<0>, kEnumFlags32),
    param("arg2", kDyn, signed64<1>),
    param("arg3", kDyn, signed64<2>),
    param("arg4", kDyn, signed64<3>),
    param("arg5", kDyn, signed64<4>)};

// Capture plans, named likewise.
constexpr ev_plan_step kMountPlan[] = {string_before(0, 0), string_before(1, 1),
                                       base_before(EV_ARG_CWD, 1), structure(2, 24)};
constexpr ev_plan_step kUmountPlan[] = {string_before(0), base_before(EV_ARG_CWD)};
constexpr ev_plan_step kInitModulePlan[] = {string(2)};
constexpr ev_plan_step kFinitModulePlan[] = {file_of(0), string(1)};
constexpr ev_plan_step kDeleteModulePlan[] = {string(0)};
constexpr ev_plan_step kIoctlPlan[] = {file_of(0)};
constexpr ev_plan_step kIoUringSetupPlan[] = {structure(1, 24), new_file()};
constexpr ev_plan_step kNanosleepPlan[] = {structure(0, 16)};
constexpr ev_plan_step kSemopPlan[] = {structure(1, 12)};
constexpr ev_plan_step kQuotactlPlan[] = {string(1)};
constexpr ev_plan_step kFsconfigPlan[] = {file_of(0), string(2, 0), string(3, 1)};

constexpr EventDef kEvents[] = {
    {"mount", SAKER_NR(mount), kFile, 0, kMount, kMountPlan},
    {"umount", SAKER_NR(umount), kFile, 0, kUmount, kUmountPlan},
    {"umount2", SAKER_NR(umount2), kFile, 0, kUmount2, kUmountPlan},
    {"init_module", SAKER_NR(init_module), kOther, 0, kInitModule, kInitModulePlan},
    {"finit_module", SAKER_NR(finit_module), kOther, kEventUsesFd | kEventReadsFd, kFinitModule,
     kFinitModulePlan},
    {"delete_module", SAKER_NR(delete_module), kOther, 0, kDeleteModule, kDeleteModulePlan},
    {"bpf", SAKER_NR(bpf), kOther, kEventCreatesFd, kBpf, {}},
    {"capable", EV_NR_CAPABLE, kProcess, kEventOfHook, kCapable, {}},
    {"kernel_module_request", EV_NR_MODULE_REQUEST, kOther, kEventOfHook, kModuleRequest, {}},
    {"ioctl", SAKER_NR(ioctl), kIoOther, kEventUsesFd, kIoctl, kIoctlPlan},
    {"io_uring_setup", SAKER_NR(io_uring_setup), kIoOther, kEventCreatesFd, kIoUringSetup,
     kIoUringSetupPlan},
    {"io_uring_enter", SAKER_NR(io_uring_enter), kIoOther, kEventUsesFd, kIoUringEnter, kIoctlPlan},
    {"io_uring_register", SAKER_NR(io_uring_register), kIoOther, kEventUsesFd, kIoUringRegister,
     kIoctlPlan},
    {"futex", SAKER_NR(futex), kIpc, 0, kFutex, {}},
    {"seccomp", SAKER_NR(seccomp), kOther, 0, kSeccomp, {}},
    {"nanosleep", SAKER_NR(nanosleep), kSleep, kEventWaits, kNanosleep, kNanosleepPlan},
    {"semop", SAKER_NR(semop), kProcess, 0, kSemop, kSemopPlan},
    {"semctl", SAKER_NR(semctl), kProcess, 0, kSemctl, {}},
    {"semget", SAKER_NR(semget), kProcess, 0, kSemget, {}},
    {"quotactl", SAKER_NR(quotactl), kUser, 0, kQuotactl, kQuotactlPlan},
    {"fsconfig", SAKER_NR(fsconfig), kSystem, kEventUsesFd, kFsconfig, kFsconfigPlan},
    {"keyctl", SAKER_NR(keyctl), kOther, 0, kKeyctl, {}},
};

}  // namespace

std::span<const EventDef> misc_events() { return kEvents; }

}  // namespace saker::rows
