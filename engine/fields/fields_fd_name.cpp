// SPDX-License-Identifier: Apache-2.0
// Names of files and sockets.
#include <string_view>

#include "engine/base/paths.h"
#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"
#include "engine/state/container.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// What the descriptor would be if it is not known: calls that open files give no other hint.
bool names_file(const Event& event) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  return kind != nullptr ? kind->is_file() : opened_param(event) != nullptr;
}

// Present, but empty, for a descriptor that the record does not name.
Value name(const Event& event, const FieldArgs&) noexcept {
  const std::string_view found = descriptor_name(event);
  return found.empty() && !descriptor_number(event) ? Value::missing() : Value::of_text(found);
}

Value directory(const Event& event, const FieldArgs&) noexcept {
  if (!names_file(event)) {
    return Value::missing();
  }
  const DescriptorKind* kind = descriptor_kind(event);
  const std::string_view path = descriptor_name(event);
  const bool is_directory = kind != nullptr && kind->group == DescriptorKind::Group::kDirectory;
  return Value::of_text(is_directory ? path : directory_of(path));
}

Value file_name(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  if (kind == nullptr || kind->group != DescriptorKind::Group::kFile) {
    return Value::missing();
  }
  const std::string_view path = event.file_path();
  const size_t slash = last_slash(path);
  if (slash == std::string_view::npos) {
    return Value::of_text("/");
  }
  return Value::of_text(slash + 1 == path.size() ? path : path.substr(slash + 1));
}

Value name_as_given(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  if (kind != nullptr && !kind->is_file()) {
    return Value::of_text({});
  }
  const Section& text = event.section(EV_SEC_STRING);
  return text && opened_param(event) != nullptr
             ? Value::of_text(collapsed_slashes(event.scratch(), text.bytes))
             : Value::missing();
}

Value in_container(const Event& event, const Value& text) noexcept {
  if (text.is_missing()) {
    return text;
  }
  const ContainerIdentity& container = event.world().containers->find(event.task().cgroup_id);
  return Value::of_text(concat(event.scratch(), {container.short_id(), ":", text.as_text()}));
}

Value directory_in_container(const Event& event, const FieldArgs& args) noexcept {
  return in_container(event, directory(event, args));
}

constexpr FieldDef kFields[] = {
    {"fd.name", kCharBuf, kNone,
     "Path of the file, resolved by the kernel, or both ends of the socket; else what was asked "
     "for.",
     name},
    {"fd.directory", kCharBuf, kNone, "Path of the directory that holds the file.", directory},
    {"fd.filename", kCharBuf, kNone, "Last component of the path of a file.", file_name},
    {"fd.nameraw", kCharBuf, kNone,
     "Path as the call was given it, but for repeated slashes; empty for what is no file.",
     name_as_given},
    {"fd.containername", kCharBuf, kNone, "Container id, a colon, then fd.name.",
     [](const Event& e, const FieldArgs& args) noexcept { return in_container(e, name(e, args)); }},
    {"fd.containerdirectory", kCharBuf, kNone, "Container id, a colon, then fd.directory.",
     directory_in_container},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> descriptor_name_fields() { return kFields; }

}  // namespace saker
