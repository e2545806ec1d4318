// SPDX-License-Identifier: Apache-2.0
// Values of settings as text, and what is wrong with one.
#ifndef SAKER_ENGINE_BASE_SETTING_TEXT_H
#define SAKER_ENGINE_BASE_SETTING_TEXT_H

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace saker {

// What is wrong with a value, as in "must be true or false"; empty: nothing.
using Problem = std::string;

// true, yes, on; false, no, off; in any case.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);

// Both leave the target alone when there is a problem.
[[nodiscard]] Problem set_bool(bool& target, std::string_view text);
template <typename Integer>
[[nodiscard]] Problem set_integer(Integer& target, std::string_view text, Integer low,
                                  Integer high) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  }
  target = value;
  return {};
}

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_SETTING_TEXT_H
