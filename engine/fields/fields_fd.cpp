// SPDX-License-Identifier: Apache-2.0
// Kind, number and identity of the descriptor that an event is about.
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

Value type_letter(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  const char letter = kind != nullptr ? kind->letter : guessed_letter(event);
  return Value::of_text(event.scratch().store({&letter, 1}));
}

Value number(const Event& event, const FieldArgs&) noexcept {
  const auto fd = descriptor_number(event);
  return fd ? Value::of_int(*fd) : Value::missing();
}

Value unique_id(const Event& event, const FieldArgs&) noexcept {
  const auto fd = descriptor_number(event);
  Scratch& scratch = event.scratch();
  return fd ? Value::of_text(concat(
                  scratch, {decimal_text(scratch, event.task().tid), signed_text(scratch, *fd)}))
            : Value::missing();
}

template <uint32_t Flag>
Value file_has(const Event& event, const FieldArgs&) noexcept {
  const ev_file* file = event.file();
  return file != nullptr ? Value::of_bool((file->inode.flags & Flag) != 0) : Value::missing();
}

// A device number as user space has it: 12 bits of major number amid 20 bits of minor.
int64_t whole_device(uint32_t device) noexcept { return device; }
int64_t major_number(uint32_t device) noexcept { return (device & 0xfff00) >> 8; }
int64_t minor_number(uint32_t device) noexcept {
  return (device & 0xff) | ((device >> 12) & 0xfff00);
}
template <int64_t (*Part)(uint32_t) noexcept>
Value device(const Event& event, const FieldArgs&) noexcept {
  const ev_file* file = event.file();
  return file != nullptr ? Value::of_int(Part(file->inode.dev)) : Value::missing();
}

Value kind_name(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  return kind != nullptr ? Value::of_text(kind->type) : Value::missing();
}

Value inode_number(const Event& event, const FieldArgs&) noexcept {
  return event.file() != nullptr ? Value::of_int(static_cast<int64_t>(event.file()->inode.ino))
                                 : Value::missing();
}

constexpr FieldDef kFields[] = {
    {"fd.num", kInt64, kNone,
     "Number of the descriptor that the call creates or uses; -1 when it failed to create one.",
     number, kOne, kId},
    {"fd.type", kCharBuf, kNone,
     "Kind of the descriptor: file, directory, ipv4, ipv6, unix, pipe, event and others.",
     kind_name, kOne, kDecimal, 0, nullptr, kDescriptorTypes},
    {"fd.typechar", kCharBuf, kNone,
     "Kind of the descriptor as one letter; when it is not known, what the call would create.",
     type_letter, kOne, kDecimal, 0, nullptr, kDescriptorLetters},
    {"fd.types", kCharBuf, kOptionalIndex, "Kinds of all open descriptors; no value yet.", no_value,
     kList, kDecimal, kFieldNoRhs},
    {"fd.uid", kCharBuf, kNone, "Thread id, directly followed by the descriptor's number.",
     unique_id},
    {"fd.dev", kInt32, kNone, "Device number of the file system, in hexadecimal.",
     device<whole_device>, kOne, kHex},
    {"fd.dev.major", kInt32, kNone, "Major part of the device number.", device<major_number>},
    {"fd.dev.minor", kInt32, kNone, "Minor part of the device number.", device<minor_number>},
    {"fd.ino", kInt64, kNone, "Inode number of the file.", inode_number},
    {"fd.is_upper_layer", kBool, kNone, "Whether the file lies in the upper layer of an overlay.",
     file_has<EV_INODEF_UPPER_LAYER>},
    {"fd.is_lower_layer", kBool, kNone, "Whether the file lies in a lower layer of an overlay.",
     file_has<EV_INODEF_LOWER_LAYER>},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> descriptor_fields() { return kFields; }

}  // namespace saker
