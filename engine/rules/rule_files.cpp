// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "engine/base/unique_fd.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

constexpr off_t kMaxFileBytes = 64 * 1024 * 1024;
constexpr size_t kReadBytes = 64 * 1024;

Error world_error(const std::string& what, const std::string& path, std::string hint = "") {
  return {what + " '" + path + "'", errno, std::move(hint)};
}

bool is_rule_file_name(std::string_view name) {
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"));
}

Result<std::shared_ptr<const SourceText>> read_text(int fd, const std::string& path) {
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
      return std::make_shared<const SourceText>(path, std::move(text));
    }
    if (text.size() > static_cast<size_t>(kMaxFileBytes)) {
      return Error{"rule file '" + path + "' is too large", 0, "at most 64 MiB are read"};
    }
  }
}

Result<std::vector<std::string>> list_directory(int fd, const std::string& path) {
  DIR* directory = ::fdopendir(fd);  // owns fd from here on
  if (directory == nullptr) {
    ::close(fd);
    return world_error("cannot list", path);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    if (is_rule_file_name(entry->d_name)) {
      names.emplace_back(path + (path.ends_with('/') ? "" : "/") + entry->d_name);
    }
  }
  const int failure = errno;
  ::closedir(directory);
  if (failure != 0) {
    return Error{"cannot list '" + path + "'", failure, ""};
  }
  std::sort(names.begin(), names.end());
  return names;
}

using Files = std::vector<std::shared_ptr<const SourceText>>;

Result<Files> read_directory(int fd, const std::string& path) {
  Result<std::vector<std::string>> names = list_directory(fd, path);
  if (!names) {
    return std::move(names).error();
  }
  Files files;
  for (const std::string& name : *names) {
    struct stat info{};
    // Of a directory only the regular files count; a subdirectory is none of its rules.
    if (::stat(name.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
      continue;
    }
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
    const int directory = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
    return directory < 0 ? world_error("cannot open rules", path) : read_directory(directory, path);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{"'" + path + "' is not a rule file", 0, "it is a device, a pipe or a socket"};
  }
  if (info.st_size > kMaxFileBytes) {
    return Error{"rule file '" + path + "' is too large", 0, "at most 64 MiB are read"};
  }
  Result<std::shared_ptr<const SourceText>> text = read_text(fd.get(), path);
  if (!text) {
    return std::move(text).error();
  }
  return Files{*std::move(text)};
}

}  // namespace saker
