// SPDX-License-Identifier: Apache-2.0
// What becomes of conditions of rules that deny: exact clauses for each hook, or an error.
#include "engine/filter/acting_check.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/describe.h"
#include "engine/rules/loader.h"

namespace saker::filter {
namespace {

LoadResult load(const std::vector<std::string>& conditions, std::string_view action = "deny",
                bool kills_at_hooks = true) {
  std::string text;
  for (const std::string& condition : conditions) {
    text += "- rule: r" + std::to_string(text.size()) + "\n  desc: d\n  condition: >\n    " +
            condition + "\n  output: o\n  priority: INFO\n  action: " + std::string(action) + "\n";
  }
  LoadOptions options;
  options.describe = true;
  options.enforcement.mode = Enforcement::kOn;
  options.enforcement.kills_at_hooks = kills_at_hooks;
  return load_rules({std::make_shared<const SourceText>("a.yaml", std::move(text))}, options);
}

// "path_unlink: [path is /x] [user id is 0]", a line for each hook; or the errors.
std::string outcome_of(const LoadResult& loaded) {
  std::string text;
  if (loaded.description == nullptr) {
    for (const Diagnostic& diagnostic : loaded.diagnostics.items()) {
      if (diagnostic.severity != Severity::kError) {
        continue;
      }
      const std::string marked(diagnostic.source->text().substr(
          diagnostic.span.begin, diagnostic.span.end - diagnostic.span.begin));
      text +=
          (text.empty() ? "" : "\n") + marked + ": " + diagnostic.message + "; " + diagnostic.hint;
    }
    return text;
  }
  for (const ActingConditions::Place& place : loaded.description->rules.front().filter.acts_at) {
    text += (text.empty() ? "" : "\n") + std::string(place.name) + ":";
    for (const std::vector<std::string>& clause : place.clauses) {
      text += " [";
      for (const std::string& demand : clause) {
        text += (text.ends_with('[') ? "" : "; ") + demand;
      }
      text += ']';
    }
  }
  return text;
}

struct Row {
  std::string condition;
  std::string outcome;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(outcome_of(load({row.condition})), row.outcome) << row.condition;
  }
}

const std::string kOpen = "evt.type in (open, openat, openat2) and ";
const std::string kExec = "evt.type in (execve, execveat) and ";
const std::string kConnect = "evt.type = connect and fd.typechar in (4, 6) and ";

TEST(ActingCheck, ClausesOfOpens) {
  check({
      {kOpen + "fd.name = /etc/shadow", "file_open: [path is /etc/shadow]"},
      {kOpen + "fs.path.name startswith /etc/", "file_open: [path is /etc/*]"},
      {kOpen + "fd.name pmatch (/etc, /usr)", "file_open: [path is one of 4]"},
      {kOpen + "not fd.name in (/a, /b)", "file_open: [path is not /a or /b]"},
      {kOpen + "fd.name endswith .so", "file_open: [fd.name endswith .so]"},
      {kOpen + "evt.is_open_write = true and fd.typechar = f and fd.num >= 0 and evt.dir = <",
       "file_open: [opened for writing; file is not a directory or an anonymous file]"},
      {kOpen + "(evt.rawres >= 0 or evt.res = EINPROGRESS) and user.uid != 0",
       "file_open: [user id is not 0]"},
      {kOpen + "container.id != host and proc.name in (sh, bash)",
       "file_open: [in a container; process name is bash or sh]"},
      {kOpen + "(fd.name = /a or proc.pname = x)",
       "file_open: [name of the parent is x] [path is /a]"},
      {kOpen + "proc.exepath startswith /usr/", "file_open: [executable is /usr/*]"},
      {kOpen + "evt.is_open_create = true", "file_open: [creates the file]"},
      {kOpen + "proc.name = a-name-of-more-than-15-bytes", ""},
      {kOpen + "evt.failed = true", ""},
  });
}

TEST(ActingCheck, ClausesOfOtherHooks) {
  check({
      {kExec + "proc.exepath startswith /tmp/", "bprm_check_security: [path is /tmp/*]"},
      {kExec + "evt.rawres = 0 and proc.exepath startswith /tmp/",
       "bprm_check_security: [path is /tmp/*]"},
      {kExec + "proc.exepath endswith .sh", "bprm_check_security: [proc.exepath endswith .sh]"},
      {kExec + "(proc.is_exe_from_memfd = true or proc.is_exe_upper_layer = true)",
       "bprm_check_security: [executable is in memory only or executable is in the upper layer]"},
      {"evt.type in (rename, renameat, renameat2) and fs.path.source = /a and fs.path.target "
       "startswith /b/",
       "path_rename: [path is /a; second path is /b/*]"},
      {"evt.type in (link, linkat) and fs.path.source = /new and fs.path.target = /old",
       "path_link: [path is /old; second path is /new]"},
      {"evt.type in (unlink, unlinkat, rmdir) and fs.path.name = /a",
       "path_unlink: [path is /a]\npath_rmdir: [path is /a]"},
      {"evt.type in (mknod, mknodat) and evt.arg.mode contains S_IFCHR and fs.path.name = /a",
       "path_mknod: [file is a character device or a block device or a symbolic link; path is /a]"},
      {"evt.type in (init_module, finit_module)", "kernel_read_file: []\nkernel_load_data: []"},
      {"evt.type = socket and evt.arg.domain contains AF_ALG", "socket_create: [number is 38]"},
      {"evt.type in (kill, tkill, tgkill) and evt.arg.sig in (SIGKILL, SIGSTOP)",
       "task_kill: [number is 19 or 9]"},
      {"evt.type in (chmod, fchmod, fchmodat) and evt.arg.mode contains S_ISUID",
       "path_chmod: [number is one of 2048]"},
      {"evt.type in (chmod, fchmod, fchmodat) and evt.arg.mode = S_ISUID",
       "path_chmod: [number is 2048]"},
      {"evt.type = bpf and evt.arg.cmd = BPF_PROG_LOAD", "bpf: [number is 5]"},
      {"evt.type = capable and evt.arg.cap in (CAP_CHOWN, CAP_SYS_ADMIN)",
       "capable: [number is 0 or 21]"},
      {"evt.type = kernel_module_request and user.uid != 0",
       "kernel_module_request: [user id is not 0]"},
      {"evt.type = mmap and evt.arg.prot contains PROT_EXEC and fd.name startswith /tmp/",
       "mmap_file: [path is /tmp/*]"},
      {"evt.type = ptrace and evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)",
       "ptrace_access_check: []"},
      {kConnect + "fd.rip = 169.254.169.254 and fd.rport = 80",
       "socket_connect: [number is 80; address is 169.254.169.254]"},
      {kConnect + "fd.rnet in (10.0.0.0/8, fd00::/8)",
       "socket_connect: [address is 10.0.0.0/8 or fd00::/8]"},
      {kConnect + "not fd.snet in (127.0.0.0/8)", "socket_connect: [address is not 127.0.0.0/8]"},
      {"evt.type = connect and fd.rip = ::1", "socket_connect: [address is ::1]"},
      {"evt.type = connect and fd.typechar = 4", "socket_connect: [address is 0.0.0.0/0]"},
  });
}

TEST(ActingCheck, SaysWhatIsNotExactAndWhatIs) {
  const std::string_view kPaths =
      "exact are: =, !=, in, startswith, endswith, contains, and pmatch without wildcards";
  check({
      {kOpen + "proc.cmdline contains x",
       "proc.cmdline contains x: 'proc.cmdline contains' cannot be decided at hook file_open; ask "
       "for proc.exepath, proc.name or proc.pname"},
      {kOpen + "fd.nameraw contains ../",
       "fd.nameraw contains ../: 'fd.nameraw contains' cannot be decided at hook file_open; ask "
       "for fd.name, the path that the kernel works on"},
      {kOpen + "fd.name regex /etc/.*",
       "fd.name regex /etc/.*: 'fd.name regex' cannot be decided at hook file_open; " +
           std::string(kPaths)},
      {kOpen + "fd.name pmatch (/etc/*/x)",
       "fd.name pmatch (/etc/*/x): 'fd.name pmatch' cannot be decided at hook file_open; " +
           std::string(kPaths)},
      {kOpen + "fd.directory = /etc",
       "fd.directory = /etc: 'fd.directory =' cannot be decided at hook file_open; ask for "
       "fd.name startswith DIRECTORY/"},
      {kOpen + "fd.filename = shadow",
       "fd.filename = shadow: 'fd.filename =' cannot be decided at hook file_open; ask for fd.name "
       "endswith /NAME"},
      {kOpen + "user.name = root",
       "user.name = root: 'user.name =' cannot be decided at hook file_open; ask for user.uid"},
      {kOpen + "user.uid > 1000",
       "user.uid > 1000: 'user.uid >' cannot be decided at hook file_open; exact are: =, != and "
       "in"},
      {kOpen + "container.id = 0123456789ab",
       "container.id = 0123456789ab: 'container.id =' cannot be decided at hook file_open; exact "
       "are: = and != with host"},
      {kOpen + "evt.rawres = 3",
       "evt.rawres = 3: 'evt.rawres =' cannot be decided at hook file_open; exact are: whether it "
       "succeeded"},
  });
}

TEST(ActingCheck, SaysWhatEachHookKnows) {
  const std::string_view kPaths =
      "exact are: =, !=, in, startswith, endswith, contains, and pmatch without wildcards";
  check({
      // What is known does not make up for what is not.
      {kOpen + "fd.name = /a and (proc.aname = x or user.uid = 0)",
       "proc.aname = x: 'proc.aname =' cannot be decided at hook file_open; ask for proc.exepath, "
       "proc.name or proc.pname"},
      {kExec + "fd.name = /a",
       "fd.name = /a: 'fd.name =' cannot be decided at hook bprm_check_security; ask for "
       "proc.exepath"},
      {"evt.type in (unlink, unlinkat, rmdir) and fd.name = /a",
       "fd.name = /a: 'fd.name =' cannot be decided at hook path_unlink; ask for fs.path.name"},
      {kConnect + "fd.ip = 10.0.0.1",
       "fd.ip = 10.0.0.1: 'fd.ip =' cannot be decided at hook socket_connect; ask for fd.rip"},
      {kConnect + "fd.l4proto = tcp",
       "fd.l4proto = tcp: 'fd.l4proto =' cannot be decided at hook socket_connect; ask for "
       "fd.typechar"},
      {"evt.type in (rename, renameat, renameat2) and fs.path.target endswith .so",
       "fs.path.target endswith .so: 'fs.path.target endswith' cannot be decided at hook "
       "path_rename; exact are: =, !=, in, startswith, and pmatch without wildcards"},
      {kOpen + "proc.exepath contains python",
       "proc.exepath contains python: 'proc.exepath contains' cannot be decided at hook file_open; "
       "exact are: =, !=, in, startswith, and pmatch without wildcards"},
      {"evt.type = bpf and evt.arg.cmd contains BPF_PROG and evt.arg.fd = 3",
       "evt.arg.fd = 3: 'evt.arg.fd =' cannot be decided at hook bpf; known there: evt.arg.cmd, "
       "proc.name, proc.pname, proc.exepath, user.uid, container.id, evt.type, evt.res and "
       "evt.rawres"},
      {kOpen + "fd.name startswith /" + std::string(254, 'a'),
       "fd.name startswith /" + std::string(254, 'a') +
           ": 'fd.name startswith' cannot be decided at hook file_open; " + std::string(kPaths)},
  });
}

TEST(ActingCheck, SaysWhichEventsBelongTogether) {
  check({
      {"evt.type = openat and fd.name = /a",
       "evt.type = openat: hook file_open cannot tell open, openat and openat2 apart, and the "
       "condition does: it is about openat; ask the same of all: evt.type in (open, openat, "
       "openat2)"},
      {"evt.type in (unlink, unlinkat) and fs.path.name = /a",
       "evt.type in (unlink, unlinkat): hook path_rmdir cannot tell rmdir and unlinkat apart, and "
       "the condition does: it is about unlinkat; ask the same of all: evt.type in (rmdir, "
       "unlinkat)"},
      {"(evt.type in (open, openat) and fd.name = /a) or (evt.type = openat2 and fd.name = /b)",
       "evt.type in (open, openat): hook file_open cannot tell open, openat and openat2 apart, and "
       "the condition does: it is about open, openat and openat2; ask the same of all: evt.type in "
       "(open, openat, openat2)"},
      {"evt.type = creat and fd.name = /a",
       "evt.type = creat: hook file_open decides about creat together with open, openat and "
       "openat2; name these, too: evt.type in (open, openat, openat2)"},
      {"evt.type in (open, openat, openat2, creat) and fd.name = /a", "file_open: [path is /a]"},
      {"evt.type in (connect, sendto) and fd.rip = 10.0.0.1",
       "socket_connect: [address is 10.0.0.1]"},
      {"evt.type in (sendto, read) and fd.rip = 10.0.0.1",
       "evt.type in (sendto, read): hook socket_connect decides about sendto together with "
       "connect; name these, too: evt.type in (connect)\nevt.type in (sendto, read): no hook "
       "decides about read; name events that hooks decide about: `saker list hooks` has them"},
      {"evt.type in (read, write) and fd.name = /a",
       "evt.type in (read, write): no hook decides about read and write; name events that hooks "
       "decide about: `saker list hooks` has them"},
      {"fd.name = /a",
       "fd.name = /a: the condition is not limited to operations that the kernel decides about; "
       "name events that hooks decide about: `saker list hooks` has them"},
      {"evt.type = mmap and fd.name = /a",
       "evt.type = mmap: hook mmap_file sees executable mappings only; ask for them: evt.arg.prot "
       "contains PROT_EXEC"},
      {"evt.type = connect and proc.name = curl",
       "evt.type = connect: hook socket_connect sees IPv4 and IPv6 addresses only; ask for them: "
       "fd.typechar in (4, 6)"},
      {"evt.type = connect and not fd.rip = 10.0.0.1",
       "evt.type = connect: hook socket_connect sees IPv4 and IPv6 addresses only; ask for them: "
       "fd.typechar in (4, 6)"},
      {"evt.type = ptrace and proc.name = gdb",
       "evt.type = ptrace: hook ptrace_access_check sees attaching only; ask for them: "
       "evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)"},
      {"evt.type in (mknod, mknodat) and proc.name = x",
       "evt.type in (mknod, mknodat): hook path_mknod cannot tell a regular file that is made from "
       "one that an open creates; leave them out: not evt.arg.mode contains S_IFREG"},
      {"evt.type in (mknod, mknodat) and not evt.arg.mode contains S_IFREG",
       "path_mknod: [file is not a regular file or a socket or a symbolic link]"},
  });
}

TEST(ActingCheck, AConditionOverSeveralEventsIsCompiledForEachHook) {
  check({
      {"(evt.type in (open, openat, openat2) and fd.name = /a) or (evt.type in (rename, renameat, "
       "renameat2) and fs.path.source = /a) or (evt.type in (unlink, unlinkat, rmdir) and "
       "fs.path.name = /a)",
       "file_open: [path is /a]\npath_unlink: [path is /a]\npath_rmdir: [path is /a]\n"
       "path_rename: [path is /a]"},
  });
}

TEST(ActingCheck, KillsWithoutHooksAreDecidedWhenTheCallReturns) {
  const auto outcome = [](const std::string& condition) {
    return outcome_of(load({condition}, "kill", false));
  };
  EXPECT_EQ(outcome("evt.type in (open, openat) and fd.name = /a and evt.is_open_write = true and "
                    "fd.typechar = f and proc.exepath = /b"),
            "open: [opened for writing; file is not a directory or an anonymous file; path is /a; "
            "executable is /b]\nopenat: [opened for writing; file is not a directory or an "
            "anonymous file; path is /a; executable is /b]");
  EXPECT_EQ(outcome("evt.type = openat2 and evt.is_open_write = true"),
            "evt.is_open_write = true: 'evt.is_open_write =' cannot be decided when openat2 has "
            "returned; the arguments of this call do not tell");
  EXPECT_EQ(outcome("evt.type = capable"),
            "evt.type = capable: no hook decides about capable; name events that hooks decide "
            "about: `saker list hooks` has them");
  EXPECT_EQ(outcome("evt.type = procexit"),
            "evt.type = procexit: no hook decides about procexit; name events that hooks decide "
            "about: `saker list hooks` has them");
}

TEST(ActingCheck, ShowsThePlace) {
  const LoadResult loaded =
      load({"evt.type in (open, openat, openat2) and fd.nameraw contains ../"});
  ASSERT_EQ(loaded.diagnostics.items().size(), 1U);
  EXPECT_EQ(render(loaded.diagnostics.items().front()),
            "a.yaml:4:45-67: error: 'fd.nameraw contains' cannot be decided at hook file_open "
            "[LOAD_ERR_ENFORCEMENT]\n"
            "  evt.type in (open, openat, openat2) and fd.nameraw contains ../\n"
            "                                          ~~~~~~~~~~~~~~~~~~~~~~~\n"
            "hint: ask for fd.name, the path that the kernel works on");
}

}  // namespace
}  // namespace saker::filter
