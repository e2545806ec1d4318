// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/unique_fd.h"

namespace saker {
namespace {

constexpr off_t kMaxFileBytes = 64 * 1024 * 1024;
constexpr size_t kReadBytes = 64 * 1024;

Error world_error(const std::string& what, const std::string& path) {
  return {what + " '" + path + "'", errno, ""};
}

Error too_large(const std::string& path, std::string_view kind) {
  return {std::string(kind) + " file '" + path + "' is too large", 0, "at most 64 MiB are read"};
}

Result<std::shared_ptr<const SourceText>> read_text(int fd, const std::string& path,
                                                    std::string_view kind, FileStatus status) {
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
      return too_large(path, kind);
    }
  }
}

Result<std::shared_ptr<const SourceText>> read_file(const std::string& path,
                                                    std::string_view kind) {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return world_error("cannot open " + std::string(kind) + "s", path);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{"'" + path + "' is not a " + std::string(kind) + " file", 0,
                 "it is a device, a pipe or a socket"};
  }
  if (info.st_size > kMaxFileBytes) {
    return too_large(path, kind);
  }
  return read_text(fd.get(), path, kind, {info.st_uid, info.st_mode});
}

bool counts(const std::string& directory, std::string_view name) {
  if (name.starts_with('.') || !(name.ends_with(".yaml") || name.ends_with(".yml"))) {
    return false;
  }
  struct stat info{};
  const std::string path = directory + '/' + std::string(name);
  return ::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
}

}  // namespace

Result<std::vector<std::string>> list_yaml_files(const std::string& directory) {
  DIR* const entries = ::opendir(directory.c_str());
  if (entries == nullptr) {
    return Error{"cannot list '" + directory + "'", errno, ""};
  }
  std::vector<std::string> paths;
  int failure = 0;
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(entries);
    if (entry == nullptr) {
      failure = errno;
      break;
    }
    if (counts(directory, entry->d_name)) {
      paths.push_back(directory + (directory.ends_with('/') ? "" : "/") + entry->d_name);
    }
  }
  ::closedir(entries);
  if (failure != 0) {
    return Error{"cannot list '" + directory + "'", failure, ""};
  }
  std::ranges::sort(paths);
  return paths;
}

Result<SourceTexts> read_yaml_files(const std::string& path, std::string_view kind) {
  std::error_code error;
  std::vector<std::string> names = {path};
  if (std::filesystem::is_directory(path, error)) {
    Result<std::vector<std::string>> listed = list_yaml_files(path);
    if (!listed) {
      return std::move(listed).error();
    }
    names = *std::move(listed);
  }
  SourceTexts files;
  for (const std::string& name : names) {
    Result<std::shared_ptr<const SourceText>> file = read_file(name, kind);
    if (!file) {
      return std::move(file).error();
    }
    files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace saker
