// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/enforcement_policy.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/rules/harness.h"

namespace saker {
namespace {

using test::load;
using test::rendered;
using test::rule;

constexpr Enforcement kOff = Enforcement::kOff;
constexpr Enforcement kAudit = Enforcement::kAudit;
constexpr Enforcement kOn = Enforcement::kOn;

EnforcementSelection by_name(Enforcement mode, std::string pattern) {
  return {mode, {RulePattern::By::kName, {std::move(pattern), nullptr, {}}}};
}

EnforcementSelection by_tag(Enforcement mode, std::string tag) {
  return {mode, {RulePattern::By::kTag, {std::move(tag), nullptr, {}}}};
}

TEST(EnforcementPolicy, ConfigurationGoesBeforeTheRuleAndTheModeBoundsBoth) {
  struct Row {
    Enforcement mode;
    std::optional<Enforcement> rule;
    std::vector<EnforcementSelection> selections;
    Enforcement result;
  };
  RuleDefinition definition;
  definition.name.value = "Shell started";
  definition.tags = {{"ready", nullptr, {}}};
  const std::vector<Row> rows = {
      {kOff, {}, {}, kOff},
      {kAudit, {}, {}, kAudit},
      {kOn, {}, {}, kOn},
      {kOn, kAudit, {}, kAudit},
      {kOn, kOff, {}, kOff},
      {kAudit, kOn, {}, kAudit},
      {kOff, kOn, {by_name(kOn, "*")}, kOff},
      {kOn, kOff, {by_name(kOn, "Shell*")}, kOn},
      {kOn, {}, {by_name(kAudit, "*"), by_tag(kOn, "ready")}, kOn},
      {kOn, {}, {by_tag(kOn, "ready"), by_name(kAudit, "*")}, kAudit},
      {kOn, {}, {by_name(kOff, "shell started"), by_tag(kOff, "read")}, kOn},
      {kAudit, {}, {by_tag(kOff, "ready")}, kOff},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    definition.enforcement = rows[i].rule;
    const EnforcementPolicy policy{.mode = rows[i].mode, .rules = rows[i].selections};
    EXPECT_EQ(policy.mode_of(definition), rows[i].result) << "row " << i;
  }
}

// Events that one hook decides about.
constexpr std::string_view kUnlinks = "evt.type in (unlink, unlinkat, rmdir)";

TEST(Loader, NothingIsRefusedUnlessTheConfigurationSaysSo) {
  const LoadResult loaded = load({rule("one", kUnlinks, "  action: deny\n  enforcement: on\n") +
                                  rule("two", "evt.type = close")});
  EXPECT_EQ(rendered(loaded), "");
  const std::vector<Rule>& rules = loaded.rules->rules();
  EXPECT_EQ(rules[0].action, RuleAction::kDeny);
  EXPECT_EQ(rules[0].enforcement, kAudit);
  EXPECT_TRUE(rules[0].acts());
  EXPECT_FALSE(rules[1].acts());
}

// Only these can be had.
std::array<std::string, EV_HOOKS> all_missing_but(const std::vector<ev_hook>& hooks) {
  std::array<std::string, EV_HOOKS> missing;
  missing.fill("it has no BPF-LSM");
  for (const ev_hook hook : hooks) {
    missing[hook].clear();
  }
  return missing;
}

TEST(Loader, DenyWithoutTheKernelsHelpIsWhatTheConfigurationSays) {
  struct Row {
    std::string_view key;
    Enforcement mode;
    DenyFallback fallback;
    std::string_view findings;
    RuleAction action;
    bool acts;
  };
  for (const Row& row : {
           Row{"deny", kOff, DenyFallback::kError, "", RuleAction::kDeny, false},
           Row{"deny", kOn, DenyFallback::kKill, "", RuleAction::kKill, true},
           Row{"kill", kOn, DenyFallback::kError, "", RuleAction::kKill, true},
           Row{"deny", kOn, DenyFallback::kAlert,
               "a.yaml:1:9: warning: the rule only alerts: the kernel cannot be asked at "
               "file_open: it "
               "has no BPF-LSM [LOAD_NOT_ENFORCED]\n  - rule: r\n          ~\n",
               RuleAction::kDeny, false},
           Row{"deny", kAudit, DenyFallback::kError,
               "a.yaml:1:9: warning: the rule only alerts: the kernel cannot be asked at "
               "file_open: it "
               "has no BPF-LSM [LOAD_NOT_ENFORCED]\n  - rule: r\n          ~\n",
               RuleAction::kDeny, false},
       }) {
    LoadOptions options;
    options.enforcement = {.mode = row.mode,
                           .fallback = row.fallback,
                           .missing_hooks = all_missing_but({}),
                           .kills_at_hooks = false};
    const LoadResult loaded =
        load({rule("r", "evt.type = open", "  action: " + std::string(row.key) + "\n")}, options);
    EXPECT_EQ(rendered(loaded), row.findings);
    ASSERT_NE(loaded.rules, nullptr);
    EXPECT_EQ(loaded.rules->rules()[0].action, row.action);
    EXPECT_EQ(loaded.rules->rules()[0].acts(), row.acts);
  }
  LoadOptions options;
  options.enforcement = {.mode = kOn, .missing_hooks = all_missing_but({})};
  const LoadResult refused = load({rule("r", "evt.type = open", "  action: deny\n")}, options);
  EXPECT_EQ(refused.rules, nullptr);
  EXPECT_EQ(rendered(refused),
            "a.yaml:1:9: error: the kernel cannot be asked at file_open: it has no BPF-LSM "
            "[LOAD_ERR_ENFORCEMENT]\n"
            "  - rule: r\n"
            "          ~\n"
            "hint: 'enforcement.fallback' of the configuration says what comes instead\n");
}

TEST(Loader, DeniesAtTheHooksThatThereAre) {
  struct Row {
    std::string_view condition;
    std::string_view error;  // empty: it denies
  };
  LoadOptions options;
  options.enforcement = {
      .mode = kOn,
      .missing_hooks = all_missing_but({EV_HOOK_SOCKET_CONNECT, EV_HOOK_SOCKET_BIND}),
      .kills_at_hooks = false};
  for (const Row& row : {
           Row{"evt.type = connect and fd.typechar in (4, 6)", ""},
           Row{"evt.type in (connect, sendto) and fd.typechar in (4, 6)", ""},
           Row{"evt.type = bind and fd.typechar in (4, 6)", ""},
           Row{"evt.type in (connect, unlink, unlinkat, rename) and fd.typechar in (4, 6)",
               "the kernel cannot be asked at path_unlink, path_rmdir, path_rename: it has no "
               "BPF-LSM"},
           Row{"evt.type = connect", "hook socket_connect sees IPv4 and IPv6 addresses only"},
           Row{"evt.type = connect and fd.typechar = u",
               "hook socket_connect sees IPv4 and IPv6 addresses only"},
       }) {
    const LoadResult loaded = load({rule("r", row.condition, "  action: deny\n")}, options);
    const auto& findings = loaded.diagnostics.items();
    EXPECT_EQ(findings.empty() ? "" : findings.front().message, row.error) << row.condition;
    EXPECT_EQ(loaded.rules != nullptr, row.error.empty()) << row.condition;
  }
}

// Programs of cgroups cannot kill.
TEST(Loader, KillsWhenTheCallHasReturnedWhereNoHookCanKill) {
  LoadOptions options;
  options.enforcement = {.mode = kOn,
                         .missing_hooks = all_missing_but({EV_HOOK_SOCKET_CONNECT}),
                         .kills_at_hooks = false};
  const LoadResult loaded =
      load({rule("r", "evt.type = connect and proc.name = nc", "  action: kill\n")}, options);
  EXPECT_EQ(rendered(loaded), "");
  ASSERT_NE(loaded.rules, nullptr);
  const EventCatalog& events = EventCatalog::builtin();
  const auto code = static_cast<EventCode>(events.find("connect")._Find_first());
  const KernelFilter& filter = loaded.rules->filter();
  EXPECT_NE(filter.calls[static_cast<size_t>(events.def(code).syscall_nr)].kill, 0);
  EXPECT_EQ(filter.hooks[EV_HOOK_SOCKET_CONNECT].groups[EV_ACT_KILL], 0);
}

TEST(Loader, WarnsOfEnforcementThatMeansNothing) {
  EXPECT_EQ(test::findings({rule("r", "evt.type = open", "  enforcement: on\n")}),
            "a.yaml:1:9: warning: there is nothing to enforce: the rule only alerts "
            "[LOAD_NOT_ENFORCED]\n"
            "  - rule: r\n"
            "          ~\n"
            "hint: give it 'action: deny' or 'action: kill'\n");
  const auto config = std::make_shared<const SourceText>("saker.yaml", "on: {rule: Sheell}");
  LoadOptions options;
  options.enforcement.rules = {{kOn, {RulePattern::By::kName, {"Sheell", config, {11, 17}}}}};
  EXPECT_EQ(rendered(load({rule("Shell", "evt.type = open")}, options)),
            "saker.yaml:1:12-17: warning: no rule is called 'Sheell'; enforcement stays as it is\n"
            "  on: {rule: Sheell}\n"
            "             ~~~~~~\n"
            "hint: did you mean 'Shell'?\n");
}

TEST(Loader, UnknownActionsAreShown) {
  EXPECT_EQ(test::findings({rule("r", "evt.type = open", "  action: denny\n")}),
            "a.yaml:6:11-15: error: unknown action 'denny' [LOAD_ERR_YAML_VALIDATE]\n"
            "  action: denny\n"
            "          ~~~~~\n"
            "hint: did you mean 'deny'?\n");
  EXPECT_EQ(test::findings({rule("r", "evt.type = open", "  enforcement: strict\n")}),
            "a.yaml:6:16-21: error: unknown enforcement 'strict' [LOAD_ERR_YAML_VALIDATE]\n"
            "  enforcement: strict\n"
            "               ~~~~~~\n"
            "hint: it is one of off, audit, on\n");
}

}  // namespace
}  // namespace saker
