// SPDX-License-Identifier: Apache-2.0
// Priority: how severe a rule is.
#ifndef SAKER_ENGINE_BASE_PRIORITY_H
#define SAKER_ENGINE_BASE_PRIORITY_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace saker {

// Numbers are those of syslog(3): smaller is more severe.
enum class Priority : uint8_t {
  kEmergency,
  kAlert,
  kCritical,
  kError,
  kWarning,
  kNotice,
  kInformational,
  kDebug,
};
// "Emergency" ... "Debug".
[[nodiscard]] std::string_view to_string(Priority priority) noexcept;
// Case-insensitive; "info" is accepted for Informational.
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view text) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_PRIORITY_H
