// SPDX-License-Identifier: Apache-2.0
// FieldDef: one row per field: name, type, argument, documentation and behaviour.
//
// Rows live in engine/fields/fields_<family>.cpp; the catalog (catalog.h) finds them by name. The
// type checker, `saker list fields`, rules/FIELDS.md and the output templates all read the row.
#ifndef SAKER_ENGINE_FIELDS_FIELD_H
#define SAKER_ENGINE_FIELDS_FIELD_H

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/value.h"

namespace saker {

class Event;
struct FieldDef;

// What may stand behind the name: field[3], field[key], field.key.
enum class FieldArg : uint8_t {
  kNone,
  kOptionalIndex,            // [N]
  kRequiredIndex,            // [N]
  kOptionalKey,              // [KEY]
  kRequiredKey,              // [KEY]
  kOptionalIndexOrKey,       // [N] or [KEY]
  kRequiredIndexOrKey,       // [N] or [KEY]
  kRequiredSubfield,         // .NAME (evt.rawarg.flags)
  kRequiredSubfieldOrIndex,  // .NAME or [N] (evt.arg)
  kOptionalSubfield,         // .src (evt.abspath.src)
};

// How a comparison treats a value of kind kList.
enum class FieldShape : uint8_t {
  kOne,        // a single value
  kList,       // `in`: all in the list; `intersects`: one of them; nothing else
  kAncestors,  // holds when it holds for any value (proc.aname); `!=`: some value differs
  kEnds,       // holds when it holds for either end (fd.ip); `!=`: both differ
  kNames,      // names of one thing: holds when it holds for any; `!=`: for none of them, which
               // is so too when there is no name; `=`, `!=` and `in` only (fd.sip.name)
  kDistance,   // a distance: `=` holds when it is at most the constant (evt.around); nothing else
};

// In messages and JSON the values of such a field are one text, separated by blanks.
[[nodiscard]] constexpr bool is_shown_as_one_text(FieldShape shape) noexcept {
  return shape == FieldShape::kAncestors || shape == FieldShape::kNames;
}

enum class PrintFormat : uint8_t { kDecimal, kId, kHex, kOctal, kPaddedDecimal };

// Bits of FieldDef::flags.
inline constexpr uint16_t kFieldConditionOnly = 0x1;
inline constexpr uint16_t kFieldOutputOnly = 0x2;
inline constexpr uint16_t kFieldHidden = 0x4;
inline constexpr uint16_t kFieldDeprecated = 0x8;
inline constexpr uint16_t kFieldNoRhs = 0x10;          // not comparable with another field
inline constexpr uint16_t kFieldNoTransformer = 0x20;  // cannot be wrapped
inline constexpr uint16_t kFieldSuggested = 0x40;      // part of `suggested_output`
inline constexpr uint16_t kFieldNeedsCwd = 0x80;       // the tracker must see chdir and fchdir
inline constexpr uint16_t kFieldNeedsCredentials = 0x100;
inline constexpr uint16_t kFieldEpochTime = 0x200;       // text in messages, integer ns in JSON
inline constexpr uint16_t kFieldNeedsContainer = 0x400;  // metadata of containers are looked up
// Its value depends on earlier events of the kind, so that the kernel may leave none out.
inline constexpr uint16_t kFieldNeedsEveryEvent = 0x1000;
// Anyone can start a process for which it has the value of their choice.
inline constexpr uint16_t kFieldForgeable = 0x800;

// The argument as written. Exactly one of text and index is meaningful, by `kind`.
struct FieldArgs {
  enum class Kind : uint8_t { kNone, kIndex, kKey };
  Kind kind = Kind::kNone;
  uint32_t index = 0;    // kIndex; for a subfield: what FieldDef::resolve_arg returned
  std::string_view key;  // kKey; owned by the program
  const FieldDef* def = nullptr;
};

struct FieldDef {
  std::string_view name;
  FieldType type = FieldType::kCharBuf;
  FieldArg arg = FieldArg::kNone;
  std::string_view doc;
  // The value for this event. Noexcept, allocation-free; computed texts go to event.scratch().
  Value (*extract)(const Event& event, const FieldArgs& args) noexcept = nullptr;
  FieldShape shape = FieldShape::kOne;
  PrintFormat format = PrintFormat::kDecimal;
  uint16_t flags = 0;
  // Checks KEY or NAME at load: sets args.index and, for typed subfields, `type`; false: no such.
  bool (*resolve_arg)(FieldArgs& args, FieldType& type) = nullptr;
  // All values that a text can be; empty: any text.
  std::span<const std::string_view> values = {};
  std::string_view constant = {};  // the value of a field that is the same for all events
};

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELD_H
