// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>

namespace saker {
namespace {

std::string problems_in(const std::string& text) {
  Diagnostics diagnostics;
  static_cast<void>(read_cases(std::make_shared<SourceText>("x.yaml", text), diagnostics));
  std::string problems;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    problems += render(diagnostic) + '\n';
  }
  return problems;
}

std::vector<Case> read(const std::string& text) {
  EXPECT_EQ(problems_in(text), "");
  Diagnostics diagnostics;
  return read_cases(std::make_shared<SourceText>("dir/x.yaml", text), diagnostics);
}

CaseEvent event_of(const std::string& event) {
  const std::vector<Case> cases = read("case: c\nevents:\n  - " + event + "\nquiet: true\n");
  return cases.empty() ? CaseEvent() : cases[0].events.at(0);
}

struct Mistake {
  const char* line;  // in a case that is right but for it
  const char* problems;
};

constexpr Mistake kMistakes[] = {
    {"processes: {pid: 1}",
     "x.yaml:3:12-18: error: expected a list\n"
     "  processes: {pid: 1}\n"
     "             ~~~~~~~\n"},
    {"processes: [sh]",
     "x.yaml:3:13-14: error: expected a map, as in {pid: 10, name: nginx}\n"
     "  processes: [sh]\n"
     "              ~~\n"},
    {"processes: [{pid: 1, uid: -1, name: a}]",
     "x.yaml:3:27-28: error: expected a whole number from 0 to 4294967295\n"
     "  processes: [{pid: 1, uid: -1, name: a}]\n"
     "                            ~~\n"},
    {"processes: [{pid: 0, nmae: a}]",
     "x.yaml:3:19: error: expected the pid of a process\n"
     "  processes: [{pid: 0, nmae: a}]\n"
     "                    ~\n"
     "x.yaml:3:14-16: error: neither 'path' nor 'name' says which program this is\n"
     "  processes: [{pid: 0, nmae: a}]\n"
     "               ~~~\n"
     "x.yaml:3:22-25: error: unknown key 'nmae'\n"
     "  processes: [{pid: 0, nmae: a}]\n"
     "                       ~~~~\n"
     "hint: did you mean 'name'?\n"},
    {"processes: [{pid: 1, name: a, args: -c}]",
     "x.yaml:3:37-38: error: expected a list of texts, as in [-c, id]\n"
     "  processes: [{pid: 1, name: a, args: -c}]\n"
     "                                      ~~\n"},
    {"users: [{uid: 1}]",
     "x.yaml:3:10-12: error: 'name' is missing\n"
     "  users: [{uid: 1}]\n"
     "           ~~~\n"},
    {"events: [{type: opennat, pid: 1}]",
     "x.yaml:3:17-23: error: unknown event 'opennat'\n"
     "  events: [{type: opennat, pid: 1}]\n"
     "                  ~~~~~~~\n"
     "hint: did you mean 'openat'?\n"},
    {"events: [{type: openat, path: /x}]",
     "x.yaml:3:11-14: error: 'pid' is missing\n"
     "  events: [{type: openat, path: /x}]\n"
     "            ~~~~\n"},
    {"events: [{type: openat, pid: 1, flags: O_WRITE}]",
     "x.yaml:3:40-46: error: expected a number, or the name of a constant, as O_CREAT, or a list "
     "of them\n"
     "  events: [{type: openat, pid: 1, flags: O_WRITE}]\n"
     "                                         ~~~~~~~\n"
     "hint: constants that have no name here can be given as 0x...\n"},
    {"events: [{type: connect, pid: 1, addr: localhost}]",
     "x.yaml:3:40-48: error: expected ADDRESS:PORT, or the path of a unix socket\n"
     "  events: [{type: connect, pid: 1, addr: localhost}]\n"
     "                                         ~~~~~~~~~\n"
     "hint: as in 10.0.0.1:80, \"[::1]:80\" or /run/x.sock\n"},
    {"events: [{type: connect, pid: 1, socket: {remote: \"1.2.3.4\"}}]",
     "x.yaml:3:51-59: error: expected ADDRESS:PORT, as 10.0.0.1:80 or [::1]:80\n"
     "  events: [{type: connect, pid: 1, socket: {remote: \"1.2.3.4\"}}]\n"
     "                                                    ~~~~~~~~~\n"},
    {"events: [{type: unlink, pid: 1, path: /x, ret: EWHAT}]",
     "x.yaml:3:48-52: error: expected a number, or the name of an errno as in ENOENT\n"
     "  events: [{type: unlink, pid: 1, path: /x, ret: EWHAT}]\n"
     "                                                 ~~~~~\n"},
    {"events: [{type: clone, pid: 1, child: none}]",
     "x.yaml:3:39-42: error: expected the pid of the new process\n"
     "  events: [{type: clone, pid: 1, child: none}]\n"
     "                                        ~~~~\n"},
    {"events: [{type: getpid, pid: 1, args: [0, 0, 0, 0, 0, 0, 7]}]",
     "x.yaml:3:58: error: a system call has at most 6 arguments\n"
     "  events: [{type: getpid, pid: 1, args: [0, 0, 0, 0, 0, 0, 7]}]\n"
     "                                                           ~\n"},
    {"events: [{type: openat2, pid: 1, data: 0a0}]",
     "x.yaml:3:40-42: error: expected bytes as hexadecimal digits, two for each\n"
     "  events: [{type: openat2, pid: 1, data: 0a0}]\n"
     "                                         ~~~\n"},
    {"capture: x.cap\nevents: [{type: getpid, pid: 1}]",
     "x.yaml:4:9-30: error: 'events' are those of the capture file\n"
     "  events: [{type: getpid, pid: 1}]\n"
     "          ~~~~~~~~~~~~~~~~~~~~~~\n"},
    {"events: [{type: unlink, pid: 1, pathname: x}]",
     "x.yaml:3:33-40: error: unknown key 'pathname'\n"
     "  events: [{type: unlink, pid: 1, pathname: x}]\n"
     "                                  ~~~~~~~~\n"
     "hint: there are: args, created, data, dir, file, file_mode, lower_layer, memfd, new_dir, "
     "path, pid, ret, socket, type, upper_layer\n"},
    {"event: []",
     "x.yaml:3:1-5: error: unknown key 'event'\n"
     "  event: []\n"
     "  ~~~~~\n"
     "hint: did you mean 'events'?\n"
     "x.yaml:1:1-4: error: 'events' is missing\n"
     "  case: c\n"
     "  ~~~~\n"},
};

TEST(CaseReader, LocatesMistakes) {
  for (const Mistake& mistake : kMistakes) {
    const std::string line = mistake.line;
    const bool has_events = line.find("event") != std::string::npos;
    const std::string text = "case: c\nquiet: true\n" + line + '\n' +
                             (has_events ? "" : "events: [{type: getpid, pid: 1}]\n");
    EXPECT_EQ(problems_in(text), mistake.problems) << line;
  }
}

constexpr const char* kEvents = "events: [{type: getpid, pid: 1}]\n";

TEST(CaseReader, WantsToKnowWhatIsExpected) {
  EXPECT_EQ(problems_in(std::string("case: c\n") + kEvents),
            "x.yaml:1:1-4: error: the case expects nothing\n"
            "  case: c\n"
            "  ~~~~\n"
            "hint: 'alerts' has the alerts that must come; 'quiet: true' says that none must\n");
  EXPECT_EQ(problems_in(std::string("case: c\nquiet: true\nalerts: [{rule: R}]\n") + kEvents),
            "x.yaml:2:8-11: error: a case that is quiet has no alerts\n"
            "  quiet: true\n"
            "         ~~~~\n");
  EXPECT_EQ(problems_in(std::string("case: c\nabout: R\nalerts: [{rule: R}]\n") + kEvents),
            "x.yaml:2:8: error: 'about' belongs to 'quiet': alerts name their rules\n"
            "  about: R\n"
            "         ~\n");
  EXPECT_EQ(problems_in(std::string("case: c\nalerts: [{rule: R, priority: Bad}]\n") + kEvents),
            "x.yaml:2:30-32: error: unknown priority 'Bad'\n"
            "  alerts: [{rule: R, priority: Bad}]\n"
            "                               ~~~\n");
}

TEST(CaseReader, SurvivesWhatIsNoCase) {
  for (const char* text :
       {"[]", "x", "case: [", "- case: c", "case: {}", "{}", "case: c\nevents: 5",
        "case: c\nalerts: [[]]", "case: c\nalerts: [{fields: 3}]",
        "case: c\nevents: [{type: [], pid: {}}]", "case: c\nrules: [[x]]"}) {
    EXPECT_NE(problems_in(text), "") << text;
  }
  EXPECT_EQ(read("").size(), 0U);
}

TEST(CaseReader, ReadsEachDocumentAsACase) {
  const std::vector<Case> cases = read(
      "case: a\nrules: one.yaml\nevents: [{type: getpid, pid: 1}]\nquiet: true\nabout: R\n---\n"
      "case: b\nrules: [one.yaml, /two]\ncapture: x.cap\nalerts: [{rule: R, fields: {a: 1}}]\n");
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].about->value, "R");
  EXPECT_EQ(path_in_case(cases[0], cases[0].rules.at(0).value), "dir/one.yaml");
  EXPECT_EQ(path_in_case(cases[1], cases[1].rules.at(1).value), "/two");
  EXPECT_EQ(cases[1].capture->value, "x.cap");
  EXPECT_EQ(cases[1].alerts.at(0).fields.at(0).second.value, "1");
}

TEST(CaseReader, ReadsArgumentsByNameAndByNumber) {
  const CaseEvent named =
      event_of("{type: openat, pid: 1, path: \"5\", flags: [O_WRONLY, O_CREAT], mode: 0644}");
  EXPECT_EQ(static_cast<int>(named.args[0]), AT_FDCWD);
  EXPECT_EQ(named.texts[1], "5");
  EXPECT_EQ(named.args[2], static_cast<uint64_t>(O_WRONLY | O_CREAT));
  EXPECT_EQ(named.args[3], 0644U);
  EXPECT_EQ(named.ret, 3);
  EXPECT_EQ(event_of("{type: openat, pid: 1, ret: EACCES}").ret, -EACCES);
  const CaseEvent numbered = event_of("{type: mincore, pid: 1, args: [0x10, -1, SIGKILL], ret: 7}");
  EXPECT_EQ(numbered.args[0], 0x10U);
  EXPECT_EQ(numbered.args[1], ~uint64_t{0});
  EXPECT_EQ(numbered.args[2], static_cast<uint64_t>(SIGKILL));
  EXPECT_EQ(numbered.ret, 7);
}

}  // namespace
}  // namespace saker
