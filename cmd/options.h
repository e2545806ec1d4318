// SPDX-License-Identifier: Apache-2.0
// Options: what the command line asked for; one struct for all commands. Filled by main.cpp.
#ifndef SAKER_CMD_OPTIONS_H
#define SAKER_CMD_OPTIONS_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cmd/command_line.h"

namespace saker {

struct Options {
  std::string config_path;                            // -c; empty: the default
  std::vector<std::string> overrides;                 // -o KEY=VALUE, in order
  std::string print_format;                           // -p; empty: nothing more
  std::vector<std::string> rules;                     // -r, in order; empty: as configured
  std::vector<std::string> files;                     // FILE...
  std::string topic;                                  // list TOPIC
  std::string rule;                                   // explain RULE
  uint32_t stop_after_s = 0;                          // -M; 0: never
  std::string url = "http://127.0.0.1:8765/metrics";  // top --url
  uint32_t interval_s = 2;                            // top --interval
  std::string mode;                                   // enforce MODE
  std::string from_path;                              // test --from; empty: none
  std::string junit_path;                             // test --junit; empty: none
  std::string action;                                 // config ACTION
  std::string form;                                   // generate FORM
  std::shared_ptr<const CommandLine> command_line;    // generate: what is described; else null
  bool once = false;                                  // top --once
  bool dry_run = false;
  bool is_sensor = false;  // events of this host are judged: by rules that it can carry out, from
                           // files that it may trust
  bool wait = false;       // reload --wait
  bool json = false;
  bool cost = false;  // check --cost
  bool markdown = false;
  bool stats = false;
};

// Exit statuses. 2 for a mistake on the command line is what users of Unix tools expect; a mistake
// in a file or in the value of an option is a failure like any other.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

}  // namespace saker

#endif  // SAKER_CMD_OPTIONS_H
