// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cmd/config.h"

namespace saker {
namespace {

class ConfigFilesTest : public testing::Test {
 protected:
  ConfigFilesTest() {
    std::string pattern = testing::TempDir() + "saker-config-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~ConfigFilesTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  // The findings are without excerpts, and have paths relative to the folder. `path`: empty: the
  // default.
  Config read(const std::string& path = "") {
    Diagnostics diagnostics;
    const DefaultConfig defaults{folder_ / "saker.yaml", folder_ / "config.d"};
    const ConfigFiles files =
        read_config_files(path.empty() ? "" : folder_ / path, diagnostics, defaults);
    read_.clear();
    for (const auto& text : files.texts) {
      read_ += (read_.empty() ? "" : " ") + relative(text->name());
    }
    const Config config = make_config(files.tree, diagnostics);
    findings_.clear();
    for (const Diagnostic& finding : diagnostics.items()) {
      const bool is_error = finding.severity == Severity::kError;
      findings_ += relative(finding.source->name()) + ':' +
                   std::to_string(finding.source->position(finding.span.begin).line) +
                   (is_error ? ": error: " : ": warning: ") + relative(finding.message) + '\n' +
                   (finding.hint.empty() ? "" : "hint: " + finding.hint + '\n');
    }
    return config;
  }
  [[nodiscard]] std::string relative(std::string text) const {
    const std::string prefix = folder_.string() + '/';
    for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
      text.erase(at, prefix.size());
    }
    return text;
  }

  std::filesystem::path folder_;
  std::string read_;
  std::string findings_;
};

TEST_F(ConfigFilesTest, WithoutAnyFileThereAreTheDefaults) {
  EXPECT_EQ(read().queue_capacity, 4096U);
  EXPECT_EQ(read_, "");
  EXPECT_EQ(findings_, "");
}

TEST_F(ConfigFilesTest, DropInsAreReadBehindTheMainFileInTheOrderOfTheirNames) {
  write("saker.yaml", "priority: error\nrules_files: [a]\nwebserver: {enabled: true}\n");
  write("config.d/20.yml", "priority: notice\nrules_files: [c]\n");
  write("config.d/10.yaml", "priority: warning\nrules_files: [b]\nwebserver: {listen_port: 1}\n");
  write("config.d/15.yaml.off", "priority: alert\n");
  write("config.d/.5.yaml", "priority: alert\n");
  write("config.d/16.yaml/x.yaml", "priority: alert\n");
  const Config config = read();
  EXPECT_EQ(findings_, "");
  EXPECT_EQ(read_, "saker.yaml config.d/10.yaml config.d/20.yml");
  EXPECT_EQ(config.priority, Priority::kNotice);
  EXPECT_EQ(config.rules_files, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(config.web_server.enabled);
  EXPECT_EQ(config.web_server.port, 1);
}

TEST_F(ConfigFilesTest, DropInsDoNotNeedAMainFile) {
  write("config.d/a.yaml", "priority: error\n");
  EXPECT_EQ(read().priority, Priority::kError);
}

TEST_F(ConfigFilesTest, AnotherMainFileHasNoDropInsButThoseItNames) {
  write("config.d/a.yaml", "priority: error\n");
  write("mine.yaml", "json_output: true\n");
  EXPECT_EQ(read("mine.yaml").priority, Priority::kDebug);
  EXPECT_EQ(read_, "mine.yaml");
  write("mine.yaml", "config_files: ['" + (folder_ / "config.d").string() + "']\n");
  const Config config = read("mine.yaml");
  EXPECT_EQ(findings_, "");
  EXPECT_EQ(config.priority, Priority::kError);
  ASSERT_EQ(config.config_files.size(), 1U);
  EXPECT_EQ(config.config_files[0].path.value, folder_ / "config.d");
}

TEST_F(ConfigFilesTest, StrategiesSayWhatBecomesOfWhatIsThere) {
  const char* const kMain = "priority: error\nrules_files: [a]\nstatic_fields: {x: 1}\n";
  write("more.yaml",
        "priority: alert\nrules_files: [b]\nstatic_fields: {x: 2, y: 3}\n"
        "log_level: debug\n");
  struct Case {
    const char* strategy;
    Priority priority;
    std::vector<std::string> rules_files;
    std::map<std::string, std::string> static_fields;
  };
  for (const Case& c : {Case{"append", Priority::kAlert, {"a", "b"}, {{"x", "2"}, {"y", "3"}}},
                        Case{"override", Priority::kAlert, {"b"}, {{"x", "2"}, {"y", "3"}}},
                        Case{"add-only", Priority::kError, {"a"}, {{"x", "1"}, {"y", "3"}}}}) {
    SCOPED_TRACE(c.strategy);
    write("saker.yaml", std::string(kMain) + "config_files: [{path: '" +
                            (folder_ / "more.yaml").string() + "', strategy: " + c.strategy +
                            "}]\n");
    const Config config = read();
    EXPECT_EQ(findings_, "");
    EXPECT_EQ(config.priority, c.priority);
    EXPECT_EQ(config.rules_files, c.rules_files);
    EXPECT_EQ(config.static_fields, c.static_fields);
    EXPECT_EQ(config.log_level, Priority::kDebug);
  }
}

TEST_F(ConfigFilesTest, MistakesOfAllFilesAreReportedTogetherWithTheirPlaces) {
  write("saker.yaml",
        "config_files:\n"
        "  - " +
            (folder_ / "none").string() +
            "\n"
            "  - path: " +
            (folder_ / "config.d").string() +
            "\n"
            "    strategy: replace\n"
            "json_outptu: true\n");
  write("config.d/a.yaml", "config_files: [b.yaml]\npriority: loud\n");
  write("config.d/b.yaml", "json_output: [1\n");
  std::filesystem::create_symlink("nowhere", folder_ / "config.d" / "c.yaml");
  read();
  EXPECT_EQ(
      findings_,
      "saker.yaml:2: warning: 'none' does not exist, skipped\n"
      "config.d/a.yaml:1: error: 'config_files' can only stand in the main file\n"
      "hint: name the files there\n"
      "config.d/b.yaml:1: error: not valid YAML: end of sequence flow not found\n"
      "saker.yaml:3: error: cannot read configuration file 'config.d/c.yaml': No such file or "
      "directory\n"
      "saker.yaml:4: error: 'config_files[].strategy' must be one of append, override, "
      "add-only\n"
      "hint: the default is append\n"
      "saker.yaml:5: error: unknown configuration key 'json_outptu'\n"
      "hint: did you mean 'json_output'?\n"
      "config.d/a.yaml:2: error: 'priority' must be one of emergency, alert, critical, error, "
      "warning, notice, informational, info, debug\n"
      "hint: the default is debug\n");
}

TEST(ConfigFiles, OnlyRegularFilesOfBoundedSizeAreRead) {
  const auto error_of = [](const std::string& path) {
    const auto file = read_config_file(path);
    return file ? "(none)" : file.error().to_string();
  };
  EXPECT_EQ(error_of("/no/such"),
            "cannot read configuration file '/no/such': No such file or directory");
  EXPECT_EQ(error_of("/"),
            "cannot read configuration file '/': Is a directory (a configuration is a regular "
            "file)");
  EXPECT_EQ(error_of("/dev/null"),
            "cannot read configuration file '/dev/null' (a configuration is a regular file)");
  const std::string big = testing::TempDir() + "saker-config-big";
  std::ofstream(big) << std::string(10 << 20, '#');
  EXPECT_EQ(error_of(big), "cannot read configuration file '" + big +
                               "': File too large (a configuration has at most 1 MiB)");
  std::filesystem::remove(big);
}

}  // namespace
}  // namespace saker
