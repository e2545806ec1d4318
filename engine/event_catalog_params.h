// SPDX-License-Identifier: Apache-2.0
// The vocabulary of event rows: readers of parameters, and steps of capture plans. Private to the
// event_catalog_<domain>.cpp files.
//
// A parameter builder is named after the type it gives; its template argument is the syscall's
// argument number. `.slot` of paths and of plan steps must agree (tested).
#ifndef SAKER_ENGINE_EVENT_CATALOG_PARAMS_H
#define SAKER_ENGINE_EVENT_CATALOG_PARAMS_H

#include <sys/syscall.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "engine/event.h"
#include "engine/event_catalog.h"

namespace saker::rows {

// Rows of each domain, and the names of generic and foreign events.
std::span<const EventDef> file_events();
std::span<const EventDef> fd_events();
std::span<const EventDef> net_events();
std::span<const EventDef> user_events();
std::span<const EventDef> process_events();
std::span<const EventDef> misc_events();
std::span<const EventDef> foreign_events();

struct SyscallName {
  std::string_view name;
  int nr;  // -1: not of this architecture
};
std::span<const SyscallName> generic_syscalls();

// The number in a macro's expansion; `fallback` when it did not expand to one.
consteval int syscall_number(std::string_view text, int fallback) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return fallback;
    }
    number = number * 10 + (c - '0');
  }
  return text.empty() ? fallback : number;
}

// Number of a syscall on this architecture, or -1. Calls younger than the build host's headers have
// the same number everywhere and give it as the second argument.
#define SAKER_TEXT(x) #x
#define SAKER_EXPANDED_TEXT(x) SAKER_TEXT(x)
#define SAKER_NR_OR(name, number) \
  ::saker::rows::syscall_number(SAKER_EXPANDED_TEXT(__NR_##name), number)
#define SAKER_NR(name) SAKER_NR_OR(name, -1)

using Reader = Value (*)(const Event&) noexcept;
using enum FieldType;

inline Value no_value(const Event&) noexcept { return Value::missing(); }
inline Value result(const Event& e) noexcept { return Value::of_int(e.outcome()); }

template <size_t N>
Value unsigned64(const Event& e) noexcept {
  return Value::of_uint(e.arg(N));
}
template <size_t N>
Value unsigned32(const Event& e) noexcept {
  return Value::of_uint(static_cast<uint32_t>(e.arg(N)));
}
template <size_t N>
Value signed64(const Event& e) noexcept {
  return Value::of_int(static_cast<int64_t>(e.arg(N)));
}
template <size_t N>
Value signed32(const Event& e) noexcept {
  return Value::of_int(static_cast<int32_t>(e.arg(N)));
}
template <uint8_t Slot>
Value string_of(const Event& e) noexcept {
  const Section& section = e.section(EV_SEC_STRING, Slot);
  return section ? Value::of_text(section.bytes) : Value::missing();
}
inline Value bytes_of(const Event& e) noexcept {
  const Section& section = e.section(EV_SEC_BYTES);
  return section ? Value::of_text(section.bytes) : Value::missing();
}
// A native value translated by a function of event_catalog_flags.h.
template <size_t N, uint64_t (*Convert)(uint64_t)>
Value converted(const Event& e) noexcept {
  return Value::of_uint(Convert(e.arg(N)));
}
// Element of a fixed-size struct captured into BYTES.
template <typename T, size_t Offset>
Value struct_member(const Event& e) noexcept {
  const Section& section = e.section(EV_SEC_BYTES);
  if (section.bytes.size() < Offset + sizeof(T)) {
    return Value::missing();
  }
  T value;
  std::memcpy(&value, section.bytes.data() + Offset, sizeof(T));
  if constexpr (std::is_signed_v<T>) {
    return Value::of_int(value);
  } else {
    return Value::of_uint(value);
  }
}

constexpr ParamDef param(std::string_view name, FieldType type, Reader read,
                         PrintFormat format = PrintFormat::kDecimal) {
  return {name, type, format, {}, read, 0};
}
constexpr ParamDef absent(std::string_view name, FieldType type,
                          PrintFormat format = PrintFormat::kDecimal) {
  return param(name, type, no_value, format);
}
constexpr ParamDef res() { return param("res", kErrno, result); }
constexpr ParamDef new_fd(std::string_view name = "fd") { return param(name, kFd, result); }
template <size_t N>
constexpr ParamDef fd(std::string_view name = "fd") {
  return param(name, kFd, signed32<N>);
}
template <size_t N>
constexpr ParamDef pid(std::string_view name) {
  return param(name, kPid, signed32<N>);
}
template <size_t N>
constexpr ParamDef uid(std::string_view name) {
  return param(name, kUid, unsigned32<N>);
}
template <size_t N>
constexpr ParamDef gid(std::string_view name) {
  return param(name, kGid, unsigned32<N>);
}
template <size_t N>
constexpr ParamDef u32(std::string_view name, PrintFormat format = PrintFormat::kDecimal) {
  return param(name, kUint32, unsigned32<N>, format);
}
template <size_t N>
constexpr ParamDef u64(std::string_view name, PrintFormat format = PrintFormat::kDecimal) {
  return param(name, kUint64, unsigned64<N>, format);
}
template <size_t N>
constexpr ParamDef i32(std::string_view name, PrintFormat format = PrintFormat::kDecimal) {
  return param(name, kInt32, signed32<N>, format);
}
template <size_t N>
constexpr ParamDef i64(std::string_view name) {
  return param(name, kInt64, signed64<N>);
}
template <uint8_t Slot>
constexpr ParamDef text(std::string_view name) {
  return {name, kCharBuf, PrintFormat::kDecimal, {}, string_of<Slot>, Slot};
}
// Relative paths are relative to the current directory.
template <uint8_t Slot>
constexpr ParamDef path(std::string_view name) {
  return {name, kFsPath, PrintFormat::kDecimal, {}, string_of<Slot>, Slot};
}
// Relative paths are relative to a directory descriptor.
template <uint8_t Slot>
constexpr ParamDef relative_path(std::string_view name) {
  return {name, kFsRelPath, PrintFormat::kDecimal, {}, string_of<Slot>, Slot};
}
constexpr ParamDef flags(std::string_view name, std::span<const FlagName> table, Reader read,
                         FieldType type = kFlags32, PrintFormat format = PrintFormat::kHex) {
  return {name, type, format, table, read, 0};
}
constexpr ParamDef enumeration(std::string_view name, std::span<const FlagName> table, Reader read,
                               FieldType type, PrintFormat format = PrintFormat::kDecimal) {
  return {name, type, format, table, read, 0};
}
constexpr ParamDef data() { return param("data", kByteBuf, bytes_of); }
// Payload of scattered buffers, which no plan step reads.
constexpr ParamDef unread_data() { return absent("data", kByteBuf); }
// Bytes that the call moved, where its arguments do not say how many it should.
inline Value moved_bytes(const Event& e) noexcept {
  return Value::of_uint(e.return_value() > 0 ? static_cast<uint64_t>(e.return_value()) : 0);
}
constexpr ParamDef transferred() { return param("size", kUint32, moved_bytes); }

constexpr ev_plan_step step(ev_op op, uint8_t arg, uint8_t slot, uint8_t flags = 0,
                            uint8_t arg2 = 0, uint16_t size = 0) {
  return {static_cast<uint8_t>(op), arg, arg2, slot, flags, 0, size};
}
constexpr ev_plan_step string(uint8_t arg, uint8_t slot = 0, uint8_t flags = 0) {
  return step(EV_OP_STRING, arg, slot, flags);
}
constexpr ev_plan_step base(uint8_t arg, uint8_t slot = 0, uint8_t flags = 0) {
  return step(EV_OP_BASE, arg, slot, flags);
}
// Strings that no kernel object shows after the call: read before it runs, so that no other thread
// can rewrite them in between.
constexpr ev_plan_step string_before(uint8_t arg, uint8_t slot = 0) {
  return string(arg, slot, EV_STEPF_AT_ENTER);
}
constexpr ev_plan_step base_before(uint8_t arg, uint8_t slot = 0) {
  return base(arg, slot, EV_STEPF_AT_ENTER);
}
constexpr ev_plan_step file_of(uint8_t arg, uint8_t slot = 0) { return step(EV_OP_FD, arg, slot); }
constexpr ev_plan_step new_file(uint8_t slot = 0) {
  return step(EV_OP_FD, EV_ARG_RET, slot, EV_STEPF_ON_SUCCESS);
}
constexpr ev_plan_step sockaddr(uint8_t arg, uint8_t length_arg, uint8_t flags = 0) {
  return step(EV_OP_SOCKADDR, arg, 0, flags, length_arg);
}
// Bytes of I/O that a rule can look at (evt.buffer).
inline constexpr uint16_t kDataBytes = 80;
constexpr ev_plan_step payload(uint8_t arg, uint8_t length_arg, uint8_t flags = 0) {
  return step(EV_OP_BYTES, arg, 0, flags, length_arg, kDataBytes);
}
constexpr ev_plan_step message(uint8_t arg, uint8_t flags = 0) {
  return step(EV_OP_MSGHDR, arg, 0, flags, 0, kDataBytes);
}
// For calls that give the caller all capabilities in a new namespace: what it was allowed before
// tells more.
constexpr ev_plan_step caps_before() { return step(EV_OP_CAPS, 0, 0, EV_STEPF_AT_ENTER); }
constexpr ev_plan_step structure(uint8_t arg, uint16_t size, uint8_t flags = 0) {
  return step(EV_OP_STRUCT, arg, 0, flags, 0, size);
}

}  // namespace saker::rows

#endif  // SAKER_ENGINE_EVENT_CATALOG_PARAMS_H
