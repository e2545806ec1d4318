// SPDX-License-Identifier: Apache-2.0
// Paths as texts: what is asked of them with every event, in a few nanoseconds.
#ifndef SAKER_ENGINE_BASE_PATHS_H
#define SAKER_ENGINE_BASE_PATHS_H

#include <cstddef>
#include <string_view>

namespace saker {

// Whether a '/' is followed by `next` somewhere.
[[nodiscard]] bool has_slash_then(std::string_view path, char next) noexcept;
// Offset of the last '/', or npos.
[[nodiscard]] size_t last_slash(std::string_view path) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_PATHS_H
