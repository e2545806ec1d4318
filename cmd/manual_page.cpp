// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "cmd/command_line.h"

namespace saker {
namespace {

// As text of man(7): nothing in it is a request, and a hyphen is what a shell takes for one.
std::string escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '.' || c == '\'') && (i == 0 || text[i - 1] == '\n')) {
      out += "\\&";
    }
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

void append_option(std::string& out, const CommandLine::Option& option) {
  out += ".TP\n";
  for (size_t i = 0; i < option.names.size(); ++i) {
    out += (i == 0 ? "\\fB" : "\\fR, \\fB") + escaped(option.names[i]);
  }
  out += "\\fR";
  if (!option.value.empty()) {
    out += " \\fI" + escaped(option.value) + "\\fR";
  }
  out += "\n" + escaped(option.doc) + "\n";
}

// With the line breaks that it has on a terminal.
void append_verbatim(std::string& out, const std::string& text) {
  if (!text.empty()) {
    out += ".PP\n.nf\n" + escaped(text) + (text.ends_with('\n') ? "" : "\n") + ".fi\n";
  }
}

void append_command(std::string& out, const CommandLine::Command& command) {
  out += ".SS \"saker " + escaped(command.name);
  for (const CommandLine::Option& argument : command.arguments) {
    out += " " + escaped(argument.names.front());
  }
  out += "\"\n" + escaped(command.summary) + ".\n";
  for (const CommandLine::Option& option : command.options) {
    append_option(out, option);
  }
  append_verbatim(out, command.help);
}

constexpr std::string_view kTail = R"(.SH SIGNALS
.TP
SIGHUP
.B saker run
loads rules and configuration anew.
.TP
SIGUSR1
.B saker run
opens its outputs anew, for logrotate.
.TP
SIGINT, SIGTERM
.B saker run
writes out what is queued and ends.
.SH FILES
.TP
.I /etc/saker/saker.yaml
The configuration; all keys are in it, commented out.
.TP
.I /etc/saker/config.d
Pieces of configuration, which count more.
.TP
.I /etc/saker/rules.d
Rules of the administrator, loaded behind the shipped ones.
.TP
.I /run/saker/control.sock
Where commands find a running sensor.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
)";

}  // namespace

std::string manual_page(const CommandLine& line) {
  std::string out = ".TH SAKER 1 \"\" \"saker " SAKER_VERSION
                    "\"\n"
                    ".SH NAME\nsaker \\- runtime security sensor\n"
                    ".SH SYNOPSIS\n.B saker\n.I COMMAND\n.RI [ OPTION ...]\n"
                    ".SH DESCRIPTION\n" +
                    escaped(line.overview) + ".SH COMMANDS\n";
  for (const CommandLine::Command& command : line.commands) {
    append_command(out, command);
  }
  out += ".SH EXIT STATUS\n" + escaped(line.footer) + "\n";
  out += kTail;
  return out;
}

}  // namespace saker
