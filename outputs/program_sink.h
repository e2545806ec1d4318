// SPDX-License-Identifier: Apache-2.0
// ProgramSink: alerts as lines on the standard input of a program, one process for all of them or
// one for each.
//
// One for each: its exit status says what became of the alert. 0: it is out; 75 (EX_TEMPFAIL of
// sysexits.h), 126 and 127 (it could not be run): to be tried again; all else: lost.
// One for all: an alert is out when the process has read its line. When the process ends it is
// started anew with the next try, and gets what it has not read.
#ifndef SAKER_OUTPUTS_PROGRAM_SINK_H
#define SAKER_OUTPUTS_PROGRAM_SINK_H

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/shell_process.h"
#include "outputs/sink.h"

namespace saker {

struct ProgramOptions {
  std::string command;  // may hold secrets: never shown
  bool keep_alive = false;
  // See ShellProcess; for what it has not read by the end, and for a restart.
  std::chrono::milliseconds patience{5000};
};

class ProgramSink : public BlockingSink {
 public:
  ProgramSink(ProgramOptions options, const AlertFormat& format);

  [[nodiscard]] std::string_view name() const noexcept override { return "program"; }
  Result<void> open() override;
  void render(const Alert& alert, Message& message) const override;
  // Ends the process for all alerts, and starts another.
  Result<void> reopen() override;

 protected:
  // Requires: SIGPIPE is ignored.
  Written write(std::span<const Message> messages) override;

 private:
  Result<void> start();
  Written write_to_one(std::span<const Message> messages);
  std::optional<SendFailure> run_for(const Message& message);

  ProgramOptions options_;
  AlertFormat format_;
  std::optional<ShellProcess> process_;  // for all alerts
};

[[nodiscard]] std::span<const SettingDef> program_settings();
Result<std::unique_ptr<Sink>> make_program_sink(const SinkSettings& settings,
                                                const AlertFormat& format);

}  // namespace saker

#endif  // SAKER_OUTPUTS_PROGRAM_SINK_H
