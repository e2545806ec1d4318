// SPDX-License-Identifier: Apache-2.0
// Files that settings name: secrets, keys, certificates. `key` is the configuration key that names
// the file, for messages.
#ifndef SAKER_OUTPUTS_SETTING_FILES_H
#define SAKER_OUTPUTS_SETTING_FILES_H

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace saker {

// What a file holds, without the first line end at its end, which does not belong to the secret;
// never empty.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path, std::string_view key);

// Why a file, or directory, cannot be read. A TLS library that is given it says so in its own
// words.
[[nodiscard]] std::optional<Error> find_unreadable(const std::string& path, std::string_view key);

}  // namespace saker

#endif  // SAKER_OUTPUTS_SETTING_FILES_H
