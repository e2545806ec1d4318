// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_runner.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/cases/case_reader.h"

namespace saker {
namespace {

constexpr const char* kRules =
    "- rule: Backup touched\n"
    "  desc: d\n"
    "  condition: >\n"
    "    evt.type in (open, openat) and evt.is_open_write = true and fd.name startswith /b/\n"
    "    and not proc.name in (rsync, backup)\n"
    "  output: o %fd.name %proc.name\n"
    "  priority: WARNING\n"
    "- rule: Shell\n"
    "  desc: d\n"
    "  condition: evt.type = execve and proc.name = sh\n"
    "  output: shell %proc.pname\n"
    "  priority: INFO\n"
    "- rule: Any exec\n"
    "  desc: d\n"
    "  condition: evt.type = execve\n"
    "  output: exec %proc.name\n"
    "  priority: INFO\n"
    "  action: deny\n";

// "broken.cap" has a record that is none, all others do not exist.
Result<RecordedEvents> open_capture(const std::string& path) {
  if (path != "broken.cap") {
    return Error{"no '" + path + "'", 0, ""};
  }
  return RecordedEvents{0, "h", [](const Tracker::Emit& emit) -> Result<void> {
                          emit(std::array<std::byte, 16>());
                          return {};
                        }};
}

CaseOutcome run(const std::string& text, const std::string& rules = kRules) {
  Diagnostics diagnostics;
  const std::vector<Case> cases =
      read_cases(std::make_shared<SourceText>("x.yaml", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics.items().front());
  const auto file = std::make_shared<const SourceText>("rules.yaml", rules);
  CaseRunner runner(
      {.load = {}, .rules = [&] { return SourceTexts{file}; }, .open_capture = open_capture});
  return runner.run(cases.at(0));
}

std::string text_of(const CaseOutcome& outcome) {
  std::string text;
  for (const Diagnostic& finding : outcome.findings.items()) {
    text += render(finding) + '\n';
  }
  for (const CaseDifference& difference : outcome.differences) {
    text += std::string(to_string(difference.kind)) + " " + difference.rule + " [" +
            difference.event + "] [" + difference.nearest + "]\n";
    for (const CaseDifference::Value& value : difference.values) {
      text += "  " + value.name + " '" + value.expected + "' '" + value.got + "'\n";
    }
  }
  return text;
}

constexpr const char* kVim =
    "case: c\n"
    "processes: [{pid: 10, name: vim}, {pid: 11, parent: 10, name: rsync}]\n"
    "events:\n"
    "  - {type: openat, pid: 10, path: /b/x, flags: O_WRONLY}\n"
    "  - {type: openat, pid: 11, path: /b/y, flags: O_WRONLY}\n"
    "  - {type: execve, pid: 11, path: /bin/sh}\n";

TEST(CaseRunner, PassesWhatComesAsExpected) {
  EXPECT_EQ(text_of(run(std::string(kVim) +
                        "alerts:\n"
                        "  - {rule: Backup touched, priority: warning, output: o /b/x vim,\n"
                        "     fields: {proc.name: vim, fd.name: /b/x}}\n"
                        "  - {rule: Shell, fields: {proc.pname: vim}}\n")),
            "");
}

TEST(CaseRunner, TellsValuesThatDiffer) {
  EXPECT_EQ(
      text_of(run(std::string(kVim) + "alerts:\n"
                                      "  - {rule: Backup touched, priority: info, output: o,\n"
                                      "     fields: {proc.name: emacs, fd.name: /b/x}}\n"
                                      "  - {rule: Shell}\n")),
      "differs Backup touched [the event of line 4 (openat by vim, pid 10)] []\n"
      "  proc.name 'emacs' 'vim'\n"
      "  priority 'info' 'Warning'\n"
      "  output 'o' 'o /b/x vim'\n");
}

TEST(CaseRunner, TellsWhatCameUnexpected) {
  EXPECT_EQ(text_of(run(std::string(kVim) + "quiet: true\n")),
            "unexpected Backup touched [the event of line 4 (openat by vim, pid 10)] []\n"
            "  fd.name '' '/b/x'\n"
            "  proc.name '' 'vim'\n"
            "unexpected Shell [the event of line 6 (execve by sh, pid 11)] []\n"
            "  proc.pname '' 'vim'\n");
}

TEST(CaseRunner, TellsAnotherOrder) {
  EXPECT_EQ(text_of(run(std::string(kVim) + "alerts: [{rule: Shell}, {rule: Backup touched}]\n")),
            "differs Backup touched [the event of line 4 (openat by vim, pid 10)] []\n");
}

TEST(CaseRunner, TellsWhatKeptAnAlertFromComing) {
  EXPECT_EQ(
      text_of(run(std::string(kVim) +
                  "alerts: [{rule: Backup touched}, {rule: Backup touched}, {rule: Shell}]\n")),
      "missing Backup touched [] [nearest is the event of line 5 (openat by rsync, pid 11): "
      "proc.name in (rsync, backup) holds; proc.name is rsync]\n");
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: openat, pid: 1, path: /b, flags: O_RDONLY}]\n"
                        "alerts: [{rule: Backup touched}]\n")),
            "missing Backup touched [] [nearest is the event of line 2 (openat by , pid 1): "
            "evt.is_open_write = true does not hold; evt.is_open_write is false]\n");
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: getpid, pid: 1}]\n"
                        "alerts: [{rule: Backup touched}]\n")),
            "missing Backup touched [] [no event is of a kind that the rule is about: open, "
            "openat]\n");
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: execve, pid: 1, path: /bin/sh}]\n"
                        "alerts: [{rule: Any exec}]\n")),
            "missing Any exec [] [nearest is the event of line 2 (execve by sh, pid 1): the rule "
            "holds, but another one that holds comes before it]\n"
            "unexpected Shell [the event of line 2 (execve by sh, pid 1)] []\n"
            "  proc.pname '' '<NA>'\n");
}

TEST(CaseRunner, TestsRulesThatActAsRulesThatAlert) {
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: execve, pid: 1, path: /bin/ls}]\n"
                        "alerts: [{rule: Any exec}]\n")),
            "");
}

TEST(CaseRunner, DoesNotTakeSilenceForAnAnswerWhenNobodyWasAsked) {
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: chdir, pid: 1, path: /}]\n"
                        "quiet: true\n"
                        "about: Shell\n")),
            "unasked Shell [] [no event is of a kind that the rule is about: execve]\n");
}

TEST(CaseRunner, FindsRulesAndFieldsThatAreNotThere) {
  EXPECT_EQ(text_of(run("case: c\n"
                        "events: [{type: chdir, pid: 1, path: /}]\n"
                        "alerts: [{rule: Shel}, {rule: Shell, fields: {proc.nmae: b, x: c}}]\n")),
            "x.yaml:3:17-20: error: the rules of this case have no rule 'Shel'\n"
            "  alerts: [{rule: Shel}, {rule: Shell, fields: {proc.nmae: b, x: c}}]\n"
            "                  ~~~~\n"
            "hint: did you mean 'Shell'?\n"
            "x.yaml:3:47-55: error: the output of rule 'Shell' has no field 'proc.nmae'\n"
            "  alerts: [{rule: Shel}, {rule: Shell, fields: {proc.nmae: b, x: c}}]\n"
            "                                                ~~~~~~~~~\n"
            "hint: did you mean 'proc.pname'?\n"
            "x.yaml:3:61: error: the output of rule 'Shell' has no field 'x'\n"
            "  alerts: [{rule: Shel}, {rule: Shell, fields: {proc.nmae: b, x: c}}]\n"
            "                                                              ~\n"
            "hint: a case can ask for fields of the output only\n");
}

TEST(CaseRunner, SaysWhyRulesAndCapturesCannotBeUsed) {
  EXPECT_EQ(text_of(run("case: c\nrules: none.yaml\nevents: []\nquiet: true\n")),
            "x.yaml:2:8-16: error: cannot open rules 'none.yaml': No such file or directory\n"
            "  rules: none.yaml\n"
            "         ~~~~~~~~~\n");
  EXPECT_EQ(text_of(run("case: c\ncapture: none.cap\nquiet: true\n")),
            "x.yaml:2:10-17: error: no 'none.cap'\n"
            "  capture: none.cap\n"
            "           ~~~~~~~~\n");
  EXPECT_EQ(text_of(run("case: c\ncapture: broken.cap\nquiet: true\n")),
            "x.yaml:2:10-19: error: a record of the file cannot be decoded\n"
            "  capture: broken.cap\n"
            "           ~~~~~~~~~~\n"
            "hint: the file is corrupt\n");
  EXPECT_EQ(text_of(run("case: c\ninline_rules: \"- macro: m\"\nevents: []\nquiet: true\n")),
            "inline_rules:1:10: error: macro 'm' has no 'condition' [LOAD_ERR_YAML_VALIDATE]\n"
            "  - macro: m\n"
            "           ~\n");
}

struct Seen {
  const char* given;      // what the case has, besides name and alerts
  const char* condition;  // that then holds
};

// Each key, by a field that shows it.
constexpr Seen kSeen[] = {
    {"processes: [{pid: 5, path: /opt/x}]", "proc.name = x and proc.exepath = /opt/x"},
    {"processes: [{pid: 5, name: x}]", "proc.exepath = /usr/bin/x and proc.exe = /usr/bin/x"},
    {"processes: [{pid: 5, name: x, exe: -x, args: [a, \"b c\"], env: [A=1]}]",
     "proc.exe = -x and proc.args = \"a b c\" and proc.env contains \"A=1\""},
    {"processes: [{pid: 5, name: x, memfd: true}]", "proc.is_exe_from_memfd = true"},
    {"processes: [{pid: 5, name: x, upper_layer: true}]", "proc.is_exe_upper_layer = true"},
    {"processes: [{pid: 5, name: x, parent: 4}, {pid: 4, name: y}]", "proc.pname = y"},
    {"processes: [{pid: 5, name: x, uid: 7}]\nusers: [{uid: 7, name: u, home: /h, shell: /s}]",
     "user.uid = 7 and user.name = u and user.homedir = /h and user.shell = /s and "
     "group.name = u"},
    {"processes: [{pid: 5, name: x, uid: 7, gid: 8}]\ngroups: [{gid: 8, name: g}]",
     "group.gid = 8 and group.name = g"},
    {"processes: [{pid: 5, name: x, uid: 7, euid: 0}]", "user.uid = 0"},
    {"processes: [{pid: 5, name: x, loginuid: 9}]", "user.loginuid = 9"},
    {"processes: [{pid: 5, name: x, tty: 34816}]", "proc.tty = 34816"},
    {"processes: [{pid: 5, name: x, vpid: 1, sid: 2, pgid: 3}]",
     "proc.vpid = 1 and proc.sid = 2 and proc.pgid = 3"},
    {"processes: [{pid: 5, name: x, caps: 0x200000}]",
     "thread.cap_effective = CAP_SYS_ADMIN and thread.cap_permitted = CAP_SYS_ADMIN"},
    {"processes: [{pid: 5, name: x, cwd: /srv}]", "proc.cwd = /srv/"},
    {"processes: [{pid: 5, name: x, cgroup: /docker/"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]\n"
     "containers: [{cgroup: /docker/"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
     "  name: web, image: \"nginx:1\", privileged: true}]",
     "container.id = aaaaaaaaaaaa and container.name = web and container.image.tag = 1 and "
     "container.privileged = true"},
};

TEST(CaseRunner, ShowsRulesWhatACaseSaysOfProcesses) {
  for (const Seen& row : kSeen) {
    const std::string rules = std::string(
                                  "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n"
                                  "  condition: evt.type = getpid and ") +
                              row.condition + '\n';
    EXPECT_EQ(text_of(run(std::string("case: c\n") + row.given +
                              "\nevents: [{type: getpid, pid: 5}]\nalerts: [{rule: R}]\n",
                          rules)),
              "")
        << row.given;
  }
}

constexpr Seen kSeenOfEvents[] = {
    {"{type: openat, pid: 5, path: x, dir: /srv}", "fd.name = /srv/x"},
    {"{type: openat, pid: 5, path: x, file: /real, created: true}",
     "fd.name = /real and evt.arg.flags contains O_F_CREATED"},
    {"{type: openat, pid: 5, path: /x, flags: O_WRONLY, file_mode: 040755}",
     "fd.typechar = 'd' or fd.type = directory"},
    {"{type: openat, pid: 5, path: /x, ret: ENOENT}", "evt.res = ENOENT and evt.arg.name = /x"},
    {"{type: renameat, pid: 5, oldpath: a, newpath: b, dir: /one, new_dir: /two}",
     "fs.path.source = /one/a and fs.path.target = /two/b"},
    {"{type: execve, pid: 5, path: /no, ret: ENOENT}",
     "evt.res = ENOENT and evt.arg.filename = /no"},
    {"{type: connect, pid: 5, fd: 3, addr: \"[::1]:80\", socket: {local: \"[::1]:9\", "
     "remote: \"[::1]:80\"}}",
     "fd.sport = 80 and fd.l4proto = tcp and fd.sip = ::1"},
    {"{type: sendto, pid: 5, fd: 3, addr: \"1.2.3.4:53\", socket: {datagram: true, "
     "local: \"1.1.1.1:9\"}}",
     "fd.l4proto = udp and fd.rip = 1.2.3.4"},
    {"{type: openat2, pid: 5, path: /x, data: "
     "\"010000000000000000000000000000000000000000000000\"}",
     "evt.arg.flags contains O_WRONLY"},
    {"{type: write, pid: 5, fd: 1, text: hello, file: /dev/null}", "evt.buffer contains hello"},
    {"{type: kill, pid: 5, target: 9, signal: SIGKILL}", "evt.arg.sig = SIGKILL"},
    {"{type: clone, pid: 5, child: 6}", "evt.rawres = 6"},
};

TEST(CaseRunner, ShowsRulesWhatACaseSaysOfEvents) {
  for (const Seen& row : kSeenOfEvents) {
    const std::string rules = std::string(
                                  "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n"
                                  "  condition: evt.type exists and (") +
                              row.condition + ")\n";
    EXPECT_EQ(text_of(run(std::string("case: c\nprocesses: [{pid: 5, name: x}]\nevents:\n  - ") +
                              row.given + "\nalerts: [{rule: R}]\n",
                          rules)),
              "")
        << row.given;
  }
}

TEST(CaseRunner, FollowsWhatHappensToProcesses) {
  const std::string rules =
      "- rule: R\n  desc: d\n  output: o %proc.cwd %proc.name %proc.pname %user.uid\n"
      "  priority: INFO\n  condition: evt.type = getpid\n";
  EXPECT_EQ(text_of(run("case: c\n"
                        "processes: [{pid: 5, name: x}]\n"
                        "events:\n"
                        "  - {type: chdir, pid: 5, path: /srv}\n"
                        "  - {type: clone, pid: 5, child: 6}\n"
                        "  - {type: getpid, pid: 6}\n"
                        "  - {type: execve, pid: 6, path: /bin/y}\n"
                        "  - {type: getpid, pid: 6}\n"
                        "  - {type: process, pid: 6, uid: 3}\n"
                        "  - {type: getpid, pid: 6}\n"
                        "alerts:\n"
                        "  - {rule: R, output: o /srv/ x x 0}\n"
                        "  - {rule: R, output: o /srv/ y x 0}\n"
                        "  - {rule: R, output: o /srv/ y <NA> 3}\n",
                        rules)),
            "");
}

}  // namespace
}  // namespace saker
