// SPDX-License-Identifier: Apache-2.0
// FileSink: alerts appended to a file, one a line; also to a FIFO or a character device.
//
// A regular file holds whole lines only: what a full disk left of one is cut off again, and behind
// the torn line of a crash the next one begins on a line of its own. The file is made with mode
// 0600. A symbolic link in the place of the file is refused, so that whoever may write to the
// directory cannot choose what the sensor appends to.
#ifndef SAKER_OUTPUTS_FILE_SINK_H
#define SAKER_OUTPUTS_FILE_SINK_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "outputs/alert_format.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {

struct FileOptions {
  std::string path;
  bool keep_alive = false;  // do not look whether the file was moved or removed
  bool sync = false;        // fdatasync() before a batch counts as written
  // Rotation moves PATH to PATH.1, PATH.1 to PATH.2 and so on; 0: no such limit.
  uint64_t rotate_bytes = 0;
  std::chrono::seconds rotate_age{};
  int rotate_keep = 1;  // number of moved files; >= 1
};

class FileSink : public BlockingSink {
 public:
  using Clock = std::chrono::system_clock;

  // `now`: tests pass a clock of their own.
  FileSink(FileOptions options, const AlertFormat& format,
           Clock::time_point (*now)() = &Clock::now);

  [[nodiscard]] std::string_view name() const noexcept override { return "file"; }
  Result<void> open() override;
  void render(const Alert& alert, Message& message) const override;
  // Goes on with the file that is open when the new one cannot be opened.
  Result<void> reopen() override { return open(); }
  // A rotation that failed; alerts go to the present file meanwhile.
  [[nodiscard]] std::optional<Error> trouble() const override;

 protected:
  // Requires: SIGPIPE is ignored.
  Written write(std::span<const Message> messages) override;

 private:
  [[nodiscard]] Error cannot(std::string_view verb, int error) const;
  // Whether `path` of the options is the open file.
  [[nodiscard]] bool is_in_place() const;
  Result<void> make_ready();
  // How many of the messages shall go to the present file; rotates if it is none.
  size_t fit(std::span<const Message> messages);
  [[nodiscard]] bool is_too_old() const;
  // Moves the file away and begins a new one; false: the present one is still in use.
  bool rotate();
  Result<void> move_files();
  Written append(std::span<const Message> messages);
  // Makes the file end with a whole line again, `part_bytes` before its end.
  void cut(size_t part_bytes);

  FileOptions options_;
  AlertFormat format_;
  Clock::time_point (*now_)();
  UniqueFd fd_;
  bool is_regular_ = false;
  bool ends_in_half_line_ = false;
  uint64_t size_bytes_ = 0;  // of a regular file
  Clock::time_point born_;

  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
};

[[nodiscard]] std::span<const SettingDef> file_settings();
Result<std::unique_ptr<Sink>> make_file_sink(const SinkSettings& settings,
                                             const AlertFormat& format);

}  // namespace saker

#endif  // SAKER_OUTPUTS_FILE_SINK_H
