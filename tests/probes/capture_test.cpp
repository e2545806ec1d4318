// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace saker {
namespace {

class CaptureWriterTest : public testing::Test {
 protected:
  CaptureWriterTest() {
    std::string pattern = testing::TempDir() + "saker-capture-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~CaptureWriterTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string bytes_of(const std::string& file) const {
    std::stringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

std::vector<std::byte> record_of(uint8_t kind, uint32_t size) {
  std::vector<std::byte> record(size, std::byte{0x5a});
  ev_header header{};
  header.size = size;
  header.kind = kind;
  std::memcpy(record.data(), &header, sizeof(header));
  return record;
}

TEST_F(CaptureWriterTest, WritesTheGrammarOfTheHeader) {
  auto writer = CaptureWriter::create(path("a"), {.boot_to_epoch_ns = 0x0102, .hostname = "abc"});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(record_of(EV_EXIT, 24)));
  ASSERT_TRUE((*writer)->close());
  using std::string_literals::operator""s;
  // magic, version, header_size, boot_to_epoch_ns, hostname_size and pad, hostname and pad
  const std::string expected = "SAKERCAP"s + "\1\0\0\0"s + "\x28\0\0\0"s + "\2\1\0\0\0\0\0\0"s +
                               "\3\0\0\0\0\0\0\0"s + "abc\0\0\0\0\0"s;
  const std::string bytes = bytes_of(path("a"));
  EXPECT_EQ(testing::PrintToString(bytes.substr(0, expected.size())),
            testing::PrintToString(expected));
  EXPECT_EQ(bytes.size(), (*writer)->bytes());
  EXPECT_EQ((*writer)->records(), 1U);
  struct stat info{};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(CaptureWriterTest, RefusesAFileThatExists) {
  std::ofstream(path("there")) << "precious";
  const auto writer = CaptureWriter::create(path("there"), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().to_string(), "cannot create capture file '" + path("there") +
                                            "': File exists (remove it, or choose another name)");
  EXPECT_EQ(bytes_of(path("there")), "precious");
}

TEST_F(CaptureWriterTest, NamesAFolderThatIsMissing) {
  const auto writer = CaptureWriter::create(path("no/such"), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().to_string(),
            "cannot create capture file '" + path("no/such") + "': No such file or directory");
}

// A limit on the size of files stands for a full disk: write(2) takes a part, then refuses.
TEST_F(CaptureWriterTest, FullDiskShows) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1'000'000;
  auto writer = CaptureWriter::create(path("full"), {});
  ASSERT_TRUE(writer);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Result<void> result;
  int written = 0;
  while (result && written < 100) {
    result = (*writer)->write(record_of(EV_SYSCALL, 32'000));
    ++written;
  }
  const Result<void> closed = (*writer)->close();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_LT(written, 50);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().to_string(),
            "cannot write capture file '" + path("full") + "': File too large");
  EXPECT_FALSE(closed);
  EXPECT_EQ(std::filesystem::file_size(path("full")), 1'000'000U);
}

}  // namespace
}  // namespace saker
