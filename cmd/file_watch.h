// SPDX-License-Identifier: Apache-2.0
// FileWatch: tells when files of the rules or the configuration may have changed.
//
// Watches the directories that they are in, so that a file that is replaced, removed or not there
// yet is watched like any other; of a directory of rules its *.yaml and *.yml. Volumes of
// Kubernetes change by a link whose name begins with "..".
//
// Not thread-safe.
#ifndef SAKER_CMD_FILE_WATCH_H
#define SAKER_CMD_FILE_WATCH_H

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/unique_fd.h"

namespace saker {

// Several changes that follow each other closely are one, which is over when nothing has happened
// for a while; but one that never ends is not waited for.
class Settling {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kQuiet{500};
  static constexpr std::chrono::milliseconds kLongest{5000};

  void note(Clock::time_point now);
  // When it is over, if nothing more happens; nothing: nothing has happened.
  [[nodiscard]] std::optional<Clock::time_point> due() const;
  // True once for each: it is over.
  bool take(Clock::time_point now);

 private:
  std::optional<Clock::time_point> first_;
  Clock::time_point last_;
};

class FileWatch {
 public:
  // Without inotify nothing is ever told.
  FileWatch();

  // Readable when there is something to take().
  [[nodiscard]] int fd() const noexcept { return inotify_.get(); }
  // Watches these files and directories, and no others.
  void watch(const std::vector<std::string>& paths);
  // Takes all that was told; true: one of the paths is concerned.
  bool take();

 private:
  struct Directory {
    std::set<std::string> names;  // of files in it
    bool has_rules = false;
  };
  using Directories = std::map<std::string, Directory>;

  static void add_path(Directories& directories, const std::string& path);
  [[nodiscard]] bool concerns(int watch, std::string_view name) const;

  UniqueFd inotify_;
  Directories directories_;
  std::map<int, std::string> directory_by_watch_;
};

}  // namespace saker

#endif  // SAKER_CMD_FILE_WATCH_H
