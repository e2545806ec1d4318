// SPDX-License-Identifier: Apache-2.0
// StdoutSink: alerts on standard output, each line written at once and whole.
#ifndef SAKER_OUTPUTS_STDOUT_SINK_H
#define SAKER_OUTPUTS_STDOUT_SINK_H

#include <string>

#include "outputs/alert_line.h"
#include "outputs/sink.h"

namespace saker {

class StdoutSink : public Sink {
 public:
  // Tests pass another descriptor than 1; it is borrowed.
  explicit StdoutSink(const LineFormat& format, int fd = 1) : format_(format), fd_(fd) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "stdout"; }
  Result<void> open() override;
  // Requires: SIGPIPE is ignored.
  Result<void> write(const Alert& alert) override;
  Result<void> flush() override { return {}; }
  [[nodiscard]] bool is_broken() const noexcept override { return broken_; }

 private:
  LineFormat format_;
  int fd_;
  bool broken_ = false;
  std::string line_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_STDOUT_SINK_H
