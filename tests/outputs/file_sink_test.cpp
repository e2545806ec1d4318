// SPDX-License-Identifier: Apache-2.0
#include "outputs/file_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/fake_root.h"
#include "tests/support/sink_driver.h"
#include "tests/support/small_disk.h"

namespace saker {
namespace {

namespace fs = std::filesystem;
using test::FakeRoot;
using test::SmallDisk;

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The lines as the sink writes them.
std::string lines(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all.append(test::kPlainPrefix).append(text).append("\n");
  }
  return all;
}

mode_t mode_of(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

std::string error_of(const Result<void>& result) {
  return result ? "" : result.error().to_string();
}

TEST(FileSink, MakesAFileForItsOwnerAlone) {
  const FakeRoot root;
  FileSink sink({.path = root.path("alerts")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "one"), "");
  EXPECT_EQ(test::send(sink, "two"), "");
  EXPECT_EQ(read(root.path("alerts")), lines({"one", "two"}));
  EXPECT_EQ(mode_of(root.path("alerts")), 0600U);
}

TEST(FileSink, AppendsToWhatIsThere) {
  FakeRoot root;
  root.file("alerts", "before\n");
  ASSERT_EQ(::chmod(root.path("alerts").c_str(), 0640), 0);
  FileSink sink({.path = root.path("alerts"), .sync = true}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  const auto outcomes = test::send(sink, test::render(sink, {"one", "two", "three"}));
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_FALSE(outcomes[2].failure);
  EXPECT_EQ(read(root.path("alerts")), "before\n" + lines({"one", "two", "three"}));
  EXPECT_EQ(mode_of(root.path("alerts")), 0640U);
}

TEST(FileSink, BeginsALineOfItsOwnBehindTheTornOneOfACrash) {
  FakeRoot root;
  root.file("alerts", "{\"half");
  FileSink sink({.path = root.path("alerts")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "one"), "");
  EXPECT_EQ(read(root.path("alerts")), "{\"half\n" + lines({"one"}));
}

TEST(FileSink, FollowsAFileThatIsMovedOrRemoved) {
  const FakeRoot root;
  FileSink sink({.path = root.path("alerts")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "one"), "");
  fs::rename(root.path("alerts"), root.path("moved"));
  EXPECT_EQ(test::send(sink, "two"), "");
  EXPECT_EQ(read(root.path("moved")), lines({"one"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"two"}));
  fs::remove(root.path("alerts"));
  EXPECT_EQ(test::send(sink, "three"), "");
  EXPECT_EQ(read(root.path("alerts")), lines({"three"}));
}

TEST(FileSink, KeepAliveMovesOnWithReopen) {
  const FakeRoot root;
  FileSink sink({.path = root.path("alerts"), .keep_alive = true}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  fs::rename(root.path("alerts"), root.path("moved"));
  EXPECT_EQ(test::send(sink, "one"), "");
  ASSERT_EQ(error_of(sink.reopen()), "");
  EXPECT_EQ(test::send(sink, "two"), "");
  EXPECT_EQ(read(root.path("moved")), lines({"one"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"two"}));
}

TEST(FileSink, GoesOnWithTheOldFileWhenReopenFails) {
  const FakeRoot root;
  fs::create_directory(root.path("logs"));
  FileSink sink({.path = root.path("logs/alerts"), .keep_alive = true}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  fs::rename(root.path("logs"), root.path("moved"));
  EXPECT_EQ(error_of(sink.reopen()), "cannot open '" + root.path("logs/alerts") +
                                         "': No such file or directory (its directory is missing)");
  EXPECT_EQ(test::send(sink, "one"), "");
  EXPECT_EQ(read(root.path("moved/alerts")), lines({"one"}));
}

TEST(FileSink, WaitsForADirectoryThatWasRemoved) {
  const FakeRoot root;
  fs::create_directory(root.path("logs"));
  FileSink sink({.path = root.path("logs/alerts")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  fs::remove_all(root.path("logs"));
  EXPECT_EQ(test::send(sink, "one"), "cannot open '" + root.path("logs/alerts") +
                                         "': No such file or directory (its directory is missing)");
  fs::create_directory(root.path("logs"));
  EXPECT_EQ(test::send(sink, "one"), "");
  EXPECT_EQ(read(root.path("logs/alerts")), lines({"one"}));
}

TEST(FileSink, LeavesNoDescriptorOpen) {
  const FakeRoot root;
  const auto count = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = count();
  {
    FileSink sink({.path = root.path("alerts"), .sync = true, .rotate_bytes = 1},
                  test::plain_format());
    ASSERT_EQ(error_of(sink.open()), "");
    const auto open = count();
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(error_of(sink.reopen()), "");
      EXPECT_EQ(test::send(sink, "one"), "");
    }
    EXPECT_EQ(count(), open);
  }
  EXPECT_EQ(count(), before);
}

TEST(FileSink, RotatesBeforeAFileGetsTooLarge) {
  const FakeRoot root;
  const uint64_t two_lines = lines({"1", "2"}).size();
  FileSink sink({.path = root.path("alerts"), .rotate_bytes = two_lines, .rotate_keep = 2},
                test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  const auto outcomes = test::send(sink, test::render(sink, {"1", "2", "3", "4", "5"}));
  EXPECT_EQ(outcomes.size(), 5U);
  EXPECT_EQ(read(root.path("alerts.2")), lines({"1", "2"}));
  EXPECT_EQ(read(root.path("alerts.1")), lines({"3", "4"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"5"}));
  EXPECT_EQ(test::send(sink, "6"), "");
  EXPECT_EQ(test::send(sink, "7"), "");
  EXPECT_EQ(read(root.path("alerts.2")), lines({"3", "4"}));
  EXPECT_EQ(read(root.path("alerts.1")), lines({"5", "6"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"7"}));
  EXPECT_FALSE(fs::exists(root.path("alerts.3")));
  EXPECT_EQ(mode_of(root.path("alerts")), 0600U);
}

TEST(FileSink, CountsWhatWasInTheFileBefore) {
  FakeRoot root;
  root.file("alerts", "before\n");
  FileSink sink({.path = root.path("alerts"), .rotate_bytes = lines({"1"}).size()},
                test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "1"), "");
  EXPECT_EQ(read(root.path("alerts.1")), "before\n");
  EXPECT_EQ(read(root.path("alerts")), lines({"1"}));
}

TEST(FileSink, ALineLargerThanAFileGetsAFileOfItsOwn) {
  const FakeRoot root;
  const std::string large(1000, 'x');
  FileSink sink({.path = root.path("alerts"), .rotate_bytes = 100, .rotate_keep = 5},
                test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, test::render(sink, {"1", large, "2"})).size(), 3U);
  EXPECT_EQ(read(root.path("alerts.2")), lines({"1"}));
  EXPECT_EQ(read(root.path("alerts.1")), lines({large}));
  EXPECT_EQ(read(root.path("alerts")), lines({"2"}));
}

TEST(FileSink, RotatesAFileThatIsOldEnough) {
  static FileSink::Clock::time_point now;
  now = FileSink::Clock::now();
  const FakeRoot root;
  FileSink sink({.path = root.path("alerts"), .rotate_age = std::chrono::hours(24)},
                test::plain_format(), [] { return now; });
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "1"), "");
  now += std::chrono::hours(23);
  EXPECT_EQ(test::send(sink, "2"), "");
  now += std::chrono::hours(1);
  EXPECT_EQ(test::send(sink, "3"), "");
  EXPECT_EQ(read(root.path("alerts.1")), lines({"1", "2"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"3"}));
}

TEST(FileSink, AFailedRotationLosesNothingAndIsReported) {
  FakeRoot root;
  root.file("alerts.1/in the way", "");
  root.file("alerts.2", "old\n");
  FileSink sink({.path = root.path("alerts"), .rotate_bytes = 1, .rotate_keep = 2},
                test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_FALSE(sink.trouble());
  EXPECT_EQ(test::send(sink, test::render(sink, {"1", "2", "3"})).size(), 3U);
  EXPECT_EQ(read(root.path("alerts")), lines({"1", "2", "3"}));
  ASSERT_TRUE(sink.trouble());
  EXPECT_EQ(sink.trouble()->to_string(),
            "cannot rotate '" + root.path("alerts") + "': Not a directory");
  EXPECT_EQ(read(root.path("alerts.2")), "old\n");
  fs::remove_all(root.path("alerts.1"));
  EXPECT_EQ(test::send(sink, "4"), "");
  EXPECT_FALSE(sink.trouble());
  EXPECT_EQ(read(root.path("alerts.1")), lines({"1", "2", "3"}));
  EXPECT_EQ(read(root.path("alerts")), lines({"4"}));
}

TEST(FileSink, ARotationThatCannotBeginANewFileIsUndone) {
  // The directory itself and three files.
  const SmallDisk disk(SmallDisk::kSizeBytes, 4);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a file system";
  }
  std::ofstream(disk.path("alerts")) << "present\n";
  std::ofstream(disk.path("alerts.1")) << "old\n";
  std::ofstream(disk.path("ballast")) << "x";
  FileSink sink({.path = disk.path("alerts"), .rotate_bytes = 1, .rotate_keep = 2},
                test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  EXPECT_EQ(test::send(sink, "1"), "");
  EXPECT_EQ(test::send(sink, "2"), "");
  ASSERT_TRUE(sink.trouble());
  EXPECT_EQ(sink.trouble()->to_string(),
            "cannot open '" + disk.path("alerts") + "': No space left on device");
  EXPECT_EQ(read(disk.path("alerts")), "present\n" + lines({"1", "2"}));
  EXPECT_EQ(read(disk.path("alerts.2")), "old\n");
  EXPECT_FALSE(fs::exists(disk.path("alerts.1")));
  fs::remove(disk.path("ballast"));
  EXPECT_EQ(test::send(sink, "3"), "");
  EXPECT_FALSE(sink.trouble());
  EXPECT_EQ(read(disk.path("alerts.1")), "present\n" + lines({"1", "2"}));
  EXPECT_EQ(read(disk.path("alerts.2")), "old\n");
}

TEST(FileSink, FullDiskLeavesWholeLinesAndTakesThemLater) {
  const SmallDisk disk;
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a file system";
  }
  std::ofstream(disk.path("ballast")) << std::string(SmallDisk::kSizeBytes / 2, 'x');
  FileSink sink({.path = disk.path("alerts")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i) {
    texts.push_back(std::to_string(i) + std::string(3000, 'y'));
  }
  std::vector<Message> messages = test::render(sink, texts);
  const std::vector<Outcome> outcomes = test::send(sink, messages);
  const size_t written = outcomes.size() - 1;
  ASSERT_TRUE(outcomes.back().failure);
  EXPECT_EQ(outcomes.back().failure->error.to_string(),
            "cannot write to '" + disk.path("alerts") + "': No space left on device");
  EXPECT_FALSE(outcomes.back().failure->is_final);
  EXPECT_EQ(written, SmallDisk::kSizeBytes / 2 / messages[0].body.size());
  EXPECT_EQ(read(disk.path("alerts")), lines({texts.begin(), texts.begin() + 10}));

  fs::remove(disk.path("ballast"));
  messages.erase(messages.begin(), messages.begin() + static_cast<ptrdiff_t>(written));
  for (const Outcome& outcome : test::send(sink, messages)) {
    EXPECT_FALSE(outcome.failure) << outcome.seq;
  }
  EXPECT_EQ(read(disk.path("alerts")), lines(texts));
}

TEST(FileSink, SaysWhyItCannotStart) {
  FakeRoot root;
  root.file("target", "");
  root.link("link", root.path("target"));
  root.directory("directory");
  ASSERT_EQ(::mkfifo(root.path("fifo").c_str(), 0600), 0);
  const std::pair<std::string, std::string> cases[] = {
      {"none/alerts", "No such file or directory (its directory is missing)"},
      {"link",
       "Too many levels of symbolic links (it is a symbolic link: give the path that it points "
       "to)"},
      {"directory", "Is a directory (give the path of a file)"},
      {"fifo", "No such device or address (it is a FIFO that nobody reads, or a socket)"},
  };
  for (const auto& [name, reason] : cases) {
    FileSink sink({.path = root.path(name)}, test::plain_format());
    EXPECT_EQ(error_of(sink.open()), "cannot open '" + root.path(name) + "': " + reason);
  }
  EXPECT_EQ(test::make_sink("file", {}).error().to_string(),
            "file_output has no file to write to (set file_output.filename)");
}

TEST(FileSink, SaysThatTheFileSystemIsReadOnly) {
  const SmallDisk disk;
  if (!disk.is_mounted() || !disk.make_read_only()) {
    GTEST_SKIP() << "may not mount a file system";
  }
  FileSink sink({.path = disk.path("alerts")}, test::plain_format());
  EXPECT_EQ(error_of(sink.open()),
            "cannot open '" + disk.path("alerts") + "': Read-only file system");
}

TEST(FileSink, AFifoGetsWholeLinesWhenItsReaderComesBack) {
  ::signal(SIGPIPE, SIG_IGN);
  const FakeRoot root;
  ASSERT_EQ(::mkfifo(root.path("fifo").c_str(), 0600), 0);
  const auto open_reader = [&] {
    return UniqueFd(::open(root.path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  };
  UniqueFd reader = open_reader();
  FileSink sink({.path = root.path("fifo")}, test::plain_format());
  ASSERT_EQ(error_of(sink.open()), "");
  reader.reset();
  EXPECT_EQ(test::send(sink, "one"), "cannot write to '" + root.path("fifo") +
                                         "': Broken pipe (it is a FIFO that nobody reads)");
  EXPECT_EQ(test::send(sink, "one"),
            "cannot open '" + root.path("fifo") +
                "': No such device or address (it is a FIFO that nobody reads, or a socket)");

  reader = open_reader();
  ASSERT_EQ(::fcntl(reader.get(), F_SETFL, 0), 0);
  ASSERT_EQ(error_of(sink.reopen()), "");  // a reader finds the end where there is no writer
  const std::string large(300'000, 'x');   // more than a pipe holds: the sink waits for the reader
  std::string got;
  std::thread thread([&] {
    char buffer[4096];
    const size_t expected = lines({large, "end"}).size();
    for (ssize_t n = 1; got.size() < expected && n > 0;) {
      n = ::read(reader.get(), buffer, sizeof(buffer));
      got.append(buffer, static_cast<size_t>(std::max<ssize_t>(n, 0)));
    }
  });
  EXPECT_EQ(test::send(sink, large), "");
  EXPECT_EQ(test::send(sink, "end"), "");
  thread.join();
  EXPECT_EQ(got, lines({large, "end"}));
}

}  // namespace
}  // namespace saker
