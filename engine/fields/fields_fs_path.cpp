// SPDX-License-Identifier: Apache-2.0
// Paths that successful calls worked on.
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// Which parameters of a call are its paths. "fd" stands for the descriptor's file.
struct Paths {
  std::string_view event;
  std::string_view name;
  std::string_view source;
  std::string_view target;
};
constexpr Paths kPaths[] = {
    {"open", "name", {}, {}},
    {"openat", "name", {}, {}},
    {"openat2", "name", {}, {}},
    {"creat", "name", {}, {}},
    {"open_by_handle_at", "fd", {}, {}},
    {"mkdir", "path", {}, {}},
    {"mkdirat", "path", {}, {}},
    {"mknod", "path", {}, {}},
    {"mknodat", "path", {}, {}},
    {"rmdir", "path", {}, {}},
    {"unlink", "path", {}, {}},
    {"unlinkat", "name", {}, {}},
    {"chmod", "filename", {}, {}},
    {"fchmod", "fd", {}, {}},
    {"fchmodat", "filename", {}, {}},
    {"chown", "path", {}, {}},
    {"lchown", "path", {}, {}},
    {"fchown", "fd", {}, {}},
    {"fchownat", "pathname", {}, {}},
    {"quotactl", "special", {}, {}},
    {"umount", "name", {}, {}},
    {"umount2", "name", {}, {}},
    {"rename", {}, "oldpath", "newpath"},
    {"renameat", {}, "oldpath", "newpath"},
    {"renameat2", {}, "oldpath", "newpath"},
    {"link", {}, "newpath", "oldpath"},
    {"linkat", {}, "newpath", "oldpath"},
    {"symlink", {}, "linkpath", "target"},
    {"symlinkat", {}, "linkpath", "target"},
    {"mount", {}, "dev", "dir"},
};

// The row of an event; null: it has none.
const Paths* paths_of(const Event& event) noexcept {
  static const auto kRows = [] {
    std::array<const Paths*, kMaxEventCodes> rows{};
    const EventCatalog& events = EventCatalog::builtin();
    for (size_t code = 0; code < events.size(); ++code) {
      const std::string_view name = events.def(static_cast<EventCode>(code)).name;
      const auto* const row = std::ranges::find(kPaths, name, &Paths::event);
      rows[code] = row != std::end(kPaths) ? row : nullptr;
    }
    return rows;
  }();
  return event.is_matchable() ? kRows[event.code()] : nullptr;
}

enum class Form : uint8_t { kAbsolute, kAsGiven };

Value path_of(const Event& event, const Paths& paths, std::string_view param_name,
              Form form) noexcept {
  // A hook knows the file, or the path, whatever the call was given.
  if (event.file() != nullptr && (param_name == "fd" || event.is_asked())) {
    return Value::of_text(event.file_path());
  }
  if (param_name == "fd") {
    const Section& asked = event.section(EV_SEC_STRING);
    return event.is_asked() && asked ? Value::of_text(asked.bytes) : Value::missing();
  }
  const ParamDef* param = param_named(event, param_name);
  const Value text = param != nullptr ? param->read(event) : Value::missing();
  if (text.is_missing() || form == Form::kAsGiven) {
    return text;
  }
  if (is_path(*param)) {
    const auto path = absolute_path(event, *param);
    return path ? Value::of_text(*path) : Value::missing();
  }
  if (param_name != "target" || text.as_text().empty()) {
    return text;  // a device may be any word
  }
  // What a symbolic link points to is relative to the directory of the link.
  const Value link = path_of(event, paths, paths.source, Form::kAbsolute);
  const std::string_view directory =
      link.is_missing() ? kUnknownDirectory : directory_of(link.as_text());
  return Value::of_text(normalized_path(event.scratch(), directory, text.as_text()));
}

template <std::string_view Paths::* Which, Form In>
Value path(const Event& event, const FieldArgs&) noexcept {
  const Paths* const found = paths_of(event);
  if (found == nullptr || (found->*Which).empty() || event.return_value() < 0) {
    return Value::missing();
  }
  return path_of(event, *found, found->*Which, In);
}

constexpr FieldDef kFields[] = {
    {"fs.path.name", kCharBuf, kNone, "Absolute path that a successful call worked on.",
     path<&Paths::name, Form::kAbsolute>},
    {"fs.path.nameraw", kCharBuf, kNone, "The same path as the call was given it.",
     path<&Paths::name, Form::kAsGiven>},
    {"fs.path.source", kCharBuf, kNone,
     "Absolute path that is renamed, mounted, or made as a link to the target.",
     path<&Paths::source, Form::kAbsolute>},
    {"fs.path.sourceraw", kCharBuf, kNone, "The source path as the call was given it.",
     path<&Paths::source, Form::kAsGiven>},
    {"fs.path.target", kCharBuf, kNone,
     "Absolute path that a rename or mount leads to, or that a link points to.",
     path<&Paths::target, Form::kAbsolute>},
    {"fs.path.targetraw", kCharBuf, kNone, "The target path as the call was given it.",
     path<&Paths::target, Form::kAsGiven>},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> fs_path_fields() { return kFields; }

}  // namespace saker
