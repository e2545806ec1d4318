// SPDX-License-Identifier: Apache-2.0
// ScratchDir: a new directory below /tmp, removed with all it holds.
#ifndef SAKER_TESTS_BENCH_SCRATCH_DIR_H
#define SAKER_TESTS_BENCH_SCRATCH_DIR_H

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/check.h"

namespace saker::bench {

class ScratchDir {
 public:
  ScratchDir() { SAKER_CHECK(::mkdtemp(path_.data()) != nullptr); }
  ~ScratchDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  [[nodiscard]] std::string file(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  // Makes the file and returns its path.
  std::string write(std::string_view name, std::string_view content) const {
    std::ofstream(file(name)) << content;
    return file(name);
  }

 private:
  std::string path_ = "/tmp/saker-bench-XXXXXX";
};

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_SCRATCH_DIR_H
