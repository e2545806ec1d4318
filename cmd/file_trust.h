// SPDX-License-Identifier: Apache-2.0
// FileTrust: whether others than root and its caller can have written what tells a sensor that runs
// as root what to do: files of rules and configuration, and directories of them.
//
// Threads: any.
#ifndef SAKER_CMD_FILE_TRUST_H
#define SAKER_CMD_FILE_TRUST_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"

namespace saker {

class FileTrust {
 public:
  // As this process runs: nothing is looked at unless as root; its files may also be those of who
  // has called it by sudo. `owners`: more that they may belong to.
  explicit FileTrust(std::vector<uint32_t> owners);

  // What is wrong with files that were read.
  [[nodiscard]] std::vector<Diagnostic> findings(
      const std::vector<std::shared_ptr<const SourceText>>& files, Severity severity) const;
  // The same of those of the paths that are directories; links are followed.
  [[nodiscard]] std::vector<Diagnostic> findings_of_directories(
      const std::vector<std::string>& paths, Severity severity) const;

 private:
  void add_finding(const std::string& path, FileStatus status, Severity severity,
                   std::vector<Diagnostic>& findings) const;

  bool is_root_ = false;
  std::vector<uint32_t> owners_;
};

}  // namespace saker

#endif  // SAKER_CMD_FILE_TRUST_H
