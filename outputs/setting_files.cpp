// SPDX-License-Identifier: Apache-2.0
#include "outputs/setting_files.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

constexpr size_t kMaxSecretBytes = size_t{64} << 10U;

std::string prefix(const std::string& path, std::string_view key, std::string_view verb) {
  return std::string(key).append(": ").append(verb).append("'").append(path).append("'");
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path, std::string_view key) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string secret;
  std::array<char, 4096> buffer{};
  ssize_t n = fd ? 1 : -1;
  while (n > 0 && secret.size() <= kMaxSecretBytes) {
    n = ::read(fd.get(), buffer.data(), buffer.size());
    secret.append(buffer.data(), n > 0 ? static_cast<size_t>(n) : 0);
  }
  if (n < 0) {
    return Error{prefix(path, key, "cannot read "), errno, ""};
  }
  if (secret.ends_with('\n')) {
    secret.pop_back();
  }
  if (secret.empty() || secret.size() > kMaxSecretBytes) {
    return Error{prefix(path, key, "") + (secret.empty() ? " is empty" : " is too long"), 0, ""};
  }
  return secret;
}

std::optional<Error> find_unreadable(const std::string& path, std::string_view key) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) {
    return std::nullopt;
  }
  return Error{prefix(path, key, "cannot read "), errno, ""};
}

}  // namespace saker
