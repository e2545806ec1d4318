// SPDX-License-Identifier: Apache-2.0
// Command: one row per command of the command line, in commands.cpp; the behaviour stands in a file
// of the command's name.
#ifndef SAKER_CMD_COMMAND_H
#define SAKER_CMD_COMMAND_H

#include <cstdint>
#include <span>
#include <string_view>

#include "cmd/options.h"

namespace saker {

// Bits of Command::options: which options and arguments a command takes.
inline constexpr uint32_t kTakesConfig = 0x1;     // -c, -o
inline constexpr uint32_t kTakesRules = 0x2;      // -r
inline constexpr uint32_t kTakesRun = 0x4;        // -M, -U, --dry-run
inline constexpr uint32_t kTakesFile = 0x8;       // FILE
inline constexpr uint32_t kTakesFiles = 0x10;     // FILE...
inline constexpr uint32_t kTakesTopic = 0x20;     // TOPIC, --json, --markdown
inline constexpr uint32_t kTakesStats = 0x40;     // --stats
inline constexpr uint32_t kTakesPrint = 0x80;     // -p
inline constexpr uint32_t kTakesRule = 0x200;     // RULE
inline constexpr uint32_t kTakesJson = 0x100;     // --json
inline constexpr uint32_t kTakesTop = 0x400;      // --url, --interval, --once
inline constexpr uint32_t kTakesCost = 0x800;     // --cost
inline constexpr uint32_t kTakesWait = 0x1000;    // --wait
inline constexpr uint32_t kTakesMode = 0x2000;    // MODE
inline constexpr uint32_t kTakesAction = 0x4000;  // ACTION [FILE]
inline constexpr uint32_t kTakesForm = 0x8000;    // FORM; gets Options::command_line
inline constexpr uint32_t kTakesCases = 0x10000;  // FILE..., --from, --junit

struct Command {
  std::string_view name;
  std::string_view summary;  // one line for the overview
  // Below the options: what it does, examples. Lines of two blanks and a word behind one that ends
  // in "is one of" tell completions what the first argument may be.
  std::string_view help;
  uint32_t options = 0;
  // Returns the exit status.
  int (*run)(const Options& options) = nullptr;
};

[[nodiscard]] std::span<const Command> commands();

int run_command(const Options& options);
int config_command(const Options& options);
int check_command(const Options& options);
int list_command(const Options& options);
int explain_command(const Options& options);
int record_command(const Options& options);
int test_command(const Options& options);
int replay_command(const Options& options);
int reload_command(const Options& options);
int enforce_command(const Options& options);
int dry_run_command(const Options& options);  // enforce dry-run
int status_command(const Options& options);
int top_command(const Options& options);
int doctor_command(const Options& options);
int generate_command(const Options& options);
int version_command(const Options& options);

}  // namespace saker

#endif  // SAKER_CMD_COMMAND_H
