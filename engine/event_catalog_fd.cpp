// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// Parameters, named after the first event that has them.
constexpr ParamDef kClose[] = {res(), fd<0>()};
constexpr ParamDef kCloseRange[] = {res(), u32<0>("first"), u32<1>("last"),
                                    flags("flags", kCloseRangeFlags, unsigned32<2>)};
constexpr ParamDef kRead[] = {res(), data(), fd<0>(), u32<2>("size")};
constexpr ParamDef kPread[] = {res(), data(), fd<0>(), u32<2>("size"), u64<3>("pos")};
constexpr ParamDef kReadv[] = {res(), transferred(), unread_data(), fd<0>()};
constexpr ParamDef kPreadv[] = {res(), transferred(), unread_data(), fd<0>(), u64<3>("pos")};
constexpr ParamDef kWritev[] = {res(), unread_data(), fd<0>(), transferred()};
constexpr ParamDef kPwritev[] = {res(), unread_data(), fd<0>(), transferred(), u64<3>("pos")};
constexpr ParamDef kDup[] = {new_fd("res"), fd<0>("oldfd")};
constexpr ParamDef kDup2[] = {new_fd("res"), fd<0>("oldfd"), fd<1>("newfd")};
constexpr ParamDef kDup3[] = {new_fd("res"), fd<0>("oldfd"), fd<1>("newfd"),
                              flags("flags", kOpenFlags, converted<2, descriptor_flags>)};
constexpr ParamDef kFcntl[] = {
    new_fd("res"), fd<0>(),
    enumeration("cmd", kFcntlCommands, converted<1, fcntl_command>, kEnumFlags8),
    u64<2>("arg", PrintFormat::kHex)};
constexpr ParamDef kLseek[] = {res(), fd<0>(), u64<1>("offset"),
                               enumeration("whence", kSeekOrigins, unsigned32<2>, kEnumFlags8)};
constexpr ParamDef kFlock[] = {res(), fd<0>(), flags("operation", kLockOperations, unsigned32<1>)};
constexpr ParamDef kSplice[] = {res(), fd<0>("fd_in"), fd<2>("fd_out"), u64<4>("size"),
                                flags("flags", kSpliceFlags, unsigned32<5>)};
constexpr ParamDef kSendfile[] = {res(), absent("offset", kUint64), fd<0>("out_fd"), fd<1>("in_fd"),
                                  u64<3>("size")};
constexpr ParamDef kCopyFileRange[] = {
    res(),         fd<2>("fdout"),           absent("offout", kUint64),
    fd<0>("fdin"), absent("offin", kUint64), u64<4>("len")};
constexpr ParamDef kPipe[] = {res(), param("fd1", kFd, struct_member<int32_t, 0>),
                              param("fd2", kFd, struct_member<int32_t, 4>), absent("ino", kUint64)};
constexpr ParamDef kPipe2[] = {res(), param("fd1", kFd, struct_member<int32_t, 0>),
                               param("fd2", kFd, struct_member<int32_t, 4>), absent("ino", kUint64),
                               flags("flags", kOpenFlags, converted<1, descriptor_flags>)};
constexpr ParamDef kEventfd[] = {new_fd("res"), u64<0>("initval"),
                                 absent("flags", kUint32, PrintFormat::kHex)};
constexpr ParamDef kEventfd2[] = {
    new_fd("res"), flags("flags", kOpenFlags, converted<1, descriptor_flags>, kFlags16),
    u64<0>("initval")};
constexpr ParamDef kSignalfd[] = {new_fd("res"), fd<0>(),
                                  absent("mask", kUint32, PrintFormat::kHex),
                                  absent("flags", kUint8, PrintFormat::kHex)};
constexpr ParamDef kSignalfd4[] = {
    new_fd("res"), flags("flags", kOpenFlags, converted<3, descriptor_flags>, kFlags16), fd<0>(),
    absent("mask", kUint32, PrintFormat::kHex)};
constexpr ParamDef kTimerfdCreate[] = {new_fd("res"), param("clockid", kUint8, unsigned32<0>),
                                       param("flags", kUint8, unsigned32<1>, PrintFormat::kHex)};
constexpr ParamDef kInotifyInit[] = {new_fd("res"), absent("flags", kUint8, PrintFormat::kHex)};
constexpr ParamDef kInotifyInit1[] = {
    new_fd("res"), flags("flags", kOpenFlags, converted<0, descriptor_flags>, kFlags16)};
constexpr ParamDef kEpollCreate[] = {res(), i32<0>("size")};
constexpr ParamDef kEpollCreate1[] = {res(),
                                      flags("flags", kEpollFlags, converted<0, epoll_flags>)};
constexpr ParamDef kUserfaultfd[] = {res(),
                                     flags("flags", kOpenFlags, converted<0, descriptor_flags>)};
constexpr ParamDef kMemfdCreate[] = {new_fd(), text<0>("name"),
                                     flags("flags", kMemfdFlags, unsigned32<1>)};
constexpr ParamDef kPidfdOpen[] = {new_fd(), pid<0>("pid"),
                                   flags("flags", kPidfdFlags, converted<1, pidfd_flags>)};
constexpr ParamDef kPidfdGetfd[] = {new_fd(), fd<0>("pid_fd"), fd<1>("target_fd"),
                                    u32<2>("flags", PrintFormat::kHex)};
constexpr ParamDef kEpollWait[] = {res(), param("maxevents", kErrno, signed32<2>)};
constexpr ParamDef kPoll[] = {res(), absent("fds", kFdList), param("timeout", kInt64, signed32<2>)};
constexpr ParamDef kPpoll[] = {res(), absent("fds", kFdList), absent("timeout", kRelTime),
                               absent("sigmask", kSigSet)};
constexpr ParamDef kSelect[] = {res()};

// Capture plans, named likewise.
constexpr ev_plan_step kReadPlan[] = {file_of(0), payload(1, EV_ARG_RET, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kWritePlan[] = {file_of(0), payload(1, 2)};
constexpr ev_plan_step kReadvPlan[] = {file_of(0)};
constexpr ev_plan_step kDupPlan[] = {new_file(), file_of(0, 1)};
constexpr ev_plan_step kSplicePlan[] = {file_of(0), file_of(2, 1)};
constexpr ev_plan_step kSendfilePlan[] = {file_of(0), file_of(1, 1)};
constexpr ev_plan_step kCopyFileRangePlan[] = {file_of(2), file_of(0, 1)};
constexpr ev_plan_step kPipePlan[] = {structure(0, 8, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kEventfdPlan[] = {new_file()};
constexpr ev_plan_step kMemfdCreatePlan[] = {string(0), new_file()};

constexpr EventDef kEvents[] = {
    {"close", SAKER_NR(close), kIoOther, kEventUsesFd, kClose, {}},
    {"close_range", SAKER_NR(close_range), kIoOther, 0, kCloseRange, {}},
    {"read", SAKER_NR(read), kIoRead, kEventUsesFd | kEventReadsFd, kRead, kReadPlan},
    {"pread", SAKER_NR(pread64), kIoRead, kEventUsesFd | kEventReadsFd, kPread, kReadPlan},
    {"write", SAKER_NR(write), kIoWrite, kEventUsesFd | kEventWritesFd, kRead, kWritePlan},
    {"pwrite", SAKER_NR(pwrite64), kIoWrite, kEventUsesFd | kEventWritesFd, kPread, kWritePlan},
    {"readv", SAKER_NR(readv), kIoRead, kEventUsesFd | kEventReadsFd, kReadv, kReadvPlan},
    {"preadv", SAKER_NR(preadv), kIoRead, kEventUsesFd | kEventReadsFd, kPreadv, kReadvPlan},
    {"writev", SAKER_NR(writev), kIoWrite, kEventUsesFd | kEventWritesFd, kWritev, kReadvPlan},
    {"pwritev", SAKER_NR(pwritev), kIoWrite, kEventUsesFd | kEventWritesFd, kPwritev, kReadvPlan},
    {"dup", SAKER_NR(dup), kIoOther, kEventCreatesFd | kEventUsesFd, kDup, kDupPlan},
    {"dup2", SAKER_NR(dup2), kIoOther, kEventCreatesFd | kEventUsesFd, kDup2, kDupPlan},
    {"dup3", SAKER_NR(dup3), kIoOther, kEventCreatesFd | kEventUsesFd, kDup3, kDupPlan},
    {"fcntl", SAKER_NR(fcntl), kIoOther, kEventUsesFd, kFcntl, kReadvPlan},
    {"lseek", SAKER_NR(lseek), kFile, kEventUsesFd, kLseek, kReadvPlan},
    {"llseek", SAKER_NR(_llseek), kFile, kEventUsesFd, kLseek, kReadvPlan},
    {"getdents", SAKER_NR(getdents), kFile, kEventUsesFd, kClose, kReadvPlan},
    {"getdents64", SAKER_NR(getdents64), kFile, kEventUsesFd, kClose, kReadvPlan},
    {"flock", SAKER_NR(flock), kFile, kEventUsesFd, kFlock, kReadvPlan},
    {"splice", SAKER_NR(splice), kIoOther, kEventUsesFd, kSplice, kSplicePlan},
    {"sendfile", SAKER_NR(sendfile), kIoWrite, kEventUsesFd, kSendfile, kSendfilePlan},
    {"copy_file_range", SAKER_NR(copy_file_range), kFile,
     kEventUsesFd | kEventReadsFd | kEventWritesFd, kCopyFileRange, kCopyFileRangePlan},
    {"pipe", SAKER_NR(pipe), kIpc, kEventCreatesFd, kPipe, kPipePlan},
    {"pipe2", SAKER_NR(pipe2), kIpc, kEventCreatesFd, kPipe2, kPipePlan},
    {"eventfd", SAKER_NR(eventfd), kIpc, kEventCreatesFd, kEventfd, kEventfdPlan},
    {"eventfd2", SAKER_NR(eventfd2), kIpc, kEventCreatesFd, kEventfd2, kEventfdPlan},
    {"signalfd", SAKER_NR(signalfd), kSignal, kEventCreatesFd, kSignalfd, kEventfdPlan},
    {"signalfd4", SAKER_NR(signalfd4), kSignal, kEventCreatesFd, kSignalfd4, kEventfdPlan},
    {"timerfd_create", SAKER_NR(timerfd_create), kTime, kEventCreatesFd, kTimerfdCreate,
     kEventfdPlan},
    {"inotify_init", SAKER_NR(inotify_init), kIpc, kEventCreatesFd, kInotifyInit, kEventfdPlan},
    {"inotify_init1", SAKER_NR(inotify_init1), kIpc, kEventCreatesFd, kInotifyInit1, kEventfdPlan},
    {"epoll_create", SAKER_NR(epoll_create), kWait, kEventCreatesFd, kEpollCreate, kEventfdPlan},
    {"epoll_create1", SAKER_NR(epoll_create1), kWait, kEventCreatesFd, kEpollCreate1, kEventfdPlan},
    {"userfaultfd", SAKER_NR(userfaultfd), kFile, kEventCreatesFd, kUserfaultfd, kEventfdPlan},
    {"memfd_create", SAKER_NR(memfd_create), kMemory, kEventCreatesFd, kMemfdCreate,
     kMemfdCreatePlan},
    {"pidfd_open", SAKER_NR(pidfd_open), kProcess, kEventCreatesFd, kPidfdOpen, kEventfdPlan},
    {"pidfd_getfd", SAKER_NR(pidfd_getfd), kProcess, kEventCreatesFd, kPidfdGetfd, kDupPlan},
    {"epoll_wait", SAKER_NR(epoll_wait), kWait, kEventWaits, kEpollWait, {}},
    {"poll", SAKER_NR(poll), kWait, kEventWaits, kPoll, {}},
    {"ppoll", SAKER_NR(ppoll), kWait, kEventWaits, kPpoll, {}},
    {"select", SAKER_NR(select), kWait, kEventWaits, kSelect, {}},
};

}  // namespace

std::span<const EventDef> fd_events() { return kEvents; }

}  // namespace saker::rows
