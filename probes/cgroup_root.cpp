// SPDX-License-Identifier: Apache-2.0
#include "probes/cgroup_root.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace saker {
namespace {

// In a cgroup namespace, the root of a mount is a cgroup like any other.
constexpr ino_t kRootInode = 1;

struct MountsCloser {
  void operator()(FILE* mounts) const noexcept { ::endmntent(mounts); }
};

// Something else may be mounted over it.
bool is_cgroup(int directory) {
  struct statfs about{};
  return ::fstatfs(directory, &about) == 0 && about.f_type == CGROUP2_SUPER_MAGIC;
}

bool is_root(int directory) {
  struct stat about{};
  return ::fstat(directory, &about) == 0 && about.st_ino == kRootInode;
}

}  // namespace

Result<UniqueFd> open_cgroup_root(const char* mounts) {
  const std::unique_ptr<FILE, MountsCloser> file(::setmntent(mounts, "re"));
  if (!file) {
    return Error{std::string("cannot read ") + mounts, errno, ""};
  }
  std::string part;
  std::array<char, 4096> text{};
  mntent entry{};
  while (::getmntent_r(file.get(), &entry, text.data(), text.size()) != nullptr) {
    if (std::string_view(entry.mnt_type) != "cgroup2") {
      continue;
    }
    UniqueFd directory(::open(entry.mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || !is_cgroup(directory.get())) {
      continue;
    }
    if (is_root(directory.get())) {
      return directory;
    }
    part = entry.mnt_dir;
  }
  if (!part.empty()) {
    return Error{"of the cgroups only a part is to be seen, at " + part, 0,
                 "run in the cgroup namespace of the host"};
  }
  return Error{"the unified cgroup hierarchy is not mounted", 0,
               "mount -t cgroup2 none /sys/fs/cgroup, or another directory"};
}

}  // namespace saker
