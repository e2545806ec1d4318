// SPDX-License-Identifier: Apache-2.0
#include "cmd/explain_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/loader.h"

namespace saker {
namespace {

LoadResult load(std::initializer_list<std::string_view> texts, LoadOptions options = {}) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string_view text : texts) {
    std::string name(1, static_cast<char>('a' + files.size()));
    files.push_back(std::make_shared<const SourceText>(name + ".yaml", std::string(text)));
  }
  options.describe = true;
  return load_rules(files, options);
}

std::string explain(const LoadResult& loaded, std::string_view rule) {
  EXPECT_NE(loaded.description, nullptr);
  return explain_rule(*loaded.description->find_rule(rule), *loaded.description, *loaded.rules);
}

std::string rule(const std::string& name, const std::string& condition,
                 const std::string& more = "") {
  return "- rule: " + name + "\n  desc: d\n  condition: " + condition +
         "\n  output: o\n  priority: Error\n" + more;
}

// The line of the explanation that starts with this word.
std::string line_of(const std::string& text, const std::string& label) {
  const size_t begin = text.find(label);
  return begin == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
}

constexpr std::string_view kShell =
    "Rule         Shell\n"
    "Description  A shell was started.\n"
    "Priority     Warning\n"
    "Source       syscall\n"
    "Tags         a, b\n"
    "Action       alert\n"
    "State        enabled by b.yaml:1\n"
    "\n"
    "Where it comes from:\n"
    "  a.yaml:9: defined\n"
    "  b.yaml:1: condition appended to, enabled replaced\n"
    "\n"
    "Condition, as written:\n"
    "  a.yaml:11:\n"
    "    spawned and not proc.pname exists\n"
    "  b.yaml:2:\n"
    "    and user.uid > 0\n"
    "\n"
    "Condition, macros and lists replaced:\n"
    "  and\n"
    "    and\n"
    "      and  # macro spawned\n"
    "        evt.type = execve\n"
    "        tolower(proc.name) in (sh, bash, zsh, a, b, c, d, e, and 1 more)"
    "  # macro is_shell\n"
    "      not proc.pname exists\n"
    "      user.uid > 0\n"
    "    not or  # exception known\n"
    "      and\n"
    "        proc.name = sh\n"
    "        fd.name startswith /t\n"
    "      and\n"
    "        proc.name = bash\n"
    "        fd.name startswith /x\n"
    "\n"
    "Events       execve\n"
    "Fields       evt.type, fd.name, proc.name, proc.pname, user.uid\n"
    "Operators    =, >, exists, in, startswith\n"
    "Transformers tolower\n"
    "\n"
    "Macros:\n"
    "  is_shell: a.yaml:6\n"
    "  spawned: a.yaml:8\n"
    "\n"
    "Lists:\n"
    "  names: 9 items, a.yaml:3\n"
    "  shells: 2 items, a.yaml:1\n"
    "\n"
    "Exceptions:\n"
    "  known: proc.name =, fd.name startswith: 2 values, a.yaml:16\n"
    "\n"
    "Output, as written:\n"
    "  a.yaml:12:\n"
    "    shell %proc.name\n"
    "Its fields   proc.name\n"
    "\n"
    "Decided in the kernel:\n"
    "  wholly   evt.type = execve  (the kind of event)\n"
    "  not      tolower(proc.name) in (sh, bash, zsh, a, b, c, d, e, and 1 more)\n"
    "  in part  proc.pname exists  (name of the parent)\n"
    "  not      user.uid > 0  (user id)\n"
    "  wholly   proc.name = sh  (process name)\n"
    "  not      fd.name startswith /t  (path)\n"
    "  wholly   proc.name = bash  (process name)\n"
    "  not      fd.name startswith /x  (path)\n"
    "\n"
    "What reaches user space:\n"
    "  execve: every event, whatever the rules are: the table of processes is kept by them\n"
    "\n"
    "When it is tried:\n"
    "  execve: when not proc.pname exists and user.uid > 0 and tolower(proc.name) in (sh, bash, "
    "zsh, a, b, c, d, e, and 1 more)\n"
    "\n"
    "Compiled to 8 tests:\n"
    "     #   if true  if false  test\n"
    "     0         1  no match  evt.type = execve  (shared with 1 other rule)\n"
    "     1         2  no match  tolower(proc.name) in (sh, bash, zsh, a, b, c, d, e, and "
    "1 more)\n"
    "     2  no match         3  proc.pname exists\n"
    "     3         4  no match  user.uid > 0\n"
    "     4         5         6  proc.name = sh\n"
    "     5  no match         6  fd.name startswith /t\n"
    "     6         7     match  proc.name = bash\n"
    "     7  no match     match  fd.name startswith /x\n";

TEST(ExplainText, ShowsWhereEachPartComesFrom) {
  const LoadResult loaded = load(
      {"- list: shells\n"
       "  items: [sh, bash]\n"
       "- list: names\n"
       "  items: [shells, zsh, a, b, c, d, e, f]\n"
       "- macro: is_shell\n"
       "  condition: tolower(proc.name) in (names)\n"
       "- macro: spawned\n"
       "  condition: (evt.type = execve and is_shell)\n"
       "- rule: Shell\n"
       "  desc: A shell was started.\n"
       "  condition: spawned and not proc.pname exists\n"
       "  output: shell %proc.name\n"
       "  priority: WARNING\n"
       "  tags: [b, a]\n"
       "  exceptions:\n"
       "    - {name: known, fields: [proc.name, fd.name], comps: [=, startswith], values: [[sh, /t]"
       ", [bash, /x]]}\n" +
           rule("Exec", "evt.type = execve"),
       "- rule: Shell\n"
       "  condition: and user.uid > 0\n"
       "  enabled: true\n"
       "  override: {condition: append, enabled: replace}\n"});
  EXPECT_EQ(explain(loaded, "Shell"), kShell);
}

TEST(ExplainText, ShowsEachNegation) {
  const LoadResult loaded = load({"- macro: other\n  condition: not proc.name = x\n" +
                                  rule("r", "evt.type = open and not other")});
  EXPECT_NE(explain(loaded, "r").find("\n    not not proc.name = x  # macro other\n"),
            std::string::npos);
}

TEST(ExplainText, TellsWhatTheRuleDoes) {
  struct Row {
    std::string more;
    EnforcementPolicy policy;
    std::string_view action;
  };
  std::array<std::string, EV_HOOKS> no_directories;
  no_directories[EV_HOOK_PATH_MKDIR] = "no BPF-LSM";
  const std::vector<Row> rows = {
      {"", {}, "alert"},
      {"  action: deny\n", {}, "deny, enforcement audit"},
      {"  action: kill\n", {.mode = Enforcement::kOn}, "kill, enforcement on"},
      {"  action: kill\n  enforcement: 'on'\n",
       {},
       "kill, enforcement audit; the rule asks for on, the configuration decides"},
      {"  action: deny\n",
       {.mode = Enforcement::kOn,
        .fallback = DenyFallback::kKill,
        .missing_hooks = no_directories,
        .kills_at_hooks = false},
       "kill, enforcement on; the rule asks for deny, enforcement.fallback decides"},
      {"  action: deny\n  enabled: false\n", {}, "deny"},
  };
  for (const Row& row : rows) {
    LoadOptions options;
    options.enforcement = row.policy;
    const LoadResult loaded = load({rule("r", "evt.type in (mkdir, mkdirat)", row.more)}, options);
    EXPECT_EQ(line_of(explain(loaded, "r"), "Action"), "Action       " + std::string(row.action));
  }
}

TEST(ExplainText, TellsWhereTheKernelActs) {
  const LoadResult loaded =
      load({rule("r",
                 "evt.type in (unlink, unlinkat, rmdir, init_module) and (evt.type = init_module"
                 " or fs.path.name startswith /etc/)",
                 "  action: deny\n")});
  EXPECT_NE(explain(loaded, "r")
                .find("\nDecided in the kernel, at:\n"
                      "  path_unlink: only when path is /etc/*\n"
                      "  path_rmdir: only when path is /etc/*\n"
                      "  kernel_load_data: every operation\n"),
            std::string::npos)
      << explain(loaded, "r");
}

TEST(ExplainText, TellsWhatDecidedTheState) {
  struct Row {
    std::string more;
    std::string_view change;  // a second file
    std::vector<RuleSelection> selection;
    std::string_view state;
  };
  const std::vector<Row> rows = {
      {"", "", {}, "State        enabled by default"},
      {"  enabled: false\n", "", {}, "State        disabled by a.yaml:1"},
      {"  enabled: false\n",
       "- {rule: r, enabled: true}\n",
       {},
       "State        enabled by b.yaml:1"},
      {"  enabled: false\n",
       "- {rule: r, desc: d, condition: evt.type = open, output: o, priority: INFO}\n",
       {},
       "State        enabled by default"},
      {"  tags: [x]\n",
       "",
       {{false, {RulePattern::By::kTag, {"x", nullptr, {}}}},
        {true, {RulePattern::By::kName, {"other", nullptr, {}}}}},
       "State        disabled by 'rules' of the configuration: disable tag 'x'"},
      {"  enabled: false\n",
       "",
       {{true, {RulePattern::By::kName, {"*", nullptr, {}}}}},
       "State        enabled by 'rules' of the configuration: enable rule '*'"},
      {"  source: aws\n", "", {}, "State        left out: nothing gives events of its source"},
  };
  for (const Row& row : rows) {
    LoadOptions options;
    options.selection = row.selection;
    const LoadResult loaded = load({rule("r", "evt.type = open", row.more), row.change}, options);
    EXPECT_EQ(line_of(explain(loaded, "r"), "State"), row.state) << row.more << row.change;
  }
}

TEST(ExplainText, NamesFewEventsAndCountsMany) {
  const LoadResult loaded = load({rule("all", "proc.name = x", "  warn_evttypes: false\n") +
                                  rule("none", "evt.type = open and evt.type = close") +
                                  rule("not", "evt.type != open", "  warn_evttypes: false\n")});
  EXPECT_EQ(line_of(explain(loaded, "all"), "Events"), "Events       all");
  EXPECT_EQ(line_of(explain(loaded, "none"), "Events"),
            "Events       none: the condition can never hold");
  const std::string many = line_of(explain(loaded, "not"), "Events");
  EXPECT_TRUE(many.ends_with(" in all)")) << many;
  EXPECT_LT(many.size(), 1000U);
}

TEST(ExplainText, StaysShortHoweverLongTheRuleIs) {
  std::string items;
  std::string values;
  std::string any = "proc.pid = 0";
  for (int i = 0; i < 100'000; ++i) {
    items += "item" + std::to_string(i) + ",";
  }
  for (int i = 1; i < 2'000; ++i) {
    any += " or proc.pid = " + std::to_string(i);
  }
  const LoadResult loaded =
      load({"- list: big\n  items: [" + items + "]\n" +
            rule("r", "evt.type = open and fd.name in (big) and (" + any + ")")});
  const std::string text = explain(loaded, "r");
  EXPECT_LT(text.size(), 100'000U);
  EXPECT_NE(text.find("item7, and 99992 more)"), std::string::npos) << text;
  EXPECT_NE(text.find("  big: 100000 items, a.yaml:1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nCompiled to 2002 tests:\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("  (1502 more lines)\n")) << text;
}

TEST(ExplainText, TellsWhatTheKernelDecides) {
  const LoadResult loaded =
      load({rule("r",
                 "(evt.type in (open, openat) and evt.is_open_write = true and fd.name in "
                 "(/etc/shadow, /etc/gshadow) and fd.filename glob s*) or (evt.type = bpf and "
                 "evt.arg.cmd = 5)")});
  const std::string text = explain(loaded, "r");
  const size_t begin = text.find("Decided in the kernel:\n");
  ASSERT_NE(begin, std::string::npos) << text;
  EXPECT_EQ(text.substr(begin, text.find("When it is tried") - begin),
            "Decided in the kernel:\n"
            "  wholly   evt.type in (open, openat)  (the kind of event)\n"
            "  wholly   evt.is_open_write = true  (open flags)\n"
            "  wholly   fd.name in (/etc/shadow, /etc/gshadow)  (path)\n"
            "  not      fd.filename glob s*  (path)\n"
            "  wholly   evt.type = bpf  (the kind of event)\n"
            "  not      evt.arg.cmd = 5\n"
            "\n"
            "What reaches user space:\n"
            "  open, openat: only when opened for writing and path is /etc/gshadow or /etc/shadow; "
            "the kernel cannot compare: fd.filename glob s*\n"
            "  bpf: every event, because the kernel cannot compare: evt.arg.cmd = 5\n"
            "\n");
}

TEST(ExplainText, TellsWhenARuleIsTried) {
  const std::string two =
      rule("Two",
           "(evt.type = open and evt.is_open_write = true and fd.name in (/etc/shadow, "
           "/etc/gshadow)) or (evt.type in (unlink, rmdir) and (fs.path.name startswith "
           "/etc/ or proc.name = rm))");
  const std::string others =
      rule("Each", "evt.type = close and not proc.name = cat") +
      rule("Never", "evt.type = open and fd.name in ()") +
      rule("Write", "evt.type = open and evt.is_open_write = true and user.uid != 7") +
      rule("Write too", "evt.type = open and evt.is_open_write = true and fd.name = /x");
  const LoadResult loaded = load({two + others});
  const auto section = [&](std::string_view name) {
    const std::string text = explain(loaded, name);
    const size_t begin = text.find("When it is tried:\n");
    return begin == std::string::npos ? "" : text.substr(begin, text.find("\n\n", begin) - begin);
  };
  EXPECT_EQ(
      section("Two"),
      "When it is tried:\n"
      "  open: when evt.is_open_write = true; found by fd.name in (/etc/shadow, /etc/gshadow)\n"
      "  rmdir, unlink: found by fs.path.name startswith /etc/ or proc.name = rm");
  EXPECT_EQ(section("Each"),
            "When it is tried:\n  close: for each of them, since a match requires nothing rare");
  EXPECT_EQ(section("Write"), "When it is tried:\n  open: when evt.is_open_write = true");
  EXPECT_EQ(section("Never"), "");
}

TEST(ExplainText, HostileTextsAreHarmless) {
  const LoadResult loaded =
      load({"- rule: \"a\\e[31m\\u202e\"\n  desc: \"d\\e\"\n  condition: evt.type = open and "
            "fd.name = \"\\x1b[2J\"\n  output: \"o\\e\"\n  priority: INFO\n  tags: [\"t\\e\"]\n"});
  const std::string text = explain(loaded, "a\x1b[31m\xe2\x80\xae");
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\n' || static_cast<uint8_t>(c) >= 0x20;
  })) << text;
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
}

}  // namespace
}  // namespace saker
