// SPDX-License-Identifier: Apache-2.0
#include "outputs/stdout_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <thread>

#include "engine/base/unique_fd.h"

namespace saker {
namespace {

struct Pipe {
  Pipe() {
    ::signal(SIGPIPE, SIG_IGN);
    int fds[2];
    EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    reader = UniqueFd(fds[0]);
    writer = UniqueFd(fds[1]);
  }
  // Everything until the writer is closed.
  std::string read_all() const {
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(reader.get(), buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<size_t>(n));
    }
    return text;
  }
  UniqueFd reader;
  UniqueFd writer;
};

const AlertFormat kIso("text", {.time_iso_8601 = true});

// Renders and sends an alert; what became of it.
Outcome send(StdoutSink& sink, std::string text) {
  Alert alert;
  alert.priority = Priority::kNotice;
  alert.message = std::move(text);
  std::vector<Message> messages(1);
  sink.render(alert, messages[0]);
  EXPECT_EQ(sink.send(messages), 1U);
  std::vector<Outcome> outcomes;
  sink.poll(std::chrono::milliseconds(0), outcomes);
  EXPECT_EQ(outcomes.size(), 1U);
  return outcomes.at(0);
}

TEST(StdoutSink, TellsTheJournalThePriority) {
  Pipe pipe;
  struct stat status{};
  ASSERT_EQ(::fstat(pipe.writer.get(), &status), 0);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  StdoutSink sink(kIso, pipe.writer.get());
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(send(sink, "hello").failure);
  pipe.writer.reset();
  EXPECT_EQ(pipe.read_all(), "<5>1970-01-01T00:00:00.000000000+0000: Notice hello\n");
}

TEST(StdoutSink, WritesOneLineAtOnce) {
  Pipe pipe;
  StdoutSink sink(kIso, pipe.writer.get());
  ASSERT_TRUE(sink.open());
  EXPECT_FALSE(send(sink, "hello").failure);
  char buffer[256];
  const ssize_t n = ::read(pipe.reader.get(), buffer, sizeof(buffer));  // before any flush
  EXPECT_EQ(std::string_view(buffer, static_cast<size_t>(n)),
            "1970-01-01T00:00:00.000000000+0000: Notice hello\n");
}

TEST(StdoutSink, ClosedReaderIsAnErrorAndBreaksTheSink) {
  Pipe pipe;
  StdoutSink sink(kIso, pipe.writer.get());
  pipe.reader.reset();
  EXPECT_FALSE(sink.is_broken());
  const std::optional<SendFailure> failure = send(sink, "hello").failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.to_string(),
            "cannot write to standard output: Broken pipe (nobody reads the alerts any more)");
  EXPECT_TRUE(sink.is_broken());
}

TEST(StdoutSink, FullDiskIsAnErrorButNotTheEnd) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (!full) {
    GTEST_SKIP() << "no /dev/full here";
  }
  StdoutSink sink(kIso, full.get());
  const std::optional<SendFailure> failure = send(sink, "hello").failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.errno_value, ENOSPC);
  EXPECT_FALSE(sink.is_broken());
}

TEST(StdoutSink, NonBlockingPipeGetsWholeLines) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK), 0);
  StdoutSink sink(kIso, pipe.writer.get());
  const std::string message(300'000, 'x');  // more than a pipe holds
  std::string got;
  std::thread reader([&] { got = pipe.read_all(); });
  EXPECT_FALSE(send(sink, message).failure);
  pipe.writer.reset();
  reader.join();
  EXPECT_EQ(got, "1970-01-01T00:00:00.000000000+0000: Notice " + message + "\n");
}

TEST(StdoutSink, ClosedDescriptorFailsTheStart) {
  StdoutSink sink(kIso, 1'000'000);
  const Result<void> opened = sink.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().to_string(),
            "standard output is closed: Bad file descriptor (redirect it, or set "
            "stdout_output.enabled=false)");
}

}  // namespace
}  // namespace saker
