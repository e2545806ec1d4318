// SPDX-License-Identifier: Apache-2.0
// `saker test` as a user meets it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "engine/base/json.h"
#include "engine/cases/case_reader.h"
#include "engine/cases/case_records.h"
#include "probes/capture.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

constexpr const char* kRules =
    "- rule: Backup touched\n"
    "  desc: d\n"
    "  condition: >\n"
    "    evt.type in (open, openat) and evt.is_open_write = true and fd.name startswith /b/\n"
    "    and not proc.name in (rsync, backup)\n"
    "  output: o %fd.name %proc.name\n"
    "  priority: WARNING\n";

constexpr const char* kCases =
    "case: an editor in the backup\n"
    "processes: [{pid: 10, name: vim}]\n"
    "events: [{type: openat, pid: 10, path: /b/x, flags: O_WRONLY}]\n"
    "alerts: [{rule: Backup touched, fields: {proc.name: vim}}]\n"
    "---\n"
    "case: another editor in the backup\n"
    "processes: [{pid: 10, name: \"a<b>&\\\"c\"}]\n"
    "events: [{type: openat, pid: 10, path: /b/x, flags: O_WRONLY}]\n"
    "alerts: [{rule: Backup touched, fields: {proc.name: emacs}}]\n"
    "---\n"
    "case: the job itself\n"
    "processes: [{pid: 10, name: backup}]\n"
    "events: [{type: openat, pid: 10, path: /b/x, flags: O_WRONLY}]\n"
    "quiet: true\n"
    "about: Backup touchd\n";

constexpr const char* kText =
    "DIR/cases.yaml: 3 cases, 2 failed\n"
    "  FAILED: another editor in the backup (line 6)\n"
    "    differs: Backup touched (line 9), from the event of line 8 (openat by a<b>&\"c, pid 10)\n"
    "      proc.name  expected  emacs\n"
    "                 got       a<b>&\"c\n"
    "  ERROR: the job itself (line 11)\n"
    "    DIR/cases.yaml:15:8-20: error: the rules of this case have no rule 'Backup touchd'\n"
    "      about: Backup touchd\n"
    "             ~~~~~~~~~~~~~\n"
    "    hint: did you mean 'Backup touched'?\n"
    "1 passed, 1 failed, 1 could not be run\n";

constexpr const char* kJunit =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<testsuites name=\"saker test\" tests=\"4\" failures=\"1\" errors=\"2\">\n"
    "  <testsuite name=\"DIR/broken.yaml\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
    "    <testcase classname=\"DIR/broken.yaml\" name=\"the file can be used\" "
    "file=\"DIR/broken.yaml\" line=\"1\">\n"
    "      <error message=\"DIR/broken.yaml:1:1-5: error: 'case' is missing\">"
    "DIR/broken.yaml:1:1-5: error: 'case' is missing\n"
    "  cases: x\n"
    "  ~~~~~\n"
    "DIR/broken.yaml:1:1-5: error: unknown key 'cases'\n"
    "  cases: x\n"
    "  ~~~~~\n"
    "hint: did you mean 'case'?\n"
    "</error>\n"
    "    </testcase>\n"
    "  </testsuite>\n"
    "  <testsuite name=\"DIR/cases.yaml\" tests=\"3\" failures=\"1\" errors=\"1\">\n"
    "    <testcase classname=\"DIR/cases.yaml\" name=\"an editor in the backup\" "
    "file=\"DIR/cases.yaml\" line=\"1\"/>\n"
    "    <testcase classname=\"DIR/cases.yaml\" name=\"another editor in the backup\" "
    "file=\"DIR/cases.yaml\" line=\"6\">\n"
    "      <failure message=\"differs: Backup touched (line 9), from the event of line 8 (openat "
    "by "
    "a&lt;b&gt;&amp;&quot;c, pid 10)\">"
    "differs: Backup touched (line 9), from the event of line 8 (openat by a&lt;b&gt;&amp;&quot;c, "
    "pid 10)\n"
    "  proc.name  expected  emacs\n"
    "             got       a&lt;b&gt;&amp;&quot;c\n"
    "</failure>\n"
    "    </testcase>\n"
    "    <testcase classname=\"DIR/cases.yaml\" name=\"the job itself\" file=\"DIR/cases.yaml\" "
    "line=\"11\">\n"
    "      <error message=\"DIR/cases.yaml:15:8-20: error: the rules of this case have no rule "
    "'Backup touchd'\">DIR/cases.yaml:15:8-20: error: the rules of this case have no rule 'Backup "
    "touchd'\n"
    "  about: Backup touchd\n"
    "         ~~~~~~~~~~~~~\n"
    "hint: did you mean 'Backup touched'?\n"
    "</error>\n"
    "    </testcase>\n"
    "  </testsuite>\n"
    "</testsuites>\n";

constexpr const char* kJson =
    R"j({"passed":1,"failed":1,"errors":1,"files":[{"name":"DIR/cases.yaml","errors":[],"cases":[)j"
    R"j({"name":"an editor in the backup","line":1,"verdict":"passed","errors":[],)j"
    R"j("differences":[]},)j"
    R"j({"name":"another editor in the backup","line":6,"verdict":"failed","errors":[],)j"
    R"j("differences":[{"kind":"differs","rule":"Backup touched","line":9,)j"
    R"j("event":"the event of line 8 (openat by a<b>&\"c, pid 10)","nearest":"",)j"
    R"j("values":[{"name":"proc.name","expected":"emacs","got":"a<b>&\"c"}]}]},)j"
    R"j({"name":"the job itself","line":11,"verdict":"error","errors":[{"context":{"locations":[)j"
    R"j({"item_type":"rules content","item_name":"DIR/cases.yaml","position":{"name":"DIR/cases.yaml","line":15,"column":8,)j"
    R"j("offset":534}}],"snippet":"about: Backup touchd\n       ~~~~~~~~~~~~~"},"code":"",)j"
    R"j("codedesc":"","message":"the rules of this case have no rule 'Backup touchd'",)j"
    R"j("hint":"did you mean 'Backup touched'?"}],"differences":[]}]}]})j"
    "\n";

class TestCommand : public testing::Test {
 protected:
  TestCommand() {
    std::string pattern = testing::TempDir() + "saker-test-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    static_cast<void>(write("rules", kRules));
  }
  ~TestCommand() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return with_dir({std::istreambuf_iterator<char>(in), {}});
  }
  void write_capture() const;
  // The folder's name as DIR.
  [[nodiscard]] std::string with_dir(std::string text) const {
    const std::string folder = folder_;
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
      text.replace(at, folder.size(), "DIR");
    }
    return text;
  }

  std::filesystem::path folder_;
};

TEST_F(TestCommand, TellsWhatDiffers) {
  const std::string cases = write("cases.yaml", kCases);
  const Finished finished = run_saker({"test", "-r", path("rules"), cases});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(with_dir(finished.out), kText);
  EXPECT_EQ(finished.err, "");
}

TEST_F(TestCommand, TestsDirectoriesAndWritesJunit) {
  static_cast<void>(write("cases.yaml", kCases));
  static_cast<void>(write("broken.yaml", "cases: x\nquiet: true\nevents: []\n"));
  const Finished finished =
      run_saker({"test", "-r", path("rules"), folder_, "--junit", path("result.xml")});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(read("result.xml"), kJunit);
  const Finished unwritable =
      run_saker({"test", "-r", path("rules"), folder_, "--junit", path("none/result.xml")});
  EXPECT_EQ(unwritable.status, 1);
  EXPECT_EQ(with_dir(unwritable.err),
            "error: cannot write 'DIR/none/result.xml': No such file or directory\n");
}

TEST_F(TestCommand, PrintsJson) {
  const std::string cases = write("cases.yaml", kCases);
  const Finished finished = run_saker({"test", "--json", "-r", path("rules"), cases});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(with_dir(finished.out), kJson);
}

TEST_F(TestCommand, FindsRulesBesideTheCase) {
  const std::string one = write("one.yaml",
                                "case: c\n"
                                "rules: rules\n"
                                "events: [{type: openat, pid: 1, path: /b/x, flags: O_RDWR}]\n"
                                "alerts: [{rule: Backup touched}]\n");
  const Finished finished = run_saker({"test", one});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(with_dir(finished.out), "DIR/one.yaml: 1 case, passed\n1 passed, 0 failed\n");
  // Those of the case, also when others are named.
  EXPECT_EQ(run_saker({"test", "-r", write("none", "[]"), one}).status, 0);
}

TEST_F(TestCommand, TellsWhatCannotBeTested) {
  const Finished finished = run_saker({"test", path("none.yaml"), write("empty.yaml", "")});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(with_dir(finished.out),
            "DIR/none.yaml: cannot be used\n"
            "error: cannot open cases 'DIR/none.yaml': No such file or directory\n"
            "DIR/empty.yaml: cannot be used\n"
            "error: there is no case in the file\n"
            "0 passed, 0 failed, 2 could not be run\n");
  std::filesystem::create_directory(folder_ / "sub");
  EXPECT_EQ(with_dir(run_saker({"test", path("sub")}).out),
            "DIR/sub: cannot be used\n"
            "error: there are no case files in the directory\n"
            "hint: their names end in .yaml or .yml\n"
            "0 passed, 0 failed, 1 could not be run\n");
  EXPECT_EQ(run_saker({"test"}).status, 2);
  EXPECT_EQ(run_saker({"test", "-r", path("none"), write("x.yaml", kCases)}).status, 1);
}

// x.cap: the events of the first of kCases.
void TestCommand::write_capture() const {
  Diagnostics diagnostics;
  const std::vector<Case> cases =
      read_cases(std::make_shared<SourceText>("x.yaml", kCases), diagnostics);
  const auto capture =
      CaptureWriter::create(path("x.cap"), {.boot_to_epoch_ns = 0, .hostname = "h"});
  ASSERT_TRUE(capture);
  CaseRecords records;
  const auto emit = [&](auto record) { EXPECT_TRUE((*capture)->write(record)); };
  records.emit_state(cases.at(0), emit);
  records.emit_event(cases.at(0).events.at(0), emit);
  ASSERT_TRUE((*capture)->close());
}

TEST_F(TestCommand, TakesEventsFromACapture) {
  write_capture();
  const std::string test = write("from.yaml",
                                 "case: as it was recorded\n"
                                 "capture: x.cap\n"
                                 "alerts: [{rule: Backup touched, fields: {proc.name: vim}}]\n"
                                 "---\n"
                                 "case: not as it was\n"
                                 "capture: x.cap\n"
                                 "quiet: true\n");
  EXPECT_EQ(with_dir(run_saker({"test", "-r", path("rules"), test}).out),
            "DIR/from.yaml: 2 cases, 1 failed\n"
            "  FAILED: not as it was (line 5)\n"
            "    unexpected: Backup touched, from event 1 (openat by vim, pid 10)\n"
            "      fd.name    /b/x\n"
            "      proc.name  vim\n"
            "1 passed, 1 failed\n");
}

TEST_F(TestCommand, MakesACaseOfACapture) {
  write_capture();
  const Finished made = run_saker({"test", "-r", path("rules"), "--from", path("x.cap")});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(with_dir(made.out),
            "# From DIR/x.cap, by saker test --from.\n"
            "case: recorded in x.cap\n"
            "users:\n"
            "  - {uid: 0, name: root, home: /root, shell: /bin/bash}\n"
            "groups:\n"
            "  - {gid: 0, name: root}\n"
            "processes:\n"
            "  - {pid: 10, path: /usr/bin/vim}\n"
            "events:\n"
            "  - {type: openat, pid: 10, path: /b/x, flags: [O_WRONLY], ret: 3}\n"
            "alerts:\n"
            "  - rule: Backup touched\n"
            "    fields:\n"
            "      fd.name: /b/x\n"
            "      proc.name: vim\n");
  EXPECT_EQ(run_saker({"test", "-r", path("rules"), write("made.yaml", made.out)}).status, 0);
}

TEST_F(TestCommand, SaysWhatOfARecordingIsNotAskedFor) {
  write_capture();
  std::string timed = kRules;
  timed.insert(timed.find("o %fd.name"), "at %evt.time %fd.num ");
  const Finished made = run_saker({"test", "-r", write("timed", timed), "--from", path("x.cap")});
  EXPECT_EQ(with_dir(made.out.substr(0, made.out.find('\n'))),
            "# From DIR/x.cap, by saker test --from. Other than recorded, and not asked for: "
            "evt.time");
  EXPECT_EQ(run_saker({"test", "-r", path("timed"), write("made.yaml", made.out)}).status, 0);
}

TEST_F(TestCommand, SaysWhyThereIsNoCaseInACapture) {
  write_capture();
  const Finished none = run_saker({"test", "-r", path("rules"), "--from", path("none.cap")});
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.out, "");
  const Finished other = run_saker({"test", "-r",
                                    write("other",
                                          "- rule: R\n"
                                          "  desc: d\n"
                                          "  condition: evt.type = bpf\n"
                                          "  output: o\n"
                                          "  priority: INFO\n"),
                                    "--from", path("x.cap")});
  EXPECT_EQ(other.status, 1);
  EXPECT_EQ(other.err,
            "error: no rule had to be tried for any of the events (were they recorded with the "
            "same rules?)\n");
  EXPECT_EQ(run_saker({"test", "--from", path("x.cap"), path("y.yaml")}).status, 2);
}

}  // namespace
}  // namespace saker::test
