// SPDX-License-Identifier: Apache-2.0
// SmallDisk: a file system of a few pages, for tests of what happens when it is full or read-only.
#ifndef SAKER_TESTS_SUPPORT_SMALL_DISK_H
#define SAKER_TESTS_SUPPORT_SMALL_DISK_H

#include <sys/mount.h>

#include <string>

#include "tests/support/fake_root.h"

namespace saker::test {

class SmallDisk {
 public:
  static constexpr size_t kSizeBytes = 65'536;

  // At most `max_inodes` files, its root directory among them; 0: any number.
  explicit SmallDisk(size_t size_bytes = kSizeBytes, size_t max_inodes = 0)
      : is_mounted_(::mount("saker-test", root_.path().c_str(), "tmpfs", 0,
                            ("size=" + std::to_string(size_bytes) +
                             ",nr_inodes=" + std::to_string(max_inodes))
                                .c_str()) == 0) {}
  ~SmallDisk() {
    if (is_mounted_) {
      ::umount2(root_.path().c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // False where the user may not mount; nothing else may be called then.
  [[nodiscard]] bool is_mounted() const noexcept { return is_mounted_; }
  [[nodiscard]] bool make_read_only() const {
    return ::mount("", root_.path().c_str(), "", MS_REMOUNT | MS_RDONLY, "") == 0;
  }
  [[nodiscard]] std::string path(const std::string& below = "") const { return root_.path(below); }

 private:
  FakeRoot root_;
  bool is_mounted_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SMALL_DISK_H
