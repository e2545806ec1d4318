// SPDX-License-Identifier: Apache-2.0
// Case: a test of rules, as `saker test` runs it: processes, events, and the alerts they must give.
//
//   case: a shell under a web server is reported
//   rules: [execution.yaml]
//   processes: [{pid: 10, name: nginx}, {pid: 11, parent: 10, name: nginx}]
//   events: [{type: execve, pid: 11, path: /bin/sh}]
//   alerts: [{rule: Shell started by server, fields: {proc.pname: nginx}}]
//
// Read from YAML by case_reader.h, written by case_writer.h; case_records.h makes of it what the
// probes would have written, and case_runner.h runs it. All keys are rows of case_keys.h.
#ifndef SAKER_ENGINE_CASES_CASE_H
#define SAKER_ENGINE_CASES_CASE_H

#include <linux/capability.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/source_text.h"
#include "engine/rules/document.h"
#include "probes/wire.h"

namespace saker {

// What an exec makes of a process.
struct CaseImage {
  std::string path;  // of the executable
  std::string name;  // comm
  std::string exe;   // argv[0]
  std::vector<std::string> args;
  std::vector<std::string> env;
  uint32_t flags = 0;  // EV_INODEF_* of the executable

  // What is not given is made of what is.
  [[nodiscard]] std::string executable() const;
  [[nodiscard]] std::string comm() const;
  [[nodiscard]] std::string argv0() const;
};

inline constexpr uint64_t kAllCaps = (uint64_t{1} << (CAP_LAST_CAP + 1)) - 1;

// Who a process is to the kernel.
struct CaseIdentity {
  uint32_t parent = 0;  // 0: none; a pid that no process has: an unknown parent
  uint32_t uid = 0;
  std::optional<uint32_t> euid;  // absent: uid
  std::optional<uint32_t> gid;   // absent: uid
  std::optional<uint32_t> egid;  // absent: gid
  uint32_t loginuid = UINT32_MAX;
  uint32_t tty = 0;
  std::optional<uint32_t> vpid;  // these: pid
  std::optional<uint32_t> sid;
  std::optional<uint32_t> pgid;
  std::optional<uint64_t> caps;  // effective and permitted; absent: all for euid 0, else none
  std::string cgroup = "/";
};

struct CaseProcess {
  uint32_t pid = 0;
  CaseImage image;
  CaseIdentity identity;
  std::string cwd = "/";
};

struct CaseUser {
  uint32_t uid = 0;
  std::string name;
  std::string home;   // empty: /home/NAME
  std::string shell;  // empty: /bin/bash
};

struct CaseGroup {
  uint32_t gid = 0;
  std::string name;
};

// What its runtime knows of the container that processes with this cgroup are in.
struct CaseContainer {
  std::string cgroup;
  std::string name;
  std::string image;
  bool privileged = false;
};

struct CaseSocket {
  ev_socket socket{};
  std::string path;  // unix
};

// The open file of a call.
struct CaseFile {
  std::string path;    // empty: what the call names
  uint32_t flags = 0;  // EV_INODEF_*
  uint32_t mode = 0100644;
};

struct CaseEvent {
  Span span;  // of the item in the file
  std::string type;
  uint32_t pid = 0;
  int64_t ret = 0;
  std::array<uint64_t, 6> args{};
  std::array<std::optional<std::string>, 6> texts;  // what args[i] points to
  std::string dir;                                  // of a dirfd; empty: the current directory
  std::string new_dir;                              // of a second one
  CaseFile file;
  std::optional<CaseSocket> socket;      // the open file is a socket
  std::string addr;                      // struct sockaddr, as bytes
  std::string data;                      // payload, or a struct that an argument points to
  CaseImage image;                       // of an exec: what the process becomes
  std::optional<CaseIdentity> identity;  // no event: who the process is from here on
  uint32_t child = 0;                    // that a clone makes
};

struct CaseAlert {
  Text rule;
  std::vector<std::pair<Text, Text>> fields;
  std::optional<Text> priority;
  std::optional<Text> output;
};

struct Case {
  std::shared_ptr<const SourceText> source;
  Span span;  // of the name
  std::string name;
  std::optional<Text> about;  // the rule that a quiet case is about
  std::vector<Text> rules;    // as written; see rule_paths()
  std::optional<Text> inline_rules;
  std::optional<Text> capture;  // the file that has the events
  std::vector<CaseUser> users;
  std::vector<CaseGroup> groups;
  std::vector<CaseContainer> containers;
  std::vector<CaseProcess> processes;
  std::vector<CaseEvent> events;
  std::vector<CaseAlert> alerts;
  bool quiet = false;
};

// A path that a case names: relative to the directory of the file that the case stands in.
[[nodiscard]] std::string path_in_case(const Case& test_case, const std::string& path);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_H
