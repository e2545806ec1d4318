// SPDX-License-Identifier: Apache-2.0
#include "engine/base/setting_text.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

namespace saker {

std::optional<bool> parse_bool(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true" || lower == "yes" || lower == "on") {
    return true;
  }
  if (lower == "false" || lower == "no" || lower == "off") {
    return false;
  }
  return std::nullopt;
}

Problem set_bool(bool& target, std::string_view text) {
  const std::optional<bool> value = parse_bool(text);
  if (!value) {
    return "must be true or false";
  }
  target = *value;
  return {};
}

}  // namespace saker
