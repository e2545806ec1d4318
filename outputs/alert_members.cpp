// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_members.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/alert.h"
#include "outputs/json.h"

namespace saker {
namespace {

constexpr std::string_view kArrayMark = "[]";
constexpr std::string_view kMissing = "<NA>";

std::string_view text_of(const OutputValue& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  return text == nullptr ? std::string_view() : *text;
}

}  // namespace

JsonWriter& Members::at(std::string_view path) {
  size_t from = shared_objects(last_, path);
  close(from);
  last_ = path;
  for (size_t dot = path.find('.', from); dot != path.npos; dot = path.find('.', from)) {
    std::string_view name = path.substr(from, dot - from);
    const bool is_array = name.ends_with(kArrayMark);
    if (is_array) {
      name.remove_suffix(kArrayMark.size());
    }
    json_.key(name);
    if (is_array) {
      json_.begin_array();
    }
    json_.begin_object();
    from = dot + 1;
  }
  json_.key(path.substr(from));
  return json_;
}

bool Members::has(std::string_view path) const noexcept {
  return last_.starts_with(path) && (last_.size() == path.size() || last_[path.size()] == '.');
}

void Members::close(size_t kept) {
  for (size_t dot = last_.rfind('.'); dot != last_.npos && dot >= kept; dot = last_.rfind('.')) {
    last_ = last_.substr(0, dot);
    json_.end_object();
    if (last_.ends_with(kArrayMark)) {
      json_.end_array();
    }
  }
}

void Members::end() {
  close(0);
  json_.end_object();
}

std::string_view MemberSource::text() const { return text_of(*value); }

std::optional<int64_t> MemberSource::integer() const {
  if (const auto* number = std::get_if<int64_t>(&value->value)) {
    return *number;
  }
  const auto* number = std::get_if<uint64_t>(&value->value);
  if (number == nullptr || *number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return std::nullopt;
  }
  return static_cast<int64_t>(*number);
}

void write_members(std::string& out, std::span<const MemberRow> rows, const Alert& alert,
                   uint64_t seq) {
  Members members(out);
  for (const MemberRow& row : rows) {
    if (members.has(row.path) || (!row.needs.empty() && !members.has(row.needs))) {
      continue;
    }
    const OutputValue* value = row.field.empty() ? nullptr : find_value(alert, row.field);
    if (value != nullptr || row.field.empty()) {
      row.write(members, row.path, {alert, seq, value});
    }
  }
  members.end();
}

const OutputValue* find_value(const Alert& alert, std::string_view field) {
  const OutputValue* value = find_field(alert, field);
  if (value == nullptr) {
    return nullptr;
  }
  const auto* text = std::get_if<std::string>(&value->value);
  const bool is_missing = std::holds_alternative<std::monostate>(value->value) ||
                          (text != nullptr && (text->empty() || *text == kMissing));
  return is_missing ? nullptr : value;
}

std::string_view find_text(const Alert& alert, std::string_view field) {
  const OutputValue* value = find_value(alert, field);
  return value == nullptr ? std::string_view() : text_of(*value);
}

}  // namespace saker
