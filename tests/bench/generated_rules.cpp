// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/generated_rules.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace saker::bench {
namespace {

constexpr std::string_view kPreamble = R"(
- list: editors
  items: [vi, vim, nano, emacs, ed]
- list: package_tools
  items: [apt, apt-get, dpkg, rpm, dnf, yum, apk, pip, npm]
- list: shells
  items: [bash, sh, dash, zsh, ksh, fish]
- macro: opens_to_read
  condition: >
    (evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.typechar = 'f'
     and fd.num >= 0)
- macro: opens_to_write
  condition: >
    (evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = 'f'
     and fd.num >= 0)
- macro: starts
  condition: (evt.type in (execve, execveat) and evt.rawres = 0)
- macro: connects
  condition: (evt.type = connect and fd.typechar in ('4', '6') and evt.rawres != -1)
- macro: moves
  condition: (evt.type in (rename, renameat, renameat2, unlink, unlinkat))
- macro: in_container
  condition: (container.id != host)
- macro: by_packaging
  condition: (proc.name in (package_tools) or proc.pname in (package_tools))
)";

// `#` stands for the number of the rule, `@` and `&` for two numbers from 0 to 255 drawn for it.
struct Template {
  uint32_t weight;  // among the rules
  std::string_view condition;
};
constexpr Template kTemplates[] = {
    {14, "opens_to_write and fd.name startswith /opt/app-#/conf/ and not by_packaging"},
    {6, "opens_to_write and fd.name endswith .ext# and not proc.name in (editors)"},
    {5, "opens_to_write and in_container and fd.directory = /var/lib/app-#"},
    {14,
     "opens_to_read and fd.name in (/srv/app-#/secret.key, /etc/app-#/token) and not "
     "proc.name in (app-#, backup-#)"},
    {5, "opens_to_read and (fd.filename = wallet-#.dat or fd.name glob /home/*/.app-#/*)"},
    {3, "opens_to_read and fd.name contains /.profile-#/ and not proc.pname in (shells)"},
    {14, "starts and proc.name in (tool-#, helper-#) and not proc.pname in (shells)"},
    {6, "starts and proc.pname in (server-#, worker-#) and proc.name in (shells)"},
    {5, "starts and in_container and proc.exepath startswith /tmp/stage-#/"},
    {5, "starts and proc.cmdline contains --flag-# and not by_packaging"},
    {2, "starts and proc.cmdline icontains Token#"},
    {2, "starts and proc.cmdline regex '.*key-#=[0-9a-f]+.*'"},
    {2, "starts and user.name = user-# and proc.tty != 0"},
    {6, "connects and fd.sip in (198.51.@.&, 203.0.@.&) and not proc.name = app-#"},
    {4, "connects and fd.snet in (172.16.@.0/24, 192.168.@.0/24) and in_container"},
    {4, "connects and fd.sport in (2@, 3@) and not proc.name in (app-#)"},
    {3, "moves and fs.path.name pmatch (/data/app-#, /backup/*/app-#) and not by_packaging"},
};

uint32_t total_weight() {
  uint32_t total = 0;
  for (const Template& row : kTemplates) {
    total += row.weight;
  }
  return total;
}

const Template& pick(uint32_t at) {
  const Template* row = kTemplates;
  while (at >= row->weight) {
    at -= row->weight;
    ++row;
  }
  return *row;
}

std::string filled(std::string_view condition, size_t number, std::array<uint32_t, 2> drawn) {
  std::string text;
  for (const char c : condition) {
    switch (c) {
      case '#':
        text += std::to_string(number);
        break;
      case '@':
        text += std::to_string(drawn[0]);
        break;
      case '&':
        text += std::to_string(drawn[1]);
        break;
      default:
        text += c;
    }
  }
  return text;
}

}  // namespace

std::string generate_rules(size_t count) {
  std::mt19937 random(20'260);
  const uint32_t weights = total_weight();
  std::string text(kPreamble);
  for (size_t i = 0; i < count; ++i) {
    const Template& row = pick(static_cast<uint32_t>(random() % weights));
    const std::array<uint32_t, 2> drawn = {static_cast<uint32_t>(random() % 256),
                                           static_cast<uint32_t>(random() % 256)};
    text += "- rule: Generated " + std::to_string(i) + "\n  desc: Benchmark\n  condition: >\n    " +
            filled(row.condition, i, drawn) +
            "\n  output: Generated (file=%fd.name command=%proc.cmdline)\n  priority: NOTICE\n";
  }
  return text;
}

}  // namespace saker::bench
