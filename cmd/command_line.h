// SPDX-License-Identifier: Apache-2.0
// CommandLine: what --help tells, as data: manual page and completions are made of it.
#ifndef SAKER_CMD_COMMAND_LINE_H
#define SAKER_CMD_COMMAND_LINE_H

#include <string>
#include <vector>

namespace saker {

struct CommandLine {
  struct Option {
    std::vector<std::string> names;  // "-p", "--print"; of an argument "FILE"
    std::string value;               // what stands for its value, "FORMAT"; empty: it takes none
    std::string doc;
  };
  struct Command {
    std::string name;
    std::string summary;
    std::string help;  // see command.h
    std::vector<Option> options;
    std::vector<Option> arguments;
  };
  std::string overview;
  std::string footer;
  std::vector<Command> commands;
};

// What the first argument of the command may be, from its help; empty: anything.
[[nodiscard]] std::vector<std::string> argument_choices(const CommandLine::Command& command);

// Whether its value is the name of a file.
[[nodiscard]] bool is_path(const std::string& value);

[[nodiscard]] std::string manual_page(const CommandLine& line);       // saker(1), for man(7)
[[nodiscard]] std::string bash_completions(const CommandLine& line);  // to be sourced
[[nodiscard]] std::string zsh_completions(const CommandLine& line);   // a file _saker in $fpath
[[nodiscard]] std::string fish_completions(const CommandLine& line);

}  // namespace saker

#endif  // SAKER_CMD_COMMAND_LINE_H
