// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"
#include "engine/fields/fields_endpoint.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// The kernel packs flags into the upper bits of the type.
constexpr uint64_t kTypeBits = 0xf;
Value socket_type(const Event& e) noexcept {
  return Value::of_uint(static_cast<uint32_t>(e.arg(1)) & kTypeBits);
}
Value socket_flags(const Event& e) noexcept {
  return Value::of_uint(descriptor_flags(e.arg(1) & ~kTypeBits));
}
Value option_name(const Event& e) noexcept {
  constexpr uint64_t kSolSocket = 1;
  return Value::of_uint(e.arg(1) == kSolSocket ? socket_option(e.arg(2)) : 0);
}

// Of the listening socket, slot 1 of accept.
Value queue_length(const Event& e) noexcept {
  return e.socket(1) != nullptr ? Value::of_uint(e.socket(1)->queue_len) : Value::missing();
}
Value queue_limit(const Event& e) noexcept {
  return e.socket(1) != nullptr ? Value::of_uint(e.socket(1)->queue_max) : Value::missing();
}
Value queue_percent(const Event& e) noexcept {
  const ev_socket* listener = e.socket(1);
  if (listener == nullptr) {
    return Value::missing();
  }
  return Value::of_uint(
      listener->queue_max == 0 ? 0 : uint64_t{listener->queue_len} * 100 / listener->queue_max);
}
constexpr ParamDef tuple() { return param("tuple", kSockTuple, tuple_value); }
constexpr ParamDef address() { return param("addr", kSockAddr, sockaddr_value); }

// Parameters, named after the first event that has them.
constexpr ParamDef kSocket[] = {
    new_fd(), enumeration("domain", kSocketDomains, unsigned32<0>, kEnumFlags32),
    param("type", kUint32, socket_type), u32<2>("proto"), flags("flags", kOpenFlags, socket_flags)};
constexpr ParamDef kSocketpair[] = {
    res(),
    param("fd1", kFd, struct_member<int32_t, 0>),
    param("fd2", kFd, struct_member<int32_t, 4>),
    absent("source", kUint64, PrintFormat::kHex),
    absent("peer", kUint64, PrintFormat::kHex),
    enumeration("domain", kSocketDomains, unsigned32<0>, kEnumFlags32),
    param("type", kUint32, socket_type),
    u32<2>("proto")};
constexpr ParamDef kBind[] = {res(), address(), fd<0>()};
constexpr ParamDef kConnect[] = {res(), tuple(), fd<0>(), address()};
constexpr ParamDef kListen[] = {res(), fd<0>(), i32<1>("backlog")};
constexpr ParamDef kAccept[] = {new_fd(), tuple(), param("queuepct", kUint8, queue_percent),
                                param("queuelen", kUint32, queue_length),
                                param("queuemax", kUint32, queue_limit)};
constexpr ParamDef kAccept4[] = {new_fd(),
                                 tuple(),
                                 param("queuepct", kUint8, queue_percent),
                                 param("queuelen", kUint32, queue_length),
                                 param("queuemax", kUint32, queue_limit),
                                 i32<3>("flags", PrintFormat::kHex)};
constexpr ParamDef kSend[] = {res(), data(), fd<0>(), u32<2>("size"), tuple()};
constexpr ParamDef kSendmsg[] = {res(), data(), fd<0>(), transferred(), tuple()};
constexpr ParamDef kSendmmsg[] = {res(), fd<0>(), absent("size", kUint32), unread_data(), tuple()};
constexpr ParamDef kRecvfrom[] = {res(), data(), tuple(), fd<0>(), u32<2>("size")};
constexpr ParamDef kRecvmsg[] = {
    res(), transferred(), data(), tuple(), absent("msgcontrol", kByteBuf), fd<0>()};
constexpr ParamDef kRecvmmsg[] = {res(),         fd<0>(), absent("size", kUint32),
                                  unread_data(), tuple(), absent("msgcontrol", kByteBuf)};
constexpr ParamDef kShutdown[] = {
    res(), fd<0>(),
    enumeration("how", kShutdownHows, converted<1, shutdown_how>, kEnumFlags8, PrintFormat::kHex)};
constexpr ParamDef kSetsockopt[] = {
    res(),
    fd<0>(),
    enumeration("level", kSocketLevels, converted<1, socket_level>, kEnumFlags8),
    enumeration("optname", kSocketOptions, option_name, kEnumFlags8),
    absent("val", kDyn),
    u32<4>("optlen")};
constexpr ParamDef kGetsockopt[] = {
    res(),
    fd<0>(),
    enumeration("level", kSocketLevels, converted<1, socket_level>, kEnumFlags8),
    enumeration("optname", kSocketOptions, option_name, kEnumFlags8),
    absent("val", kDyn),
    absent("optlen", kUint32)};

// Capture plans, named likewise.
constexpr ev_plan_step kSocketPlan[] = {new_file()};
constexpr ev_plan_step kSocketpairPlan[] = {structure(3, 8, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kBindPlan[] = {file_of(0), sockaddr(1, 2)};
constexpr ev_plan_step kListenPlan[] = {file_of(0)};
constexpr ev_plan_step kAcceptPlan[] = {new_file(), file_of(0, 1)};
constexpr ev_plan_step kSendPlan[] = {file_of(0), payload(1, 2)};
constexpr ev_plan_step kSendtoPlan[] = {file_of(0), sockaddr(4, 5), payload(1, 2)};
constexpr ev_plan_step kSendmsgPlan[] = {file_of(0), message(1)};
constexpr ev_plan_step kRecvPlan[] = {file_of(0), payload(1, EV_ARG_RET, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kRecvfromPlan[] = {file_of(0),
                                          sockaddr(4, 5, EV_STEPF_DEREF | EV_STEPF_ON_SUCCESS),
                                          payload(1, EV_ARG_RET, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kRecvmsgPlan[] = {file_of(0), message(1, EV_STEPF_ON_SUCCESS)};

constexpr EventDef kEvents[] = {
    {"socket", SAKER_NR(socket), kNet, kEventCreatesFd, kSocket, kSocketPlan},
    {"socketpair", SAKER_NR(socketpair), kIpc, kEventCreatesFd, kSocketpair, kSocketpairPlan},
    {"bind", SAKER_NR(bind), kNet, kEventUsesFd, kBind, kBindPlan},
    {"connect", SAKER_NR(connect), kNet, kEventUsesFd, kConnect, kBindPlan},
    {"listen", SAKER_NR(listen), kNet, kEventUsesFd, kListen, kListenPlan},
    {"accept", SAKER_NR(accept), kNet, kEventCreatesFd, kAccept, kAcceptPlan},
    {"accept4", SAKER_NR(accept4), kNet, kEventCreatesFd, kAccept4, kAcceptPlan},
    {"send", SAKER_NR(send), kIoWrite, kEventUsesFd | kEventWritesFd, kSend, kSendPlan},
    {"sendto", SAKER_NR(sendto), kIoWrite, kEventUsesFd | kEventWritesFd, kSend, kSendtoPlan},
    {"sendmsg", SAKER_NR(sendmsg), kIoWrite, kEventUsesFd | kEventWritesFd, kSendmsg, kSendmsgPlan},
    {"sendmmsg", SAKER_NR(sendmmsg), kIoWrite, kEventUsesFd | kEventWritesFd, kSendmmsg,
     kListenPlan},
    {"recv", SAKER_NR(recv), kIoRead, kEventUsesFd | kEventReadsFd, kSend, kRecvPlan},
    {"recvfrom", SAKER_NR(recvfrom), kIoRead, kEventUsesFd | kEventReadsFd, kRecvfrom,
     kRecvfromPlan},
    {"recvmsg", SAKER_NR(recvmsg), kIoRead, kEventUsesFd | kEventReadsFd, kRecvmsg, kRecvmsgPlan},
    {"recvmmsg", SAKER_NR(recvmmsg), kIoRead, kEventUsesFd | kEventReadsFd, kRecvmmsg, kListenPlan},
    {"shutdown", SAKER_NR(shutdown), kNet, kEventUsesFd, kShutdown, kListenPlan},
    {"setsockopt", SAKER_NR(setsockopt), kNet, kEventUsesFd, kSetsockopt, kListenPlan},
    {"getsockopt", SAKER_NR(getsockopt), kNet, kEventUsesFd, kGetsockopt, kListenPlan},
    {"getsockname", SAKER_NR(getsockname), kNet, 0, {}, {}},
    {"getpeername", SAKER_NR(getpeername), kNet, 0, {}, {}},
};

}  // namespace

std::span<const EventDef> net_events() { return kEvents; }

}  // namespace saker::rows
