// SPDX-License-Identifier: Apache-2.0
// `saker config` as a user meets it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/base/json.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

class ConfigCommand : public testing::Test {
 protected:
  ConfigCommand() {
    std::string pattern = testing::TempDir() + "saker-config-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~ConfigCommand() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string write(const std::string& text) const {
    std::ofstream(folder_ / "c.yaml") << text;
    return folder_ / "c.yaml";
  }

  std::filesystem::path folder_;
};

constexpr const char* kTenMistakes =
    "json_outptu: true\n"
    "stdout_output: {enabled: maybe}\n"
    "outputs_queue: {capacity: many}\n"
    "webserver:\n"
    "  listen_port: 70000\n"
    "  listen_port: 80\n"
    "rule_matching: frist\n"
    "metrics: on\n"
    "priority: [debug]\n"
    "rules_files: {a: b}\n"
    "rules: [{enable: {tags: x}}]\n";

// As text below; {} is the file.
constexpr const char* kTenFindings =
    "{}:6:3-13: error: key 'listen_port' is already there\n"
    "  listen_port: 80\n"
    "  ~~~~~~~~~~~\n"
    "hint: it stands in line 5 too; keep one of them\n"
    "{}:1:1-11: error: unknown configuration key 'json_outptu'\n"
    "  json_outptu: true\n"
    "  ~~~~~~~~~~~\n"
    "hint: did you mean 'json_output'?\n"
    "{}:2:26-30: error: 'stdout_output.enabled' must be true or false\n"
    "  stdout_output: {enabled: maybe}\n"
    "                           ~~~~~\n"
    "hint: the default is true\n"
    "{}:3:27-30: error: 'outputs_queue.capacity' must be a whole number from 1 to 1000000\n"
    "  outputs_queue: {capacity: many}\n"
    "                            ~~~~\n"
    "hint: the default is 4096\n"
    "{}:5:16-20: error: 'webserver.listen_port' must be a whole number from 0 to 65535\n"
    "  listen_port: 70000\n"
    "               ~~~~~\n"
    "hint: the default is 8765\n"
    "{}:7:16-20: error: 'rule_matching' must be one of first, all\n"
    "  rule_matching: frist\n"
    "                 ~~~~~\n"
    "hint: did you mean 'first'?\n"
    "{}:8:10-11: error: 'metrics' is a section of keys, not a value\n"
    "  metrics: on\n"
    "           ~~\n"
    "hint: 'saker list config' shows them\n"
    "{}:9:11-16: error: 'priority' must be a single value\n"
    "  priority: [debug]\n"
    "            ~~~~~~\n"
    "hint: the default is debug\n"
    "{}:10:14-18: error: 'rules_files' must be a list\n"
    "  rules_files: {a: b}\n"
    "               ~~~~~\n"
    "hint: as in `rules_files: [ONE, TWO]`\n"
    "{}:11:19-22: error: unknown configuration key 'rules[].enable.tags'\n"
    "  rules: [{enable: {tags: x}}]\n"
    "                    ~~~~\n"
    "hint: did you mean 'rules[].enable.tag'?\n"
    "1 file: 10 errors, 0 warnings\n";

TEST_F(ConfigCommand, TenMistakesAreTenFindingsInOneRun) {
  const std::string config = write(kTenMistakes);
  const Finished checked = run_saker({"config", "check", config});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(checked.err, "");
  std::string found = checked.out;
  for (size_t at = found.find(config); at != std::string::npos; at = found.find(config)) {
    found.replace(at, config.size(), "{}");
  }
  EXPECT_EQ(found, kTenFindings);
}

TEST_F(ConfigCommand, ChecksAsJson) {
  const std::string config = write(std::string(kTenMistakes) + "output_timeout: 5\n");
  const Finished checked = run_saker({"config", "check", "--json", config});
  EXPECT_EQ(checked.status, 1);
  const auto document = JsonDocument::parse(checked.out);
  ASSERT_TRUE(document) << checked.out;
  const auto size_of = [&](std::string_view key) {
    size_t size = 0;
    document->root()[key].for_each_item([&](JsonValue) { ++size; });
    return size;
  };
  EXPECT_EQ(size_of("files"), 1U);
  EXPECT_EQ(size_of("errors"), 10U);
  EXPECT_EQ(size_of("warnings"), 1U);
}

TEST_F(ConfigCommand, ChecksTheFileOfTheOptionOrOfTheArgument) {
  const std::string config = write("json_output: true\n");
  for (const std::vector<std::string>& named :
       {std::vector<std::string>{config}, std::vector<std::string>{"-c", config}}) {
    std::vector<std::string> args = {"config", "check"};
    args.insert(args.end(), named.begin(), named.end());
    const Finished checked = run_saker(args);
    EXPECT_EQ(checked.status, 0);
    EXPECT_EQ(checked.out, "1 file: 0 errors, 0 warnings\n");
  }
  const Finished missing = run_saker({"config", "check", "/no/such.yaml"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.out,
            "error: cannot read configuration file '/no/such.yaml': No such file or directory\n"
            "0 files: 1 error, 0 warnings\n");
}

TEST_F(ConfigCommand, OverridesDoNotNameFiles) {
  const Finished finished =
      run_saker({"config", "check", "-c", write(""), "-o", "config_files[]=/x"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out,
            "-o:1:1-12: error: 'config_files' can only stand in the main file\n"
            "  config_files[]=/x\n"
            "  ~~~~~~~~~~~~\n"
            "hint: name the files there\n"
            "1 file: 1 error, 0 warnings\n");
}

TEST_F(ConfigCommand, TheDefaultFileIsFine) {
  const Finished printed = run_saker({"config", "default"});
  EXPECT_EQ(printed.status, 0);
  const Finished checked = run_saker({"config", "check", write(printed.out)});
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.out, "1 file: 0 errors, 0 warnings\n");
  const Finished shown = run_saker({"config", "show", "-c", folder_ / "c.yaml"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.out.find(folder_), std::string::npos) << "nothing is from the file";
}

TEST_F(ConfigCommand, ShowsOnlyWhatIsRight) {
  const Finished shown = run_saker({"config", "show", "-c", write("priority: loud\n")});
  EXPECT_EQ(shown.status, 1);
  EXPECT_EQ(shown.out, "");
  EXPECT_NE(shown.err.find("'priority' must be one of"), std::string::npos);
}

TEST_F(ConfigCommand, UnknownActionsAreMistakesOfTheCommandLine) {
  const Finished unknown = run_saker({"config", "shwo"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_EQ(unknown.err, "saker config: unknown action 'shwo'; did you mean 'show'?\n");
  const Finished file = run_saker({"config", "show", "x.yaml"});
  EXPECT_EQ(file.status, 2);
  EXPECT_EQ(file.err, "saker config show: takes no FILE; name it with -c\n");
}

}  // namespace
}  // namespace saker::test
