// SPDX-License-Identifier: Apache-2.0
// FakeRoot: a root directory of a test's own, removed with all it holds.
#ifndef SAKER_TESTS_SUPPORT_FAKE_ROOT_H
#define SAKER_TESTS_SUPPORT_FAKE_ROOT_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace saker::test {

class FakeRoot {
 public:
  explicit FakeRoot(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    std::string name = (below / "saker-root.XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~FakeRoot() { std::filesystem::remove_all(root_); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  void file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }
  void link(const std::string& path, const std::string& target) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::filesystem::create_symlink(target, root_ / path);
  }
  void directory(const std::string& path) { std::filesystem::create_directories(root_ / path); }
  [[nodiscard]] std::string path(const std::string& below = "") const {
    return (root_ / below).string();
  }

 private:
  std::filesystem::path root_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_FAKE_ROOT_H
