// SPDX-License-Identifier: Apache-2.0
// Completions for shells. Each script offers the commands first, then the options of the command
// and what its argument may be.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command_line.h"

namespace saker {
namespace {

// A line of a shell's menu, quoted for all three.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out + "'";
}

bool takes_files(const CommandLine::Command& command) {
  return std::ranges::any_of(command.arguments, [](const CommandLine::Option& argument) {
    return is_path(argument.names.front());
  });
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

// Names of options over all commands, as a pattern of `case`; empty: there is none.
std::string options_with_value(const CommandLine& line, bool of_path) {
  std::vector<std::string> names;
  for (const CommandLine::Command& command : line.commands) {
    for (const CommandLine::Option& option : command.options) {
      if (!option.value.empty() && is_path(option.value) == of_path) {
        names.insert(names.end(), option.names.begin(), option.names.end());
      }
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  std::string pattern = joined(names);
  std::ranges::replace(pattern, ' ', '|');
  return pattern;
}

// "'-p[doc]:FORMAT:'" for each name of an option, as _arguments wants it.
void append_zsh_option(std::string& out, const CommandLine::Option& option) {
  std::string doc;
  for (const char c : option.doc) {
    doc += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
  }
  for (const std::string& name : option.names) {
    std::string spec = "*";
    spec.append(name).append("[").append(doc).append("]");
    if (!option.value.empty()) {
      spec += ":" + option.value + ":" + (is_path(option.value) ? "_files" : "");
    }
    out += " \\\n        " + quoted(spec);
  }
}

void append_zsh_command(std::string& out, const CommandLine::Command& command) {
  out += "    " + command.name + ")\n      _arguments";
  for (const CommandLine::Option& option : command.options) {
    append_zsh_option(out, option);
  }
  if (const std::vector<std::string> choices = argument_choices(command); !choices.empty()) {
    out += " \\\n        " + quoted("1: :(" + joined(choices) + ")");
  }
  if (takes_files(command)) {
    out += " \\\n        '*: :_files'";
  }
  out += "\n      ;;\n";
}

void append_fish_command(std::string& out, const CommandLine::Command& command) {
  out += "complete -c saker -n __fish_use_subcommand -a " + command.name + " -d " +
         quoted(command.summary) + "\n";
  const std::string seen =
      "complete -c saker -n '__fish_seen_subcommand_from " + command.name + "'";
  for (const CommandLine::Option& option : command.options) {
    out += seen;
    for (const std::string& name : option.names) {
      out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.value.empty()) {
      out += is_path(option.value) ? " -rF" : " -x";
    }
    out += " -d " + quoted(option.doc) + "\n";
  }
  if (const std::vector<std::string> choices = argument_choices(command); !choices.empty()) {
    out += seen + " -a " + quoted(joined(choices)) + "\n";
  }
  if (takes_files(command)) {
    out += seen + " -F\n";
  }
}

}  // namespace

std::vector<std::string> argument_choices(const CommandLine::Command& command) {
  constexpr std::string_view kIntroduction = " is one of\n";
  constexpr std::string_view kIndent = "  ";
  std::vector<std::string> choices;
  const size_t introduction = command.help.find(kIntroduction);
  if (introduction == std::string::npos) {
    return choices;
  }
  std::string_view rest =
      std::string_view(command.help).substr(introduction + kIntroduction.size());
  while (rest.starts_with(kIndent)) {
    const std::string_view line = rest.substr(kIndent.size(), rest.find('\n') - kIndent.size());
    if (!line.starts_with(' ')) {  // else the line before goes on
      choices.emplace_back(line.substr(0, line.find(' ')));
    }
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
  }
  return choices;
}

bool is_path(const std::string& value) { return value == "FILE" || value == "PATH"; }

std::string bash_completions(const CommandLine& line) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CommandLine::Command& command : line.commands) {
    commands.push_back(command.name);
    std::vector<std::string> words = argument_choices(command);
    for (const CommandLine::Option& option : command.options) {
      words.insert(words.end(), option.names.begin(), option.names.end());
    }
    cases += "        " + command.name + ") words=" + quoted(joined(words)) +
             (takes_files(command) ? " files=1" : "") + " ;;\n";
  }
  return "# Completions of saker for bash.\n"
         "_saker() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} words='' files=''\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    words=" +
         quoted(joined(commands)) +
         "\n"
         "  else\n"
         "    case ${COMP_WORDS[COMP_CWORD - 1]} in\n"
         "      " +
         options_with_value(line, true) + ") files=1 ;;\n      " + options_with_value(line, false) +
         ") return ;;\n"
         "      *) case ${COMP_WORDS[1]} in\n" +
         cases +
         "      esac ;;\n"
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"\n"
         "    [[ -z $files ]] || compgen -f -- \"$current\")\n"
         "}\n"
         "complete -o filenames -F _saker saker\n";
}

std::string zsh_completions(const CommandLine& line) {
  std::string out = "#compdef saker\n# Completions of saker for zsh.\n_saker() {\n";
  out += "  if ((CURRENT == 2)); then\n    local -a commands=(\n";
  for (const CommandLine::Command& command : line.commands) {
    out += "      " + quoted(command.name + ":" + command.summary) + "\n";
  }
  out += "    )\n    _describe command commands\n    return\n  fi\n";
  out += "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n";
  for (const CommandLine::Command& command : line.commands) {
    append_zsh_command(out, command);
  }
  return out + "  esac\n}\n_saker \"$@\"\n";
}

std::string fish_completions(const CommandLine& line) {
  std::string out = "# Completions of saker for fish.\ncomplete -c saker -f\n";
  for (const CommandLine::Command& command : line.commands) {
    append_fish_command(out, command);
  }
  return out;
}

}  // namespace saker
