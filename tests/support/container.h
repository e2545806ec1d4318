// SPDX-License-Identifier: Apache-2.0
// TestContainer: a busybox root file system and runc, to act inside a real container.
//
// The rest of a container (pid namespace, cgroup /docker/<id>, mount namespace) is what runc makes
// of its default configuration; capabilities are the full set unless a test says otherwise.
#ifndef SAKER_TESTS_SUPPORT_CONTAINER_H
#define SAKER_TESTS_SUPPORT_CONTAINER_H

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace saker::test {

class TestContainer {
 public:
  // Makes the bundle below `dir`; fails when runc or a static busybox is not installed.
  static Result<TestContainer> create(const std::string& dir, const std::string& id);

  // Runs `argv` in a new container over an overlayfs whose upper layer is empty at first, with a
  // terminal if asked for. Returns runc's exit status, or -1.
  int run(const std::vector<std::string>& argv, bool terminal) const;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }

 private:
  TestContainer() = default;

  std::string dir_;
  std::string id_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_CONTAINER_H
