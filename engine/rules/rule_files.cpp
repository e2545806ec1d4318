// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "engine/base/unique_fd.h"
#include "engine/base/yaml_files.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

constexpr off_t kMaxFileBytes = 64 * 1024 * 1024;
constexpr size_t kReadBytes = 64 * 1024;

Error world_error(const std::string& what, const std::string& path, std::string hint = "") {
  return {what + " '" + path + "'", errno, std::move(hint)};
}

Result<std::shared_ptr<const SourceText>> read_text(int fd, const std::string& path,
                                                    FileStatus status) {
  std::string text;
  while (true) {
    const size_t size = text.size();
    text.resize(size + kReadBytes);
    const ssize_t count = ::read(fd, text.data() + size, kReadBytes);
    if (count < 0 && errno != EINTR) {
      return world_error("cannot read", path);
    }
    text.resize(size + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) {
      return std::make_shared<const SourceText>(path, std::move(text), status);
    }
    if (text.size() > static_cast<size_t>(kMaxFileBytes)) {
      return Error{"rule file '" + path + "' is too large", 0, "at most 64 MiB are read"};
    }
  }
}

using Files = std::vector<std::shared_ptr<const SourceText>>;

Result<Files> read_directory(const std::string& path) {
  Result<std::vector<std::string>> names = list_yaml_files(path);
  if (!names) {
    return std::move(names).error();
  }
  Files files;
  for (const std::string& name : *names) {
    Result<Files> file = read_rule_files(name);
    if (!file) {
      return file;
    }
    files.push_back(file->front());
  }
  return files;
}

}  // namespace

Result<Files> read_rule_files(const std::string& path) {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return world_error("cannot open rules", path);
  }
  if (S_ISDIR(info.st_mode)) {
    return read_directory(path);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{"'" + path + "' is not a rule file", 0, "it is a device, a pipe or a socket"};
  }
  if (info.st_size > kMaxFileBytes) {
    return Error{"rule file '" + path + "' is too large", 0, "at most 64 MiB are read"};
  }
  Result<std::shared_ptr<const SourceText>> text =
      read_text(fd.get(), path, {info.st_uid, info.st_mode});
  if (!text) {
    return std::move(text).error();
  }
  return Files{*std::move(text)};
}

}  // namespace saker
