// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml_files.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace saker {
namespace {

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

}  // namespace saker
