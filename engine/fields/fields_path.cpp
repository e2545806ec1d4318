// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_path.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>

#include "engine/base/check.h"
#include "engine/base/paths.h"
#include "engine/event.h"
#include "engine/fields/fields_process.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

// The plan's step that reads the directory of this slot, or null.
const ev_plan_step* base_step(const EventDef& def, uint8_t slot) noexcept {
  const auto step = std::ranges::find_if(def.plan, [&](const ev_plan_step& candidate) {
    return candidate.op == EV_OP_BASE && candidate.slot == slot;
  });
  return step != def.plan.end() ? &*step : nullptr;
}

const ParamDef* param_named(const EventDef& def, std::string_view name) noexcept {
  const auto param = std::ranges::find(def.params, name, &ParamDef::name);
  return param != def.params.end() ? &*param : nullptr;
}

// Absolute, and surely without anything to take out.
bool is_normal(std::string_view path) noexcept {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         !has_slash_then(path, '.') && !has_slash_then(path, '/');
}

}  // namespace

EventSet events_named(std::initializer_list<std::string_view> names) {
  EventSet set;
  for (const std::string_view name : names) {
    const EventSet found = EventCatalog::builtin().find(name);
    SAKER_CHECK(found.any());
    set |= found;
  }
  return set;
}

const EventDef& def_of(const Event& event) noexcept {
  static constexpr EventDef kNoEvent;
  return event.is_matchable() ? event.def() : kNoEvent;
}

const ParamDef* param_named(const Event& event, std::string_view name) noexcept {
  return param_named(def_of(event), name);
}

ParamOfEvents::ParamOfEvents(std::string_view name, const EventSet& only) {
  const EventCatalog& catalog = EventCatalog::builtin();
  for (size_t code = 0; code < catalog.size(); ++code) {
    const EventDef& def = catalog.def(static_cast<EventCode>(code));
    params_.push_back(only.test(code) ? param_named(def, name) : nullptr);
  }
}

const ParamDef* ParamOfEvents::of(const Event& event) const noexcept {
  return event.is_matchable() ? params_[event.code()] : nullptr;
}

bool is_path(const ParamDef& param) noexcept {
  return param.type == FieldType::kFsPath || param.type == FieldType::kFsRelPath;
}

std::string_view normalized_path(Scratch& scratch, std::string_view base,
                                 std::string_view path) noexcept {
  if (is_normal(path)) {
    return path;
  }
  if (path.starts_with('/')) {
    base = {};
  } else if (base.ends_with('/')) {
    base.remove_suffix(1);
  }
  const std::span<char> text = scratch.allocate<char>(base.size() + path.size() + 1);
  if (text.empty()) {
    return {};
  }
  const char* const begin = text.data();
  char* end = std::copy(base.begin(), base.end(), text.data());
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), component.size() + 1));
    if (component == "..") {
      while (end != begin && *--end != '/') {
      }
    } else if (!component.empty() && component != ".") {
      *end++ = '/';
      end = std::copy(component.begin(), component.end(), end);
    }
  }
  if (end == begin) {
    *end++ = '/';
  }
  return {begin, static_cast<size_t>(end - begin)};
}

std::string_view directory_of(std::string_view path) noexcept {
  const size_t slash = last_slash(path);
  if (slash == std::string_view::npos || slash + 1 == path.size()) {
    return path;
  }
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view collapsed_slashes(Scratch& scratch, std::string_view path) noexcept {
  if (!has_slash_then(path, '/')) {
    return path;
  }
  const std::span<char> text = scratch.allocate<char>(path.size());
  if (text.empty()) {
    return {};
  }
  const auto end = std::unique_copy(path.begin(), path.end(), text.begin(),
                                    [](char a, char b) { return a == '/' && b == '/'; });
  return {text.data(), static_cast<size_t>(end - text.begin())};
}

std::optional<std::string_view> base_of(const Event& event, uint8_t slot) noexcept {
  if (const Section& section = event.section(EV_SEC_BASE, slot)) {
    return section.bytes;
  }
  const ev_plan_step* step = base_step(def_of(event), slot);
  const bool is_cwd = step == nullptr || step->arg == EV_ARG_CWD ||
                      static_cast<int>(event.arg(step->arg)) == AT_FDCWD;
  // The root directory is the empty text.
  return is_cwd && is_known(event.process()) ? std::optional<std::string_view>(event.process().cwd)
                                             : std::nullopt;
}

std::optional<std::string_view> absolute_path(const Event& event, const ParamDef& param) noexcept {
  if (event.file() != nullptr && opened_param(event) == &param) {
    return event.file_path();
  }
  const Value value = param.read(event);
  if (value.is_missing() || value.as_text().empty()) {
    return std::nullopt;
  }
  const std::string_view path = value.as_text();
  if (event.is_asked()) {
    return path;  // the kernel's
  }
  const auto base = path.starts_with('/') ? std::string_view() : base_of(event, param.slot);
  if (!base) {
    return concat(event.scratch(), {kUnknownDirectory, path});
  }
  return normalized_path(event.scratch(), *base, path);
}

const ParamDef* opened_param(const Event& event) noexcept {
  static const ParamOfEvents kNames("name", events_named({"open", "openat", "openat2", "creat"}));
  return kNames.of(event);
}

}  // namespace saker
