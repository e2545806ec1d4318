// SPDX-License-Identifier: Apache-2.0
#include "probes/pins.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <functional>
#include <iterator>
#include <numeric>
#include <system_error>
#include <utility>

#include "engine/base/clock.h"
#include "probes/bpf_call.h"

namespace saker {
namespace {

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// The root, locked against others that look through it. Anybody may make directories where bpf file
// systems are mounted: it counts only when nobody else can have made what is in it. None: errno.
UniqueFd lock_root(const std::string& root) {
  UniqueFd fd = open_directory(root);
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return {};
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0) {
    errno = EPERM;
    return {};
  }
  return ::flock(fd.get(), LOCK_EX) == 0 ? std::move(fd) : UniqueFd();
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

// Of another version it may have another size.
std::optional<ev_attendance> read_attendance(const UniqueFd& map) {
  const uint32_t zero = 0;
  ev_attendance attendance{};
  if (!map || value_bytes_of(map.get()) != sizeof(attendance) ||
      lookup_map(map.get(), &zero, &attendance) != 0) {
    return std::nullopt;
  }
  return attendance;
}

// The directories below the root whose sensors have ended, each locked for `visit`.
void for_each_left(const std::string& root,
                   const std::function<void(const std::string& directory)>& visit) {
  const UniqueFd root_lock = lock_root(root);
  if (!root_lock) {
    return;
  }
  for (const std::string& name : names_in(root)) {
    const std::string directory = (std::filesystem::path(root) / name).string();
    const UniqueFd lock = open_directory(directory);
    if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
      visit(directory);
    }
  }
}

LeftPins describe(const std::string& directory, const UniqueFd& attendance) {
  LeftPins left;
  left.directory = directory;
  const std::string name = std::filesystem::path(directory).filename().string();
  std::from_chars(name.data(), name.data() + name.size(), left.pid);
  left.refusing = names_in(directory + "/" + std::string(kRefusingPins));
  left.attendance = read_attendance(attendance);
  return left;
}

// An errno, or 0.
int remove_all_in(const std::string& directory) {
  for (const std::string& name : names_in(directory)) {
    if (::unlink((std::filesystem::path(directory) / name).c_str()) != 0) {
      return errno;
    }
  }
  return ::rmdir(directory.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

}  // namespace

Result<void> Pins::check() const {
  struct statfs status{};
  const std::string parent = std::filesystem::path(root_).parent_path().string();
  if (::statfs(parent.c_str(), &status) != 0 || status.f_type != BPF_FS_MAGIC) {
    return Error{"cannot keep programs in force: no bpf file system is mounted at " + parent, 0,
                 "mount -t bpf bpf " + parent + ", or set enforcement.on_exit=release"};
  }
  if (::mkdir(root_.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{"cannot make the directory " + root_, errno, ""};
  }
  if (!lock_root(root_)) {
    return Error{"cannot use the directory " + root_, errno,
                 "it must be this user's, and nobody else's to open"};
  }
  return {};
}

Result<void> Pins::make_directory() {
  if (Result<void> checked = check(); !checked) {
    return checked;
  }
  const UniqueFd root_lock = lock_root(root_);  // nobody finds the directory without its lock
  const std::string path =
      root_ + "/" + std::to_string(::getpid()) + "-" + std::to_string(boot_clock_ns());
  if (!root_lock || ::mkdir(path.c_str(), 0700) != 0) {
    return Error{"cannot make the directory " + path, errno, ""};
  }
  directory_ = path;
  lock_ = open_directory(path);
  if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 ||
      ::mkdir((path + "/" + std::string(kRefusingPins)).c_str(), 0700) != 0) {
    return Error{"cannot use the directory " + path, errno, ""};
  }
  return {};
}

Result<void> Pins::add(std::span<const Pin> pins) {
  const size_t before = names_.size();
  Result<void> added;
  if (directory_.empty() && !pins.empty()) {
    added = make_directory();
  }
  for (const Pin& one : pins) {
    if (!added || std::ranges::find(names_, one.name) != names_.end()) {
      continue;
    }
    if (const int error = pin_object(directory_ + "/" + one.name, one.fd); error != 0) {
      added = Error{"cannot pin " + one.name, error, "set enforcement.on_exit=release"};
    } else {
      names_.push_back(one.name);
    }
  }
  if (!added) {
    remove_from(before);
  }
  return added;
}

void Pins::remove_from(size_t first) noexcept {
  for (; names_.size() > first; names_.pop_back()) {
    ::unlink((directory_ + "/" + names_.back()).c_str());
  }
  if (names_.empty() && !directory_.empty()) {
    ::rmdir((directory_ + "/" + std::string(kRefusingPins)).c_str());
    ::rmdir(directory_.c_str());
    directory_.clear();
    lock_.reset();
  }
}

void Pins::retain(std::span<const Pin> pins) noexcept {
  // Those that stay to the front, in their order.
  const auto gone = std::ranges::stable_partition(names_, [&](const std::string& name) {
    return std::ranges::find(pins, name, &Pin::name) != pins.end();
  });
  remove_from(static_cast<size_t>(gone.begin() - names_.begin()));
}

std::vector<LeftPins> find_left_pins(const std::string& root) {
  std::vector<LeftPins> all;
  for_each_left(root, [&](const std::string& directory) {
    all.push_back(describe(directory, open_pinned(directory + "/" + std::string(kAttendancePin))));
  });
  return all;
}

Result<std::vector<LeftPins>> remove_left_pins(const std::string& root) {
  std::vector<LeftPins> all;
  Result<void> removed;
  for_each_left(root, [&](const std::string& directory) {
    const UniqueFd attendance = open_pinned(directory + "/" + std::string(kAttendancePin));
    LeftPins left = describe(directory, attendance);
    int error = remove_all_in(directory + "/" + std::string(kRefusingPins));
    left.attendance = read_attendance(attendance);  // what was decided until now
    error = error == 0 ? remove_all_in(directory) : error;
    if (error != 0 && removed) {
      removed = Error{"cannot remove " + directory, error, "programs in it stay in force"};
    }
    all.push_back(std::move(left));
  });
  if (!removed) {
    return std::move(removed).error();
  }
  return all;
}

LeftDecisions decisions_of(std::span<const LeftPins> all) noexcept {
  LeftDecisions sum{.sensors = all.size()};
  for (const LeftPins& left : all) {
    if (!left.attendance) {
      sum.is_whole = false;
      continue;
    }
    const auto& unattended = left.attendance->unattended;
    sum.refused += unattended[EV_DECISION_DENIED] + unattended[EV_DECISION_KILLED];
    sum.unreported = std::accumulate(std::begin(unattended), std::end(unattended), sum.unreported);
  }
  return sum;
}

}  // namespace saker
