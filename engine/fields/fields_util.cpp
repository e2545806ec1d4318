// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr FieldDef kFields[] = {
    {"util.cnt", kUint64, kNone, "A counter of evaluations; no value yet.", no_value, kOne, kId,
     kFieldHidden},
};

}  // namespace

std::span<const FieldDef> util_fields() { return kFields; }

}  // namespace saker
