// SPDX-License-Identifier: Apache-2.0
// StdoutSink: alerts on standard output, written at once, each line whole; in the journal of
// systemd with the alert's priority.
#ifndef SAKER_OUTPUTS_STDOUT_SINK_H
#define SAKER_OUTPUTS_STDOUT_SINK_H

#include <span>
#include <string_view>

#include "engine/base/journal.h"
#include "outputs/alert_format.h"
#include "outputs/sink.h"

namespace saker {

class StdoutSink : public BlockingSink {
 public:
  // Tests pass another descriptor than 1; it is borrowed.
  explicit StdoutSink(const AlertFormat& format, int fd = 1)
      : format_(format), fd_(fd), is_journal_(is_journal(fd)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "stdout"; }
  Result<void> open() override;
  void render(const Alert& alert, Message& message) const override;
  [[nodiscard]] bool is_broken() const noexcept override { return broken_; }

 protected:
  // Requires: SIGPIPE is ignored.
  Written write(std::span<const Message> messages) override;

 private:
  AlertFormat format_;
  int fd_;
  bool is_journal_;
  bool broken_ = false;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_STDOUT_SINK_H
