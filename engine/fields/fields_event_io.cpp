// SPDX-License-Identifier: Apache-2.0
// Results of calls, input and output.
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr uint16_t kReadsOrWrites = kEventReadsFd | kEventWritesFd;

bool has_flag(const Event& event, uint16_t flags) noexcept {
  return (def_of(event).flags & flags) != 0;
}

bool failed(const Event& event) noexcept { return event.has_return() && event.outcome() < 0; }

Value result(const Event& event, const FieldArgs&) noexcept {
  if (!event.has_return()) {
    return Value::missing();
  }
  if (event.outcome() >= 0) {
    return Value::of_text("SUCCESS");
  }
  const std::string_view name = error_text(event.outcome());
  return Value::of_text(!name.empty() ? name : signed_text(event.scratch(), event.outcome()));
}

Value buffer(const Event& event, const FieldArgs&) noexcept {
  const ParamDef* data = param_named(event, "data");
  return data != nullptr && data->type == kByteBuf ? data->read(event) : Value::missing();
}

bool is_io(const Event& event) noexcept {
  const EventCategory category = def_of(event).category;
  return category == EventCategory::kIoRead || category == EventCategory::kIoWrite ||
         category == EventCategory::kIoOther;
}

using KindTest = bool (*)(const DescriptorKind&) noexcept;
bool any_kind(const DescriptorKind&) noexcept { return true; }
bool is_file(const DescriptorKind& kind) noexcept {
  return kind.group == DescriptorKind::Group::kFile;
}
bool is_ip(const DescriptorKind& kind) noexcept { return kind.group == DescriptorKind::Group::kIp; }

// Bytes that were read or written: with these flags, on this kind of descriptor.
template <uint16_t Flags, KindTest Is>
Value transferred(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  const bool counts = is_io(event) && kind != nullptr && Is(*kind) && !failed(event) &&
                      (Flags == 0 || has_flag(event, Flags));
  return counts ? Value::of_uint(static_cast<uint64_t>(event.return_value())) : Value::missing();
}

Value is_syslog(const Event& event, const FieldArgs&) noexcept {
  return Value::of_bool(has_flag(event, kEventWritesFd) &&
                        descriptor_name(event).find("/dev/log") != std::string_view::npos);
}

Value io_direction(const Event& event, const FieldArgs&) noexcept {
  return has_flag(event, kEventWritesFd)  ? Value::of_text("write")
         : has_flag(event, kEventReadsFd) ? Value::of_text("read")
                                          : Value::missing();
}

// Which of the four kinds of errors the event would count to.
enum class ErrorDomain : uint8_t { kFile, kNet, kMemory, kOther };

ErrorDomain error_domain(const Event& event) noexcept {
  static const EventSet kOpens =
      events_named({"open", "openat", "openat2", "creat", "open_by_handle_at"});
  static const EventSet kConnects = events_named({"accept", "accept4", "connect"});
  if (const DescriptorKind* kind = descriptor_kind(event)) {
    return kind->is_file()     ? ErrorDomain::kFile
           : kind->is_socket() ? ErrorDomain::kNet
                               : ErrorDomain::kOther;
  }
  if (event.is_matchable() && kOpens.test(event.code())) {
    return ErrorDomain::kFile;
  }
  if (event.is_matchable() && kConnects.test(event.code())) {
    return ErrorDomain::kNet;
  }
  return def_of(event).category == EventCategory::kMemory ? ErrorDomain::kMemory
                                                          : ErrorDomain::kOther;
}

Value errors(const Event& event, const FieldArgs&) noexcept {
  return event.has_return() ? Value::of_uint(failed(event) ? 1 : 0) : Value::missing();
}
template <ErrorDomain Domain>
Value errors_of(const Event& event, const FieldArgs& args) noexcept {
  return error_domain(event) == Domain ? errors(event, args) : Value::missing();
}

template <uint16_t Flags>
Value has(const Event& event, const FieldArgs&) noexcept {
  return Value::of_bool(has_flag(event, Flags));
}

Value raw_result(const Event& event, const FieldArgs&) noexcept {
  return event.has_return() ? Value::of_int(event.outcome()) : Value::missing();
}

Value is_failed(const Event& event, const FieldArgs&) noexcept {
  return event.has_return() ? Value::of_bool(failed(event)) : Value::missing();
}

Value count_end(const Event& event, const FieldArgs&) noexcept {
  return has_flag(event, kEventNotSyscall) ? Value::missing() : Value::of_uint(1);
}

constexpr std::string_view kIoDirections[] = {"read", "write"};

constexpr FieldDef kFields[] = {
    {"evt.res", kCharBuf, kNone, "SUCCESS, or the name of the error that the call returned.",
     result},
    {"evt.rawres", kInt64, kNone, "What the call returned; the negative errno of a failure.",
     raw_result},
    {"evt.failed", kBool, kNone, "Whether the call failed.", is_failed},
    {"evt.buffer", kByteBuf, kNone, "First bytes of what the call read or wrote.", buffer},
    {"evt.buflen", kUint64, kNone, "Bytes that the call read or wrote.", transferred<0, any_kind>},
    {"evt.buflen.in", kUint64, kNone, "Bytes read.", transferred<kEventReadsFd, any_kind>, kOne,
     kDecimal, kFieldHidden},
    {"evt.buflen.out", kUint64, kNone, "Bytes written.", transferred<kEventWritesFd, any_kind>,
     kOne, kDecimal, kFieldHidden},
    {"evt.buflen.file", kUint64, kNone, "Bytes read from or written to a file.",
     transferred<0, is_file>, kOne, kDecimal, kFieldHidden},
    {"evt.buflen.file.in", kUint64, kNone, "Bytes read from a file.",
     transferred<kEventReadsFd, is_file>, kOne, kDecimal, kFieldHidden},
    {"evt.buflen.file.out", kUint64, kNone, "Bytes written to a file.",
     transferred<kEventWritesFd, is_file>, kOne, kDecimal, kFieldHidden},
    {"evt.buflen.net", kUint64, kNone, "Bytes received from or sent to an IP socket.",
     transferred<0, is_ip>, kOne, kDecimal, kFieldHidden},
    {"evt.buflen.net.in", kUint64, kNone, "Bytes received from an IP socket.",
     transferred<kEventReadsFd, is_ip>, kOne, kDecimal, kFieldHidden},
    {"evt.buflen.net.out", kUint64, kNone, "Bytes sent to an IP socket.",
     transferred<kEventWritesFd, is_ip>, kOne, kDecimal, kFieldHidden},
    {"evt.is_io", kBool, kNone, "Whether the call reads or writes a descriptor.",
     has<kReadsOrWrites>},
    {"evt.is_io_read", kBool, kNone, "Whether the call reads a descriptor.", has<kEventReadsFd>},
    {"evt.is_io_write", kBool, kNone, "Whether the call writes a descriptor.", has<kEventWritesFd>},
    {"evt.io_dir", kCharBuf, kNone, "read or write; missing for calls that do neither.",
     io_direction, kOne, kDecimal, 0, nullptr, kIoDirections},
    {"evt.is_wait", kBool, kNone, "Whether the call waits for something.", has<kEventWaits>},
    {"evt.is_syslog", kBool, kNone, "Whether the call writes to the system log's socket.",
     is_syslog},
    {"evt.count", kUint32, kNone, "Always 1.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_uint(1); }},
    {"evt.count.error", kUint32, kNone, "1 when the call failed, else 0.", errors},
    {"evt.count.error.file", kUint32, kNone, "1 for a failed call on a file.",
     errors_of<ErrorDomain::kFile>},
    {"evt.count.error.net", kUint32, kNone, "1 for a failed call on a socket.",
     errors_of<ErrorDomain::kNet>},
    {"evt.count.error.memory", kUint32, kNone, "1 for a failed call of memory management.",
     errors_of<ErrorDomain::kMemory>},
    {"evt.count.error.other", kUint32, kNone, "1 for any other failed call.",
     errors_of<ErrorDomain::kOther>},
    {"evt.count.exit", kUint32, kNone, "1 for the end of a system call; missing for others.",
     count_end},
    {"evt.count.procinfo", kUint32, kNone, "1 for samples of a process; there are none.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_uint(0); }, kOne, kDecimal,
     kFieldHidden},
    {"evt.count.threadinfo", kUint32, kNone, "1 for samples of a thread; there are none.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_uint(0); }, kOne, kDecimal,
     kFieldHidden},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> event_io_fields() { return kFields; }

}  // namespace saker
