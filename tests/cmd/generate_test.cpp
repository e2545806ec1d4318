// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "cmd/command_line.h"
#include "tests/support/program.h"

namespace saker {
namespace {

using test::Finished;
using test::run_saker;

std::string generate(const std::string& form) {
  const Finished finished = run_saker({"generate", form});
  EXPECT_EQ(finished.status, 0) << finished.err;
  return finished.out;
}

// What a line of shell prints.
std::string shell(const std::string& line) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(line.c_str(), "r"), ::pclose);
  std::string out;
  for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;) {
    out += static_cast<char>(c);
  }
  return out;
}

// Whether the shell takes the script for one of its own; true where there is no such shell.
bool is_script(const std::string& shell_name, const std::string& check, const std::string& form) {
  const std::string path = testing::TempDir() + "saker-completions." + form;
  std::ofstream(path) << generate(form);
  return shell("command -v " + shell_name + " >/dev/null || { echo ok; exit; }; " + shell_name +
               " " + check + " '" + path + "' 2>&1 && echo ok") == "ok\n";
}

// What bash offers behind these words; the last one is completed.
std::string offered(const std::string& words) {
  const std::string script = testing::TempDir() + "saker-completions.sh";
  std::ofstream(script) << generate("bash") << "COMP_WORDS=(saker " << words << ")\n"
                        << "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_saker\n"
                        << "echo \"${COMPREPLY[*]}\"\n";
  return shell("bash '" + script + "'");
}

TEST(Generate, TheManualHasEveryCommandWithItsOptionsAndHelp) {
  const std::string page = generate("man");
  for (const Command& command : commands()) {
    EXPECT_NE(page.find(".SS \"saker " + std::string(command.name)), std::string::npos)
        << command.name;
    EXPECT_NE(page.find(std::string(command.summary) + "."), std::string::npos) << command.name;
  }
  EXPECT_NE(page.find(".TP\n\\fB\\-p\\fR, \\fB\\-\\-print\\fR \\fIFORMAT\\fR\n"),
            std::string::npos);
}

TEST(Generate, NoLineOfTheManualIsTakenForARequest) {
  CommandLine line;
  line.commands = {{"x", "X", ".TH evil\n'quoted\n\\fBbold\n", {}, {}}};
  EXPECT_NE(manual_page(line).find("\n\\&.TH evil\n\\&'quoted\n\\efBbold\n"), std::string::npos);
}

TEST(Generate, BashOffersCommandsOptionsAndChoices) {
  EXPECT_EQ(offered("re"), "record replay reload\n");
  EXPECT_EQ(offered("enforce a"), "audit\n");
  EXPECT_EQ(offered("top --o"), "--once\n");
  EXPECT_EQ(offered("list --json ru"), "rules\n");
  EXPECT_EQ(offered("check /proc/versio"), "/proc/version\n");
  EXPECT_EQ(offered("run -c /proc/versio"), "/proc/version\n");
  EXPECT_EQ(offered("run -o ''"), "\n");
}

TEST(Generate, ShellsTakeTheirCompletions) {
  EXPECT_TRUE(is_script("bash", "-n", "bash"));
  EXPECT_TRUE(is_script("zsh", "-n", "zsh"));
  EXPECT_TRUE(is_script("fish", "--no-execute", "fish"));
}

TEST(Generate, ChoicesStandInTheHelp) {
  const CommandLine::Command command{
      "x",
      "X",
      "THING is one of\n  one  the first,\n       in two lines\n  two  more\n\n  no\n",
      {},
      {}};
  EXPECT_EQ(argument_choices(command), (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(argument_choices({"x", "X", "Any thing.\n", {}, {}}).empty());
}

TEST(Generate, AnotherFormIsAMistakeOfTheCommandLine) {
  EXPECT_EQ(run_saker({"generate", "tcsh"}).status, 2);
}

}  // namespace
}  // namespace saker
