// SPDX-License-Identifier: Apache-2.0
// Scenario: a test of rules written as YAML: processes, events, and the alerts they must give. The
// events become wire records and take the whole way: decode, track, match, describe. No kernel.
//
//   case: a shell under a web server is reported
//   rules: [rules/execution.yaml]
//   processes: [{pid: 10, name: nginx}, {pid: 11, parent: 10, name: nginx}]
//   events: [{type: execve, pid: 11, path: /bin/sh}]
//   alerts: [{rule: Shell started by server, fields: {proc.pname: nginx}}]
//
// A case in which nothing may be reported has `quiet: true` and `about: RULE` in place of `alerts`.
// A file may hold several cases as YAML documents. Every key that is not known is an error; all
// keys are in scenario_reader.cpp, calls and their arguments in scenario_calls.cpp.
#ifndef SAKER_TESTS_SUPPORT_SCENARIO_H
#define SAKER_TESTS_SUPPORT_SCENARIO_H

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "probes/wire.h"

namespace saker::test {

struct ScenarioProcess {
  uint32_t pid = 0;
  uint32_t parent = 0;  // 0: none; a pid that no process has: an unknown parent
  std::string name;     // comm
  std::string path;     // of the executable
  std::string exe;      // argv[0]
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd = "/";
  std::string cgroup = "/";
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t loginuid = UINT32_MAX;  // unset
  uint32_t tty = 0;
  uint32_t vpid = 0;  // 0: the pid
  uint32_t sid = 0;   // 0: the pid
  uint32_t exe_flags = 0;
};

struct ScenarioSocket {
  ev_socket socket{};
  std::string path;  // unix
};

struct ScenarioEvent {
  std::string type;
  uint32_t pid = 0;
  int64_t ret = 0;
  std::array<uint64_t, 6> args{};
  std::array<std::optional<std::string>, 6> texts;  // what args[i] points to
  std::string dir;                                  // of a dirfd; empty: the current directory
  std::optional<std::string> file;                  // path of the open file
  uint32_t file_flags = 0;                          // EV_INODEF_*
  std::optional<ScenarioSocket> socket;             // the open file is a socket
  std::string addr;                                 // struct sockaddr, as bytes
  ScenarioProcess image;                            // of an exec: what the process becomes
  uint32_t child = 0;                               // of a clone
};

struct ScenarioAlert {
  std::string rule;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct Scenario {
  std::string name;
  std::string about;  // the rule that a quiet case is about
  std::shared_ptr<const SourceText> source;
  std::vector<std::string> rules;  // paths from the root of the project
  std::string inline_rules;
  std::vector<std::pair<uint32_t, std::string>> users;
  std::vector<ScenarioProcess> processes;
  std::vector<ScenarioEvent> events;
  std::vector<ScenarioAlert> alerts;
};

// All cases of a file; what is wrong with it is added to `diagnostics`.
[[nodiscard]] std::vector<Scenario> read_scenarios(const std::shared_ptr<const SourceText>& file,
                                                   Diagnostics& diagnostics);

// Runs the case. Empty when the alerts are exactly the expected ones; else what differs, for a
// person to read.
[[nodiscard]] std::string run_scenario(const Scenario& scenario);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SCENARIO_H
