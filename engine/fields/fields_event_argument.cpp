// SPDX-License-Identifier: Apache-2.0
// Parameters of events.
#include <algorithm>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_param.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// Names are looked up in the event itself: the same name may stand elsewhere in the next one.
bool resolve_param_name(FieldArgs& args, FieldType&) {
  return EventCatalog::builtin().find_param(args.key) != nullptr;
}
// The type that conditions are checked with is that of the first event with this parameter.
bool resolve_typed_param_name(FieldArgs& args, FieldType& type) {
  const ParamDef* param = EventCatalog::builtin().find_param(args.key);
  if (param != nullptr) {
    type = param->type;
  }
  return param != nullptr;
}

Value argument(const Event& event, const FieldArgs& args) noexcept {
  const auto params = def_of(event).params;
  const ParamDef* param = args.kind != FieldArgs::Kind::kIndex ? param_named(event, args.key)
                          : args.index < params.size()         ? &params[args.index]
                                                               : nullptr;
  if (param == nullptr) {
    return Value::missing();
  }
  const ParamText text = param_text(event, *param);
  return Value::of_text(text.resolved.empty() ? text.raw : text.resolved);
}

Value raw_argument(const Event& event, const FieldArgs& args) noexcept {
  const ParamDef* param = param_named(event, args.key);
  if (param == nullptr) {
    return Value::missing();
  }
  const Value value = param->read(event);
  const bool is_text = param->type == kCharBuf || is_path(*param);
  return value.is_missing() && is_text ? Value::of_text(kNotAvailable) : value;
}

Value arguments(const Event& event, const FieldArgs&) noexcept {
  PieceList pieces;
  for (const ParamDef& param : def_of(event).params) {
    const ParamText text = param_text(event, param);
    pieces.add_item(" ", param.name);
    pieces.add("=");
    pieces.add(text.raw);
    if (!text.resolved.empty()) {
      pieces.add("(");
      pieces.add(text.resolved);
      pieces.add(")");
    }
  }
  return Value::of_text(pieces.join(event.scratch()));
}

// Which path of a call with two: evt.abspath.src is the first, evt.abspath.dst the second.
bool resolve_end(FieldArgs& args, FieldType&) {
  args.index = args.key == "dst" ? 1 : 0;
  return args.key == "src" || args.key == "dst";
}

Value absolute_path_argument(const Event& event, const FieldArgs& args) noexcept {
  size_t left = args.kind == FieldArgs::Kind::kNone ? 0 : args.index;
  for (const ParamDef& param : def_of(event).params) {
    if (param.type != kFsRelPath || left-- > 0) {
      continue;
    }
    const auto path = absolute_path(event, param);
    if (!path) {
      return Value::missing();
    }
    return Value::of_text(path->starts_with(kUnknownDirectory)
                              ? concat(event.scratch(), {kUnknownDirectory, "/",
                                                         path->substr(kUnknownDirectory.size())})
                              : *path);
  }
  return Value::missing();
}

constexpr FieldDef kFields[] = {
    {"evt.arg", kCharBuf, kRequiredSubfieldOrIndex,
     "A parameter of the event as text, by name or by index from 0: resolved where possible.",
     argument, kOne, kDecimal, 0, resolve_param_name},
    {"evt.rawarg", kDyn, kRequiredSubfield,
     "A parameter of the event by name, with the type it has there.", raw_argument, kOne, kDecimal,
     kFieldNoRhs | kFieldNoTransformer, resolve_typed_param_name},
    {"evt.args", kCharBuf, kNone, "All parameters, each as name=raw or name=raw(resolved).",
     arguments},
    {"evt.info", kCharBuf, kNone, "The same as evt.args.", arguments},
    {"evt.abspath", kCharBuf, kOptionalSubfield,
     "Absolute path that a call with a directory descriptor works on, or one of its two paths.",
     absolute_path_argument, kOne, kDecimal, 0, resolve_end},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> event_argument_fields() { return kFields; }

}  // namespace saker
