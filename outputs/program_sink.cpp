// SPDX-License-Identifier: Apache-2.0
#include "outputs/program_sink.h"

#include <sys/wait.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/shell_process.h"
#include "outputs/sink.h"
#include "outputs/write_bodies.h"

namespace saker {
namespace {

constexpr SettingDef kSettings[] = {
    {"program", SettingType::kText, "",
     "Command line for sh, which reads alerts from its standard input; it has the sensor's "
     "privileges and no more. Rules see what it does, too: with one that matches it, each alert "
     "makes another."},
    {"keep_alive", SettingType::kBool, "false",
     "true: one process gets all alerts, one a line, and is started anew when it ends and on "
     "SIGUSR1. false: one process for each alert; its exit status tells whether it worked."},
};

constexpr int kTemporaryFailure = 75;  // EX_TEMPFAIL
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

Error error_of(int wait_status) {
  const int exit_status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;
  const bool could_not_run = exit_status == kNotExecutable || exit_status == kNotFound;
  return {"the program of program_output " + describe_wait_status(wait_status), 0,
          could_not_run ? "sh could not run it: see program_output.program" : ""};
}

// Whether the program said no to the alert, and not that it could not do its work now.
bool is_refusal(int wait_status) {
  const int exit_status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;
  return exit_status != kTemporaryFailure && exit_status != kNotExecutable &&
         exit_status != kNotFound;
}

// How many messages are out when `unread` bytes of those written are still in the pipe.
size_t count_read(std::span<const Message> messages, const WriteProgress& written, size_t unread) {
  size_t count = written.count;
  for (size_t in_pipe = written.part_bytes; count > 0 && in_pipe < unread; --count) {
    in_pipe += messages[count - 1].body.size();
  }
  return count;
}

}  // namespace

ProgramSink::ProgramSink(ProgramOptions options, const AlertFormat& format)
    : options_(std::move(options)), format_(format) {}

Result<void> ProgramSink::start() {
  Result<ShellProcess> process = ShellProcess::start(options_.command, options_.patience);
  if (!process) {
    return std::move(process).error();
  }
  process_.emplace(std::move(*process));
  return {};
}

Result<void> ProgramSink::open() { return options_.keep_alive ? start() : Result<void>(); }

Result<void> ProgramSink::reopen() {
  process_.reset();
  return open();
}

void ProgramSink::render(const Alert& alert, Message& message) const {
  format_.append(message.body, alert, message.seq);
  message.body += '\n';
}

BlockingSink::Written ProgramSink::write(std::span<const Message> messages) {
  if (options_.keep_alive) {
    return write_to_one(messages);
  }
  std::optional<SendFailure> failure = run_for(messages[0]);
  return {failure ? 0U : 1U, std::move(failure)};
}

BlockingSink::Written ProgramSink::write_to_one(std::span<const Message> messages) {
  if (process_) {
    if (const std::optional<int> status = process_->poll()) {
      process_.reset();
      return {0, SendFailure{error_of(*status), false}};
    }
  } else if (Result<void> started = start(); !started) {
    return {0, SendFailure{std::move(started).error(), false}};
  }
  const WriteProgress progress = write_bodies(process_->input(), messages);
  const size_t unread = process_->wait_until_read();
  if (progress.errno_value == 0 && unread == 0) {
    return {messages.size(), {}};
  }
  const int status = process_->end();  // it does not read any more
  process_.reset();
  return {count_read(messages, progress, unread), SendFailure{error_of(status), false}};
}

std::optional<SendFailure> ProgramSink::run_for(const Message& message) {
  Result<ShellProcess> process = ShellProcess::start(options_.command, options_.patience);
  if (!process) {
    return SendFailure{std::move(process).error(), false};
  }
  // It need not read the alert to do what it shall: only its exit status counts.
  static_cast<void>(write_bodies(process->input(), {&message, 1}));
  const int status = process->finish();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return std::nullopt;
  }
  return SendFailure{error_of(status), is_refusal(status)};
}

std::span<const SettingDef> program_settings() { return kSettings; }

Result<std::unique_ptr<Sink>> make_program_sink(const SinkSettings& settings,
                                                const AlertFormat& format) {
  const ProgramOptions options{.command = settings.text("program"),
                               .keep_alive = settings.boolean("keep_alive")};
  if (options.command.empty()) {
    return Error{"program_output has no program to run", 0, "set program_output.program"};
  }
  return std::unique_ptr<Sink>(std::make_unique<ProgramSink>(options, format));
}

}  // namespace saker
