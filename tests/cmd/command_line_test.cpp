// SPDX-License-Identifier: Apache-2.0
// The command line as a user meets it: the built program, its texts and exit statuses.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cmd/command.h"
#include "tests/support/corpus.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    std::string pattern = testing::TempDir() + "saker-cli-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~CommandLine() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string write(std::string_view name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
};

constexpr std::string_view kRule =
    "- rule: Shadow opened\n"
    "  desc: Somebody opened the password file.\n"
    "  condition: evt.type = openat and fd.name = /etc/shadow\n"
    "  output: shadow opened (by=%proc.name)\n"
    "  priority: WARNING\n"
    "  tags: [files, credentials]\n";

TEST_F(CommandLine, HelpTeachesEachCommand) {
  const Finished overview = run_saker({"--help"});
  EXPECT_EQ(overview.status, 0);
  EXPECT_EQ(overview.err, "");
  for (const Command& command : commands()) {
    SCOPED_TRACE(command.name);
    EXPECT_NE(overview.out.find(command.summary), std::string::npos);
    const Finished help = run_saker({std::string(command.name), "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(help.out.starts_with(std::string(command.summary) + "\nUsage: saker " +
                                     std::string(command.name) + " [OPTIONS]"))
        << help.out;
    EXPECT_NE(help.out.find(command.help), std::string::npos);
  }
}

TEST_F(CommandLine, HelpOfRunIsAPageOfHundredColumns) {
  const Finished help = run_saker({"run", "--help"});
  EXPECT_EQ(
      help.out,
      "Watch this host and write an alert for each match of a rule\n"
      "Usage: saker run [OPTIONS]\n"
      "\n"
      "Options:\n"
      "  -h,--help             Print this help message and exit\n"
      "  -c FILE               Configuration file (default: /etc/saker/saker.yaml if it exists)\n"
      "  -o KEY=VALUE          Set a configuration key: -o json_output=true, -o "
      "rules_files[]=a.yaml;\n"
      "                        repeatable; 'saker list config' shows the keys\n"
      "  -r PATH               Rule file, or directory of them; repeatable; replaces rules_files\n"
      "                        and the default rules\n"
      "  -p,--print FORMAT     Text with %fields in it, added to all alerts; for more see "
      "append_output in\n"
      "                        'saker list config'\n"
      "  -M SECONDS            Stop after so many seconds (default: never)\n"
      "  -U                    Unbuffered output: always so, accepted for compatibility\n"
      "  --dry-run             Load configuration and rules, say what is wrong with them, watch "
      "nothing\n"
      "\n"
      "Watches until SIGINT or SIGTERM, then writes out what is queued and prints a summary of\n"
      "events, alerts and losses on stderr. Alerts go to stdout. Needs root (CAP_BPF, CAP_PERFMON\n"
      "and CAP_SYS_PTRACE) and a kernel with BTF.\n"
      "\n"
      "Examples:\n"
      "  saker run                              the default rules, alerts as text\n"
      "  saker run -r rules/ -o json_output=true\n"
      "  saker run -c my.yaml -M 60             stop after a minute\n"
      "  saker run -r mine.yaml --dry-run       check configuration and rules only\n"
      "\n");
}

TEST_F(CommandLine, VersionIsPrintedBothWays) {
  const Finished option = run_saker({"--version"});
  EXPECT_EQ(option.status, 0);
  EXPECT_TRUE(option.out.starts_with("saker 0.")) << option.out;
  EXPECT_EQ(run_saker({"version"}).out, option.out);
}

TEST_F(CommandLine, MistakesGiveStatusTwoAndASuggestion) {
  struct Mistake {
    std::vector<std::string> args;
    std::string_view message;
  };
  const Mistake mistakes[] = {
      {{"rnu"},
       "saker: unknown argument 'rnu'; did you mean 'run'?\n'saker --help' shows what there is\n"},
      {{"run", "--dry-rum"},
       "saker run: unknown option '--dry-rum'; did you mean '--dry-run'?\n"
       "'saker run --help' shows what there is\n"},
      {{"run", "-M", "soon"},
       "saker run: -M: Value soon not in range 1 to 1000000000\n"
       "'saker run --help' shows what there is\n"},
      {{"record"}, "saker record: FILE is required\n'saker record --help' shows what there is\n"},
      {{"check"}, "saker check: FILE is required\n'saker check --help' shows what there is\n"},
      {{"list", "feilds"}, "saker list: unknown topic 'feilds'; did you mean 'fields'?\n"},
      {{"list", "x"}, "saker list: unknown topic 'x'; 'saker list --help' shows them\n"},
      {{"enforce"},
       "saker enforce: MODE is required\n'saker enforce --help' shows what there is\n"},
      {{"enforce", "stats"}, "saker enforce: unknown mode 'stats'; did you mean 'status'?\n"},
      {{"enforce", "x"}, "saker enforce: unknown mode 'x'; 'saker enforce --help' shows them\n"},
      {{"list", "fields", "--json", "--markdown"},
       "saker list: --json excludes --markdown\n'saker list --help' shows what there is\n"},
  };
  for (const Mistake& mistake : mistakes) {
    const Finished finished = run_saker(mistake.args);
    EXPECT_EQ(finished.status, 2) << mistake.message;
    EXPECT_EQ(finished.err, mistake.message);
    EXPECT_EQ(finished.out, "");
  }
  const Finished nothing = run_saker({});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_EQ(nothing.out, "");
  EXPECT_EQ(nothing.err, run_saker({"--help"}).out);
}

TEST_F(CommandLine, DryRunChecksConfigurationAndRules) {
  const std::string rules = write("r.yaml", kRule);
  const Finished good = run_saker({"run", "--dry-run", "-U", "-r", rules});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.err, "info: configuration and 1 rules are fine; nothing is watched (--dry-run)\n");
  EXPECT_EQ(run_saker({"run", "--dry-run", "-r", rules, "-o", "log_level=error"}).err, "");
}

TEST_F(CommandLine, ConfigurationMistakesEndTheStart) {
  const std::string rules = write("r.yaml", kRule);
  const std::string config = write("c.yaml", "json_outptu: true\n");
  const Finished finished =
      run_saker({"run", "--dry-run", "-r", rules, "-c", config, "-o", "priority=loud"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err, config +
                              ":1:1-11: error: unknown configuration key 'json_outptu'\n"
                              "  json_outptu: true\n"
                              "  ~~~~~~~~~~~\n"
                              "hint: did you mean 'json_output'?\n"
                              "-o:1:10-13: error: 'priority' must be one of emergency, alert, "
                              "critical, error, warning, notice, informational, info, debug\n"
                              "  priority=loud\n"
                              "           ~~~~\n"
                              "hint: the default is debug\n");
}

TEST_F(CommandLine, MissingFilesAreNamed) {
  const Finished config = run_saker({"run", "--dry-run", "-c", "/no/such.yaml"});
  EXPECT_EQ(config.status, 1);
  EXPECT_EQ(config.err,
            "error: cannot read configuration file '/no/such.yaml': No such file or directory\n");
  const Finished rules = run_saker({"run", "--dry-run", "-r", "/no/such.yaml"});
  EXPECT_EQ(rules.status, 1);
  EXPECT_NE(rules.err.find("/no/such.yaml"), std::string::npos) << rules.err;
}

TEST_F(CommandLine, ConfiguredRuleFilesMayBeMissingButNotAll) {
  const std::string rules = write("r.yaml", kRule);
  const std::string config = write("c.yaml", "rules_files: [/no/such.yaml, '" + rules + "']\n");
  const Finished some = run_saker({"run", "--dry-run", "-c", config});
  EXPECT_EQ(some.status, 0);
  EXPECT_EQ(some.err,
            "warning: rules_files: '/no/such.yaml' does not exist, skipped\n"
            "info: configuration and 1 rules are fine; nothing is watched (--dry-run)\n");
  const Finished none =
      run_saker({"run", "--dry-run", "-c", config, "-o", "rules_files=[/no/such.yaml]"});
  EXPECT_EQ(none.status, 1);
}

TEST_F(CommandLine, OnlyAConfiguredDirectoryMayBeWithoutRules) {
  const std::string rules = write("r.yaml", kRule);
  const std::string empty = (std::filesystem::path(rules).parent_path() / "empty").string();
  std::filesystem::create_directory(empty);
  const std::string configured = "rules_files=[" + rules + ", " + empty + "]";
  EXPECT_EQ(run_saker({"run", "--dry-run", "-o", configured}).err,
            "info: configuration and 1 rules are fine; nothing is watched (--dry-run)\n");
  const std::string problem = "error: no rule files in '" + empty + "'";
  EXPECT_EQ(run_saker({"run", "--dry-run", "-r", rules, "-r", empty}).err,
            problem + " (their names end in .yaml or .yml)\n");
  const Finished checked = run_saker({"check", empty});
  EXPECT_EQ(checked.status, 1);
  EXPECT_NE(checked.out.find(problem), std::string::npos) << checked.out;
}

TEST_F(CommandLine, CheckGivesAVerdictOnEachFile) {
  const std::string good = write("good.yaml", kRule);
  const Finished ok = run_saker({"check", good});
  EXPECT_EQ(ok.status, 0);
  EXPECT_EQ(ok.out, good + ": Ok\n");
  const std::string bad = write("bad.yaml",
                                "- rule: Bad\n"
                                "  desc: d\n"
                                "  condition: evt.type = openat and fd.nmae = x\n"
                                "  output: o\n"
                                "  priority: INFO\n");
  const Finished both = run_saker({"check", good, bad});
  EXPECT_EQ(both.status, 1);
  EXPECT_TRUE(
      both.out.starts_with(good + ": Ok\n" + bad + ": Invalid\n" + bad + ":3:36-42: error: "))
      << both.out;
  EXPECT_NE(both.out.find("did you mean 'fd.name'?"), std::string::npos) << both.out;
}

TEST_F(CommandLine, CheckNamesRulesThatAct) {
  const std::string rules = write("r.yaml",
                                  "- rule: Made\n"
                                  "  desc: d\n"
                                  "  condition: evt.type in (mkdir, mkdirat)\n"
                                  "  output: o\n"
                                  "  priority: INFO\n"
                                  "  action: deny\n");
  EXPECT_EQ(run_saker({"check", rules}).out, rules + ": Ok\nacts: Made: deny, enforcement audit\n");
  EXPECT_EQ(run_saker({"check", "-o", "enforcement.mode=off", rules}).out, rules + ": Ok\n");
}

TEST_F(CommandLine, CheckKnowsTheFieldsOfTheConfiguration) {
  const std::string rules = write("r.yaml",
                                  "- rule: Opened\n"
                                  "  desc: d\n"
                                  "  condition: evt.type = openat and static.region = eu\n"
                                  "  output: opened in %static.region\n"
                                  "  priority: INFO\n");
  EXPECT_EQ(run_saker({"check", rules}).status, 1);
  const Finished good = run_saker({"check", "-o", "static_fields.region=eu", rules});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.out, rules + ": Ok\n");
  const Finished bad = run_saker({"check", "-o", "static_fields.region=eu", "-o",
                                  "append_output[].extra_output=%fd.nmae", rules});
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.out, rules + ": Ok\n");
  EXPECT_EQ(bad.err,
            "-o:1:31-37: error: unknown field 'fd.nmae'\n"
            "  append_output[].extra_output=%fd.nmae\n"
            "                                ~~~~~~~\n"
            "hint: did you mean 'fd.name'?\n");
}

TEST_F(CommandLine, CheckDescribesGoodRulesAsJson) {
  const std::string good = write("good.yaml", kRule);
  const Finished fine = run_saker({"check", "--json", good});
  EXPECT_EQ(fine.status, 0);
  const Json document = parse_json(fine.out);
  ASSERT_EQ(document["falco_load_results"].items.size(), 1U);
  EXPECT_TRUE(document["falco_load_results"].items[0]["successful"].boolean);
  EXPECT_EQ(document["falco_describe_results"]["rules"].items[0]["info"]["name"].text,
            "Shadow opened");
}

TEST_F(CommandLine, CheckRanksRulesByCost) {
  const std::string rules =
      write("r.yaml", std::string(kRule) +
                          "- rule: Read\n"
                          "  desc: d\n"
                          "  condition: evt.type = read and not proc.cmdline = x\n"
                          "  output: o\n"
                          "  priority: INFO\n");
  const Finished text = run_saker({"check", "--cost", rules});
  EXPECT_EQ(text.status, 0);
  EXPECT_EQ(text.out, rules +
                          ": Ok\n"
                          "\n"
                          "    share    tried  rule\n"
                          "  18.00 %  18.00 %  Read: read: every event, because the kernel cannot "
                          "compare: proc.cmdline = x\n"
                          "   0.01 %   0.00 %  Shadow opened: openat: only when path is "
                          "/etc/shadow\n");
  const Json document = parse_json(run_saker({"check", "--cost", "--json", rules}).out);
  ASSERT_EQ(document["rule_costs"].items.size(), 2U);
  EXPECT_EQ(document["rule_costs"].items[0]["rule"].text, "Read");
  EXPECT_EQ(document["filter_overflow"].text, "");
  EXPECT_FALSE(parse_json(run_saker({"check", "--json", rules}).out).has("rule_costs"));
}

TEST_F(CommandLine, CheckTellsWhatDoesNotFitIntoTheKernel) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    text += "- {rule: r" + number + ", desc: d, condition: evt.type = openat and fd.name = /f" +
            number + " and proc.name = p" + number + ", output: o, priority: INFO}\n";
  }
  const Finished finished = run_saker({"check", "--cost", write("many.yaml", text)});
  EXPECT_EQ(finished.status, 0);
  EXPECT_TRUE(
      finished.out.ends_with("\n\nwarning: the rules ask for more than the kernel's tables hold, "
                             "so that more events reach "
                             "user space: 72 clauses joined to others\n"))
      << finished.out;
}

TEST_F(CommandLine, CheckRanksNothingWhenARuleIsWrong) {
  const std::string bad = write("bad.yaml", "- rule: r\n");
  const Finished text = run_saker({"check", "--cost", bad});
  EXPECT_EQ(text.status, 1);
  EXPECT_EQ(text.out.find("share"), std::string::npos) << text.out;
}

TEST_F(CommandLine, CheckReportsAsJson) {
  const std::string good = write("good.yaml", kRule);
  const std::string bad = write("bad.yaml",
                                "- macro: m\n"
                                "  condition: fd.nmae = x\n"
                                "- rule: Bad\n"
                                "  desc: d\n"
                                "  condition: evt.type = openat and m and evt.dir = <\n"
                                "  output: o\n"
                                "  prio: INFO\n"
                                "  priority: INFO\n");
  const Finished finished = run_saker({"check", "--json", good, bad, "/no/such.yaml"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err, "");
  const auto location = [&](std::string_view type, std::string_view name, std::string_view place) {
    return "{\"item_type\":\"" + std::string(type) + "\",\"item_name\":\"" + std::string(name) +
           "\",\"position\":{\"name\":\"" + bad + "\"," + std::string(place) + "}}";
  };
  const std::string file = location("rules content", bad, R"("line":1,"column":1,"offset":0)");
  const std::string rule = location("rule", "Bad", R"("line":3,"column":9,"offset":44)");
  EXPECT_EQ(
      finished.out,
      R"({"falco_load_results":[{"name":")" + good +
          R"(","successful":true,"schema_valid":true,"schema_warnings":[],"errors":[],)"
          R"("warnings":[]},{"name":")" +
          bad +
          R"(","successful":false,"schema_valid":false,"schema_warnings":)"
          R"(["unknown key 'prio' in a rule, ignored"],"errors":[{"context":{"locations":[)" +
          file + "," + rule + "," +
          location("rule condition", "", R"("line":5,"column":36,"offset":93)") + "," +
          location("macro", "m", R"("line":5,"column":36,"offset":93)") + "," +
          location("macro condition", "", R"("line":2,"column":14,"offset":24)") +
          R"(],"snippet":"condition: fd.nmae = x\n           ~~~~~~~"},)"
          R"("code":"LOAD_ERR_COMPILE_CONDITION","codedesc":"A condition cannot be compiled",)"
          R"("message":"unknown field 'fd.nmae'","hint":"did you mean 'fd.name'?"}],)"
          R"("warnings":[{"context":{"locations":[)" +
          file + "," + location("rule", "Bad", R"("line":7,"column":3,"offset":125)") +
          R"(],"snippet":"prio: INFO\n~~~~"},"code":"LOAD_UNKNOWN_KEY",)"
          R"("codedesc":"A key that means nothing","message":)"
          R"("unknown key 'prio' in a rule, ignored"},{"context":{"locations":[)" +
          file + "," + rule + "," +
          location("rule condition", "", R"("line":5,"column":42,"offset":99)") +
          R"(],"snippet":"condition: evt.type = openat and m and evt.dir = <)"
          R"(\n                                       ~~~~~~~"},)"
          R"("code":"LOAD_DEPRECATED_ITEM","codedesc":"An older form is used",)"
          R"("message":"field 'evt.dir' is deprecated","deprecated_field":"evt.dir"}]},)"
          R"({"name":"/no/such.yaml","successful":false,"schema_valid":false,)"
          R"("schema_warnings":[],"errors":[{"context":{"locations":[{"item_type":"rules content",)"
          R"("item_name":"/no/such.yaml","position":{"name":"/no/such.yaml","line":1,"column":1,)"
          R"("offset":0}}],"snippet":""},"code":"LOAD_ERR_FILE_READ",)"
          R"("codedesc":"The file cannot be read","message":)"
          R"("cannot open rules '/no/such.yaml': No such file or directory"}],"warnings":[]}]})"
          "\n");
}

TEST_F(CommandLine, CheckNamesFilesThatCannotBeRead) {
  const Finished finished = run_saker({"check", "/no/such.yaml"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out,
            "/no/such.yaml: Invalid\n"
            "error: cannot open rules '/no/such.yaml': No such file or directory "
            "[LOAD_ERR_FILE_READ]\n");
}

TEST_F(CommandLine, ExplainShowsOneRule) {
  const std::string rules = write("r.yaml", kRule);
  const Finished text = run_saker({"explain", "-r", rules, "Shadow opened"});
  EXPECT_EQ(text.status, 0);
  EXPECT_TRUE(text.out.starts_with("Rule         Shadow opened\n")) << text.out;
  EXPECT_NE(text.out.find("\nCompiled to 2 tests:\n"), std::string::npos) << text.out;
  const Finished json = run_saker({"explain", "-r", rules, "--json", "Shadow opened"});
  EXPECT_EQ(json.status, 0);
  EXPECT_EQ(parse_json(json.out)["details"]["condition_compiled"].text,
            "(evt.type = openat and fd.name = /etc/shadow)");
}

TEST_F(CommandLine, ExplainSuggestsTheNearestRule) {
  const std::string rules = write("r.yaml", kRule);
  const Finished near = run_saker({"explain", "-r", rules, "Shadow openned"});
  EXPECT_EQ(near.status, 1);
  EXPECT_EQ(near.out, "");
  EXPECT_EQ(near.err, "error: there is no rule 'Shadow openned'; did you mean 'Shadow opened'?\n");
  EXPECT_EQ(run_saker({"explain", "-r", rules, "\x1b[2J"}).err,
            "error: there is no rule '?[2J'; 'saker list rules' shows them\n");
}

TEST_F(CommandLine, CheckSurvivesAnythingInPlaceOfAFile) {
  std::string garbage;
  for (unsigned i = 0; i < 4096; ++i) {
    garbage += static_cast<char>((i * 2654435761U) >> 13U);
  }
  std::filesystem::create_directory(folder_ / "empty");
  const std::string big = write("big.yaml", std::string(10 << 20, 'x'));
  for (const std::string& path : {write("garbage.yaml", garbage), (folder_ / "empty").string(), big,
                                  std::string("/dev/null"), std::string("/no/such.yaml")}) {
    const Finished finished = run_saker({"check", path});
    EXPECT_EQ(finished.status, 1) << path;
    EXPECT_NE(finished.out.find(path), std::string::npos) << finished.out;
  }
}

TEST_F(CommandLine, CheckShowsAHundredFindingsAndCountsTheRest) {
  std::string text;
  for (int i = 0; i < 250; ++i) {
    text += "- nonsense\n";
  }
  const Finished finished = run_saker({"check", write("many.yaml", text)});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.out.find("many.yaml:100:"), std::string::npos);
  EXPECT_EQ(finished.out.find("many.yaml:101:"), std::string::npos);
  EXPECT_TRUE(finished.out.ends_with("(150 more findings)\n")) << finished.out;
}

TEST_F(CommandLine, ListShowsTheLoadedRules) {
  const std::string rules = write("r.yaml", kRule);
  const Finished text = run_saker({"list", "rules", "-r", rules});
  EXPECT_EQ(text.status, 0);
  EXPECT_EQ(text.out, "Shadow opened  alert  Somebody opened the password file.\n");
  const Json document = parse_json(run_saker({"list", "rules", "-r", rules, "--json"}).out);
  ASSERT_EQ(document["rules"].items.size(), 1U);
  EXPECT_EQ(document["rules"].items[0]["info"]["tags"].items[0].text, "credentials");
}

TEST_F(CommandLine, ListKnowsEveryTopicInEveryForm) {
  for (const char* topic : {"fields", "events", "hooks", "operators", "config", "metrics"}) {
    for (const char* form : {"", "--json", "--markdown"}) {
      std::vector<std::string> args = {"list", topic};
      if (*form != 0) {
        args.push_back(form);
      }
      const Finished finished = run_saker(args);
      EXPECT_EQ(finished.status, 0) << topic << form;
      EXPECT_GT(finished.out.size(), 500U) << topic << form;
    }
  }
  EXPECT_NE(run_saker({"list", "fields"}).out.find("\nproc.name "), std::string::npos);
  EXPECT_NE(run_saker({"list", "events"}).out.find("\nopenat "), std::string::npos);
  EXPECT_NE(run_saker({"list", "operators"}).out.find("\nstartswith "), std::string::npos);
}

// Any user may try; the sentence must say what to do.
TEST_F(CommandLine, RunWithoutPrivilegesSaysWhatIsMissing) {
  constexpr uid_t kNobody = 65534;
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  const std::string rules = write("r.yaml", kRule);
  const Finished finished =
      ::geteuid() == 0 ? run_saker({"run", "-r", rules}, kNobody) : run_saker({"run", "-r", rules});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_TRUE(finished.err.starts_with("error: ")) << finished.err;
  EXPECT_NE(finished.err.find("root"), std::string::npos) << finished.err;
}

}  // namespace
}  // namespace saker::test
