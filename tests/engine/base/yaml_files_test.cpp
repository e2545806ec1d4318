// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace saker {
namespace {

namespace fs = std::filesystem;

class YamlFiles : public testing::Test {
 protected:
  YamlFiles() {
    std::string name = testing::TempDir() + "yaml_files.XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~YamlFiles() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, std::string_view text) {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  // The names of the files read, or the error, the directory cut out.
  std::string read(const std::string& name) const {
    const auto files = read_yaml_files(name.empty() ? directory_ : path(name), "rule");
    std::string text;
    if (!files) {
      text = files.error().to_string();
    } else {
      for (const auto& file : *files) {
        text += file->name() + " ";
      }
    }
    for (size_t at = text.find(directory_); at != std::string::npos; at = text.find(directory_)) {
      text.replace(at, directory_.size(), "DIR");
    }
    return text;
  }

  std::string directory_;
};

TEST_F(YamlFiles, ReadsAFileWhateverItsName) {
  write("rules.txt", "- macro: m\n");
  EXPECT_EQ(read("rules.txt"), "DIR/rules.txt ");
  EXPECT_EQ(read_yaml_files(path("rules.txt"), "rule")->front()->text(), "- macro: m\n");
}

TEST_F(YamlFiles, ReadsADirectoryInNameOrderAndNotBelow) {
  write("b.yaml", "");
  write("a.yml", "");
  write("c.txt", "");
  write(".hidden.yaml", "");
  fs::create_directory(path("sub.yaml"));
  write("sub.yaml/d.yaml", "");
  EXPECT_EQ(read(""), "DIR/a.yml DIR/b.yaml ");
}

TEST_F(YamlFiles, ADirectoryMayHaveNone) {
  write("notes.txt", "");
  EXPECT_EQ(read(""), "");
}

TEST_F(YamlFiles, FollowsSymbolicLinks) {
  write("target", "- x\n");
  fs::create_symlink("target", path("link.yaml"));
  EXPECT_EQ(read(""), "DIR/link.yaml ");
}

TEST_F(YamlFiles, RefusesWhatIsNoRuleFile) {
  EXPECT_EQ(read("missing.yaml"),
            "cannot open rules 'DIR/missing.yaml': No such file or directory");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read("pipe"), "'DIR/pipe' is not a rule file (it is a device, a pipe or a socket)");
  const auto device = read_yaml_files("/dev/zero", "rule");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().to_string(),
            "'/dev/zero' is not a rule file (it is a device, a pipe or a socket)");
}

TEST_F(YamlFiles, ADeadLinkInADirectoryIsAnError) {
  write("a.yaml", "");
  fs::create_symlink("nowhere", path("b.yaml"));
  EXPECT_EQ(read(""), "cannot open rules 'DIR/b.yaml': No such file or directory");
}

TEST_F(YamlFiles, RefusesWhatItMayNotRead) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }
  ::chmod(write("a.yaml", "").c_str(), 0);
  EXPECT_EQ(read("a.yaml"), "cannot open rules 'DIR/a.yaml': Permission denied");
}

TEST_F(YamlFiles, RefusesHugeFilesWithoutReadingThem) {
  fs::resize_file(write("huge.yaml", ""), 65ull * 1024 * 1024);
  EXPECT_EQ(read("huge.yaml"), "rule file 'DIR/huge.yaml' is too large (at most 64 MiB are read)");
}

}  // namespace
}  // namespace saker
