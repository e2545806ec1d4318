// SPDX-License-Identifier: Apache-2.0
#include "cmd/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace saker {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                              IN_DELETE_SELF | IN_MOVE_SELF;

bool is_rule_file(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

}  // namespace

void Settling::note(Clock::time_point now) {
  first_ = first_.value_or(now);
  last_ = now;
}

std::optional<Settling::Clock::time_point> Settling::due() const {
  return first_ ? std::optional(std::min(last_ + kQuiet, *first_ + kLongest)) : std::nullopt;
}

bool Settling::take(Clock::time_point now) {
  if (!first_ || now < *due()) {
    return false;
  }
  first_.reset();
  return true;
}

FileWatch::FileWatch() : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

void FileWatch::add_path(Directories& directories, const std::string& path) {
  std::error_code error;
  const fs::path named = fs::absolute(path, error).lexically_normal();
  const fs::path real = fs::canonical(path, error);  // empty: not there
  for (const fs::path& one : {named, real}) {
    if (!one.empty()) {
      directories[one.parent_path()].names.insert(one.filename());
    }
  }
  if (fs::is_directory(real, error)) {
    directories[real].has_rules = true;
  }
}

void FileWatch::watch(const std::vector<std::string>& paths) {
  Directories wanted;
  for (const std::string& path : paths) {
    add_path(wanted, path);
  }
  std::map<int, std::string> watches;
  for (const auto& [path, directory] : wanted) {
    // The same directory has the same number again, and misses nothing in between.
    const int watch = ::inotify_add_watch(inotify_.get(), path.c_str(), kChanges | IN_ONLYDIR);
    if (watch >= 0) {
      watches[watch] = path;
    }
  }
  for (const auto& [watch, path] : directory_by_watch_) {
    if (!watches.contains(watch)) {
      ::inotify_rm_watch(inotify_.get(), watch);
    }
  }
  directories_ = std::move(wanted);
  directory_by_watch_ = std::move(watches);
}

bool FileWatch::take() {
  alignas(inotify_event) char buffer[16384];
  bool any = false;
  // Once: who writes without end must not keep the caller here.
  const ssize_t size = ::read(inotify_.get(), buffer, sizeof(buffer));
  for (ssize_t at = 0; at < size;) {
    inotify_event event{};
    std::memcpy(&event, buffer + at, sizeof(event));
    const char* name = buffer + at + offsetof(inotify_event, name);
    any = any || (event.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF)) != 0 ||
          concerns(event.wd, std::string_view(name, ::strnlen(name, event.len)));
    at += static_cast<ssize_t>(sizeof(event) + event.len);
  }
  return any;
}

bool FileWatch::concerns(int watch, std::string_view name) const {
  const auto path = directory_by_watch_.find(watch);
  if (path == directory_by_watch_.end() || name.empty()) {
    return false;
  }
  const Directory& directory = directories_.at(path->second);
  return directory.names.contains(std::string(name)) || name.starts_with("..") ||
         (directory.has_rules && is_rule_file(name));
}

}  // namespace saker
