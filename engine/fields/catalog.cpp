// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/catalog.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/check.h"

namespace saker {
namespace {

using UseError = FieldCatalog::UseError;

bool takes_subfield(FieldArg arg) noexcept {
  return arg == FieldArg::kRequiredSubfield || arg == FieldArg::kRequiredSubfieldOrIndex ||
         arg == FieldArg::kOptionalSubfield;
}
bool is_required(FieldArg arg) noexcept {
  return arg == FieldArg::kRequiredIndex || arg == FieldArg::kRequiredKey ||
         arg == FieldArg::kRequiredIndexOrKey || arg == FieldArg::kRequiredSubfield ||
         arg == FieldArg::kRequiredSubfieldOrIndex;
}
bool takes_index(FieldArg arg) noexcept {
  return arg == FieldArg::kOptionalIndex || arg == FieldArg::kRequiredIndex ||
         arg == FieldArg::kOptionalIndexOrKey || arg == FieldArg::kRequiredIndexOrKey ||
         arg == FieldArg::kRequiredSubfieldOrIndex;
}
bool takes_key(FieldArg arg) noexcept {
  return arg == FieldArg::kOptionalKey || arg == FieldArg::kRequiredKey ||
         arg == FieldArg::kOptionalIndexOrKey || arg == FieldArg::kRequiredIndexOrKey;
}

std::optional<uint32_t> parse_index(std::string_view text) noexcept {
  uint32_t index = 0;
  const auto [last, status] = std::from_chars(text.data(), text.data() + text.size(), index);
  return status == std::errc() && last == text.data() + text.size() ? std::optional(index)
                                                                    : std::nullopt;
}

UseError use_key(std::string_view key, FieldCatalog::Use& use) {
  use.args.kind = FieldArgs::Kind::kKey;
  use.args.key = key;
  const bool known = use.def->resolve_arg == nullptr || use.def->resolve_arg(use.args, use.type);
  return known ? UseError::kNone : UseError::kUnknownArg;
}

UseError use_bracket(std::string_view bracket, FieldCatalog::Use& use) {
  const FieldArg arg = use.def->arg;
  if (!takes_index(arg) && !takes_key(arg)) {
    return UseError::kArgNotAllowed;
  }
  const std::optional<uint32_t> index = takes_index(arg) ? parse_index(bracket) : std::nullopt;
  if (!index) {
    return takes_key(arg) ? use_key(bracket, use) : UseError::kArgNotIndex;
  }
  use.args.kind = FieldArgs::Kind::kIndex;
  use.args.index = *index;
  return UseError::kNone;
}

bool is_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

}  // namespace

void FieldCatalog::add(std::span<const FieldDef> table) {
  for (const FieldDef& def : table) {
    all_.push_back(&def);
    const bool is_new = by_name_.emplace(def.name, &def).second;
    SAKER_CHECK(is_new);
  }
}

FieldCatalog::FieldCatalog(std::span<const std::span<const FieldDef>> tables) {
  for (const std::span<const FieldDef> table : tables) {
    add(table);
  }
}

FieldCatalog::FieldCatalog(const FieldCatalog& base, std::map<std::string, std::string> constants)
    : all_(base.all_), by_name_(base.by_name_) {
  for (auto& [key, value] : constants) {
    constants_.emplace("static." + key, std::move(value));
  }
  for (const auto& [name, value] : constants_) {
    FieldDef row;
    row.name = name;
    row.doc = "A constant of the configuration (static_fields).";
    row.extract = [](const Event&, const FieldArgs& args) noexcept {
      return Value::of_text(args.def->constant);
    };
    row.flags = kFieldSuggested;
    row.constant = value;
    constant_rows_.push_back(row);
  }
  add(constant_rows_);
}

const FieldDef* FieldCatalog::find(std::string_view name) const noexcept {
  const auto it = by_name_.find(name);
  return it != by_name_.end() ? it->second : nullptr;
}

FieldCatalog::UseError FieldCatalog::resolve(std::string_view name, bool has_bracket,
                                             std::string_view bracket, Use& use) const {
  use = Use();
  std::string_view subfield;
  use.def = find(name);
  for (size_t dot = name.rfind('.'); use.def == nullptr && dot != std::string_view::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const FieldDef* def = find(name.substr(0, dot));
    if (def != nullptr && takes_subfield(def->arg) && dot + 1 < name.size()) {
      use.def = def;
      subfield = name.substr(dot + 1);
    }
  }
  if (use.def == nullptr) {
    return UseError::kUnknownField;
  }
  use.type = use.def->type;
  use.args.def = use.def;
  use.is_list = use.def->shape == FieldShape::kList;
  if (!subfield.empty()) {
    return has_bracket ? UseError::kArgNotAllowed : use_key(subfield, use);
  }
  if (has_bracket) {
    return use_bracket(bracket, use);
  }
  return is_required(use.def->arg) ? UseError::kArgMissing : UseError::kNone;
}

size_t FieldCatalog::longest_prefix(std::string_view text) const {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_name_char);
  for (auto n = static_cast<size_t>(end - text.begin()); n > 0; --n) {
    Use use;
    const UseError error = resolve(text.substr(0, n), false, {}, use);
    if (error == UseError::kNone || error == UseError::kArgMissing) {
      return n;
    }
  }
  return 0;
}

std::vector<std::string_view> FieldCatalog::names() const {
  std::vector<std::string_view> names;
  names.reserve(all_.size());
  for (const FieldDef* def : all_) {
    names.push_back(def->name);
  }
  return names;
}

}  // namespace saker
