// SPDX-License-Identifier: Apache-2.0
// Descriptors that poll and ppoll wait for. Their list is not captured.
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr FieldDef kFields[] = {
    {"fdlist.nums", kCharBuf, kNone, "Numbers of the polled descriptors; no value yet.", no_value,
     kOne, kId},
    {"fdlist.names", kCharBuf, kNone, "Names of the polled descriptors; no value yet.", no_value},
    {"fdlist.cips", kCharBuf, kNone, "Client addresses of the polled sockets; no value yet.",
     no_value},
    {"fdlist.sips", kCharBuf, kNone, "Server addresses of the polled sockets; no value yet.",
     no_value},
    {"fdlist.cports", kCharBuf, kNone, "Client ports of the polled sockets; no value yet.",
     no_value},
    {"fdlist.sports", kCharBuf, kNone, "Server ports of the polled sockets; no value yet.",
     no_value},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> descriptor_list_fields() { return kFields; }

}  // namespace saker
