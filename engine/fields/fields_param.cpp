// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_param.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iterator>

#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_endpoint.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_text.h"
#include "engine/fields/fields_user.h"
#include "engine/state/process.h"
#include "engine/state/process_table.h"

namespace saker {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;

// A value of either integer kind.
int64_t signed_number(const Value& value) noexcept {
  return value.kind() == Value::Kind::kUint ? static_cast<int64_t>(value.as_uint())
                                            : value.as_int();
}
uint64_t unsigned_number(const Value& value) noexcept {
  return static_cast<uint64_t>(signed_number(value));
}

std::string_view number_text(Scratch& scratch, const Value& value, PrintFormat format) noexcept {
  switch (format) {
    case PrintFormat::kHex:
      return upper_hex_text(scratch, unsigned_number(value));
    case PrintFormat::kOctal:
      return octal_text(scratch, unsigned_number(value));
    case PrintFormat::kPaddedDecimal:
      return padded_text(scratch, unsigned_number(value));
    default:
      return value.kind() == Value::Kind::kUint ? decimal_text(scratch, value.as_uint())
                                                : signed_text(scratch, value.as_int());
  }
}

std::string_view integer(const Event& event, const ParamDef& param, const Value& value) noexcept {
  return number_text(event.scratch(), value, param.format);
}
std::string_view decimal(const Event& event, const ParamDef&, const Value& value) noexcept {
  return number_text(event.scratch(), value, PrintFormat::kDecimal);
}
std::string_view octal(const Event& event, const ParamDef&, const Value& value) noexcept {
  return octal_text(event.scratch(), unsigned_number(value));
}
std::string_view text(const Event&, const ParamDef&, const Value& value) noexcept {
  return value.as_text();
}
std::string_view bytes(const Event& event, const ParamDef&, const Value& value) noexcept {
  return printable_text(event.scratch(), value.as_text());
}
std::string_view boolean(const Event&, const ParamDef&, const Value& value) noexcept {
  return value.as_bool() ? "true" : "false";
}
std::string_view interval(const Event& event, const ParamDef&, const Value& value) noexcept {
  return unsigned_number(value) == UINT64_MAX
             ? "none"
             : decimal_text(event.scratch(), unsigned_number(value));
}
std::string_view user_id(const Event& event, const ParamDef&, const Value& value) noexcept {
  const auto id = static_cast<uint32_t>(unsigned_number(value));
  return id == UINT32_MAX ? "-1" : decimal_text(event.scratch(), id);
}
std::string_view point_in_time(const Event& event, const ParamDef&, const Value& value) noexcept {
  const uint64_t ns = unsigned_number(value);
  const auto seconds = static_cast<time_t>(ns / kSecondNs);
  tm parts{};
  char date[32];
  char zone[16];
  if (localtime_r(&seconds, &parts) == nullptr) {
    return {};
  }
  const size_t date_size = std::strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &parts);
  const size_t zone_size = std::strftime(zone, sizeof(zone), "%z", &parts);
  Scratch& scratch = event.scratch();
  return concat(
      scratch,
      {{date, date_size}, ".", padded_text(scratch, ns % kSecondNs), " ", {zone, zone_size}});
}

std::string_view none(const Event&, const ParamDef&, const Value&) noexcept { return {}; }

std::string_view error(const Event&, const ParamDef&, const Value& value) noexcept {
  return error_text(value.as_int());
}

// "<4t>" and the name of a descriptor that the record knows.
std::string_view known_descriptor(const Event& event, size_t slot) noexcept {
  const DescriptorKind* kind = descriptor_kind(event, slot);
  if (kind == nullptr) {
    return {};
  }
  const Connection* connection = connection_of(event, slot);
  const std::string_view l4proto =
      connection != nullptr ? connection->l4proto() : std::string_view();
  return concat(event.scratch(),
                {"<", {&kind->letter, 1}, l4proto.substr(0, 1), ">", descriptor_name(event, slot)});
}

// The directory that a path is relative to, where the record has it.
std::string_view known_directory(const Event& event, int number) noexcept {
  for (const ev_plan_step& step : event.def().plan) {
    const Section& base = event.section(EV_SEC_BASE, step.slot);
    if (step.op == EV_OP_BASE && base && step.arg < EV_ARG_RET &&
        static_cast<int>(event.arg(step.arg)) == number) {
      return concat(event.scratch(), {"<d>", base.bytes});
    }
  }
  return {};
}

std::string_view descriptor(const Event& event, const ParamDef&, const Value& value) noexcept {
  const auto number = static_cast<int>(value.as_int());
  if (number == AT_FDCWD) {
    return "AT_FDCWD";
  }
  if (number < 0) {
    return error_text(number);
  }
  for (size_t slot = 0; slot < EV_SLOTS; ++slot) {
    const ev_file* file = event.file(slot);
    const ev_socket* socket = event.socket(slot);
    if ((file != nullptr && file->fd == number) || (socket != nullptr && socket->fd == number)) {
      return known_descriptor(event, slot);
    }
  }
  return known_directory(event, number);
}

// Ids that a process in a pid namespace of its own uses may be somebody else's on the host.
std::string_view process_of(const Event& event, const ParamDef&, const Value& value) noexcept {
  const bool sees_host_ids = event.task().vpid == event.task().pid;
  const int64_t pid = value.as_int();
  const Process* process = sees_host_ids && pid > 0 && pid <= UINT32_MAX
                               ? event.world().processes->find_by_pid(static_cast<uint32_t>(pid))
                               : nullptr;
  return process != nullptr ? std::string_view(process->comm) : std::string_view();
}

std::string_view path(const Event& event, const ParamDef& param, const Value& value) noexcept {
  return value.as_text().starts_with('/')
             ? std::string_view()
             : absolute_path(event, param).value_or(std::string_view());
}

std::string_view flag_names(const Event& event, const ParamDef& param,
                            const Value& value) noexcept {
  return render_flags(param.flags, unsigned_number(value), false, event.scratch());
}
std::string_view enumerator_names(const Event& event, const ParamDef& param,
                                  const Value& value) noexcept {
  return render_flags(param.flags, unsigned_number(value), true, event.scratch());
}
std::string_view signal(const Event&, const ParamDef&, const Value& value) noexcept {
  return signal_name(signed_number(value));
}
std::string_view seconds(const Event& event, const ParamDef&, const Value& value) noexcept {
  if (unsigned_number(value) == UINT64_MAX) {
    return {};
  }
  char digits[32];
  const int size =
      std::snprintf(digits, sizeof(digits), "%gs",
                    static_cast<double>(unsigned_number(value)) / static_cast<double>(kSecondNs));
  return event.scratch().store({digits, static_cast<size_t>(size)});
}
std::string_view user(const Event& event, const ParamDef&, const Value& value) noexcept {
  const auto uid = static_cast<uint32_t>(unsigned_number(value));
  return uid == UINT32_MAX ? "<NONE>" : user_name(event, uid);
}
std::string_view group(const Event& event, const ParamDef&, const Value& value) noexcept {
  const auto gid = static_cast<uint32_t>(unsigned_number(value));
  return gid == UINT32_MAX ? "<NONE>" : group_name(event, gid);
}
std::string_view dynamic(const Event& event, const ParamDef& param, const Value& value) noexcept {
  return value.kind() == Value::Kind::kText ? value.as_text() : integer(event, param, value);
}

// How values of a type are written. Types that are not listed are plain integers.
struct TypeText {
  using Write = std::string_view (*)(const Event&, const ParamDef&, const Value&) noexcept;

  FieldType type;
  Write raw;
  Write resolved;
  std::string_view absent = kNotAvailable;
};
constexpr std::string_view kNull = "NULL";
using enum FieldType;
constexpr TypeText kTypes[] = {
    {kErrno, integer, error},
    {kFd, decimal, descriptor},
    {kPid, decimal, process_of},
    {kSigType, decimal, signal},
    {kRelTime, interval, seconds},
    {kAbsTime, point_in_time, none},
    {kFlags8, decimal, flag_names},
    {kFlags16, decimal, flag_names},
    {kFlags32, decimal, flag_names},
    {kEnumFlags8, decimal, enumerator_names},
    {kEnumFlags16, decimal, enumerator_names},
    {kEnumFlags32, decimal, enumerator_names},
    {kMode, octal, flag_names},
    {kUid, user_id, user},
    {kGid, user_id, group},
    {kBool, boolean, none},
    {kCharBuf, text, none},
    {kFsPath, text, path},
    {kFsRelPath, text, path},
    {kSockAddr, text, none},
    {kByteBuf, bytes, none, kNull},
    {kSockTuple, text, none, kNull},
    {kFdList, text, none, kNull},
    {kDyn, dynamic, none, kNull},
};
constexpr TypeText kInteger{kInt64, integer, none};

}  // namespace

ParamText param_text(const Event& event, const ParamDef& param) noexcept {
  const auto* const found = std::ranges::find(kTypes, param.type, &TypeText::type);
  const TypeText& type = found != std::end(kTypes) ? *found : kInteger;
  const Value value = param.read(event);
  if (value.is_missing()) {
    return {type.absent, {}};
  }
  return {type.raw(event, param, value), type.resolved(event, param, value)};
}

}  // namespace saker
