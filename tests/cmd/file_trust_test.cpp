// SPDX-License-Identifier: Apache-2.0
#include "cmd/file_trust.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/program.h"

namespace saker::test {
namespace {

constexpr uid_t kSomebody = 65534;

constexpr const char* kReason =
    "hint: what a sensor that runs as root does is up to root and its caller alone: ";

class FileTrustTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "only root looks at who has written files";
    }
    std::string pattern = testing::TempDir() + "saker-trust-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::filesystem::create_directory(folder_ / "rules");
    for (const char* name : {"", "rules"}) {
      ASSERT_EQ(::chmod((folder_ / name).c_str(), 0755), 0);
    }
    std::ofstream(rules()) << "- macro: m\n  condition: evt.type = open\n"
                              "- rule: R\n  desc: d\n  condition: m\n  output: o\n"
                              "  priority: ERROR\n";
    std::ofstream(config()) << "rules_files: ['" + (folder_ / "rules").string() + "']\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string config() const { return folder_ / "saker.yaml"; }
  [[nodiscard]] std::string rules() const { return folder_ / "rules/a.yaml"; }
  // What `saker run` says about its files.
  [[nodiscard]] Finished start(std::optional<uid_t> uid = {}) const {
    return run_saker({"run", "--dry-run", "-c", config()}, uid);
  }

  std::filesystem::path folder_;
};

TEST_F(FileTrustTest, FilesOfRootAreTaken) { EXPECT_EQ(start().status, 0) << start().err; }

TEST_F(FileTrustTest, WhatEveryoneCanWriteEndsTheStart) {
  for (const std::string& path : {config(), rules()}) {
    ASSERT_EQ(::chmod(path.c_str(), 0646), 0);
    const Finished refused = start();
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.err, "error: '" + path + "' can be written by everyone (mode 0646)\n" +
                               kReason + "chmod o-w '" + path + "'\n");
    EXPECT_EQ(start(kSomebody).status, 0) << "only a sensor of root is worth attacking so";
    ASSERT_EQ(::chmod(path.c_str(), 0664), 0);
    EXPECT_EQ(start().status, 0) << "the group is root's own";
  }
}

TEST_F(FileTrustTest, DirectoriesThatEveryoneCanWriteEndTheStart) {
  const std::string directory = folder_ / "rules";
  ASSERT_EQ(::chmod(directory.c_str(), 01777), 0);
  const Finished refused = start();
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err, "error: '" + directory + "' can be written by everyone (mode 1777)\n" +
                             kReason + "chmod o-w '" + directory + "'\n");
}

TEST_F(FileTrustTest, FilesOfOthersEndTheStart) {
  ASSERT_EQ(::chown(rules().c_str(), kSomebody, 0), 0);
  const Finished refused = start();
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err, "error: '" + rules() + "' belongs to user 65534\n" + kReason +
                             "chown root '" + rules() + "'\n");
  ASSERT_EQ(::setenv("SUDO_UID", "65534", 1), 0);
  EXPECT_EQ(start().status, 0) << "of who has called sudo";
  ::unsetenv("SUDO_UID");
}

TEST_F(FileTrustTest, LinksAreWhatTheyLeadTo) {
  const std::string target = folder_ / "target";
  std::filesystem::rename(rules(), target);
  std::filesystem::create_symlink(target, rules());
  EXPECT_EQ(start().status, 0) << "the mode of a link is 0777";
  ASSERT_EQ(::chmod(target.c_str(), 0666), 0);
  EXPECT_EQ(start().err, "error: '" + rules() + "' can be written by everyone (mode 0666)\n" +
                             kReason + "chmod o-w '" + rules() + "'\n");
}

TEST_F(FileTrustTest, ChecksOnlyWarn) {
  ASSERT_EQ(::chmod(rules().c_str(), 0666), 0);
  ASSERT_EQ(::chmod(config().c_str(), 0666), 0);
  const Finished checked = run_saker({"check", "-c", config(), rules()});
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.out, rules() + ": Ok, with warnings\nwarning: '" + rules() +
                             "' can be written by everyone (mode 0666)\n" + kReason +
                             "chmod o-w '" + rules() + "'\n");
  const Finished config_checked = run_saker({"config", "check", config()});
  EXPECT_EQ(config_checked.status, 0);
  EXPECT_EQ(config_checked.out, "warning: '" + config() +
                                    "' can be written by everyone (mode 0666)\n" + kReason +
                                    "chmod o-w '" + config() + "'\n1 file: 0 errors, 1 warning\n");
}

// What no file says is the sensor's own.
TEST_F(FileTrustTest, TextsThatAreOfNoFileAreTaken) {
  const FileTrust trust({});
  const auto text = std::make_shared<const SourceText>("-o", "a=b");
  EXPECT_TRUE(trust.findings({text}, Severity::kError).empty());
  EXPECT_TRUE(trust.findings_of_directories({"/no/such", config()}, Severity::kError).empty());
}

}  // namespace
}  // namespace saker::test
