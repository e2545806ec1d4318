// SPDX-License-Identifier: Apache-2.0
// RunFile: a file that says who runs, as long as the sensor does. What a sensor has left in it that
// did not come to its end - killed, crashed, gone with its host - the next one finds.
//
// It is locked, so that of several sensors only one keeps it.
#ifndef SAKER_CMD_RUN_FILE_H
#define SAKER_CMD_RUN_FILE_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cmd/internal_alert.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {

class RunFile {
 public:
  // A run that has not come to its end.
  struct Run {
    uint32_t pid = 0;     // 0: the file does not say
    std::string started;  // UTC; empty: the same
    bool is_of_this_boot = false;
  };

  // Fails when it cannot be written, or another sensor keeps it. Makes its directory if need be.
  [[nodiscard]] static Result<std::unique_ptr<RunFile>> begin(const std::string& path);
  // The end of the run: leaves it empty.
  ~RunFile();
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;

  // What the run before has left; nothing: it has come to its end.
  [[nodiscard]] const std::optional<Run>& left() const noexcept { return left_; }

 private:
  RunFile(UniqueFd fd, std::optional<Run> left) : fd_(std::move(fd)), left_(std::move(left)) {}

  UniqueFd fd_;
  std::optional<Run> left_;
};

[[nodiscard]] std::shared_ptr<Alert> make_left_run_alert(const RunFile::Run& run,
                                                         const AlertOrigin& origin);

}  // namespace saker

#endif  // SAKER_CMD_RUN_FILE_H
