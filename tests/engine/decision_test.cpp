// SPDX-License-Identifier: Apache-2.0
// Records of what the kernel decided, on their way through decoding, state, rules and alerts.
#include "engine/decision.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "engine/matcher.h"
#include "engine/record_writer.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"

namespace saker {
namespace {

constexpr uint32_t kAfterCall = EV_HOOK_AFTER_CALL;

uint32_t flags_of(uint32_t decision, uint32_t hook) {
  return decision << EV_SYSF_DECISION_SHIFT | hook << EV_SYSF_HOOK_SHIFT;
}

std::string rule(std::string_view name, std::string_view condition, std::string_view more = "",
                 std::string_view output = "o") {
  return "- rule: " + std::string(name) + "\n  desc: d\n  condition: " + std::string(condition) +
         "\n  output: \"" + std::string(output) + "\"\n  priority: Error\n" + std::string(more);
}

constexpr std::string_view kOpens = "evt.type in (open, openat, openat2)";
constexpr std::string_view kExecs = "evt.type in (execve, execveat)";

std::string opens(std::string_view condition) {
  return std::string(kOpens) + " and " + std::string(condition);
}

// Takes records as the loop of the data path does, and gives the alerts as text.
class Path {
 public:
  explicit Path(const std::string& yaml, const LoadOptions& options = {})
      : rules_(load_rules({std::make_shared<const SourceText>("d.yaml", yaml)}, options).rules),
        matcher_(rules_) {}

  // "NAME: MESSAGE" of each, one per line.
  std::string take(std::span<const std::byte> record) {
    EXPECT_EQ(event_.decode(record), DecodeError::kNone);
    tracker_.apply(event_);
    const auto matched = matcher_.match(event_);
    event_.show_outcome();
    std::string text;
    for (const uint32_t index : matched) {
      const auto alert = describe(event_, rules_->rules()[index]);
      text += alert->rule + ": " + alert->message + '\n';
    }
    tracker_.finish(event_);
    return text;
  }

  std::string take_open(std::string_view path, uint32_t flags, int64_t result = 0) {
    ev_task task{};
    task.pid = task.tid = 7;
    task.start_boot_ns = 1;
    std::string_view("cat").copy(task.comm, sizeof(task.comm));
    writer_.begin(EV_SYSCALL, 2, task);
    ev_syscall body{};
    body.nr = __NR_openat;
    body.flags = flags;
    body.ret = result;
    writer_.body(body);
    writer_.file(0, ev_file{}, path);
    return take(writer_.finish());
  }

  std::string take_exec(std::string_view path, uint32_t flags) {
    writer_.begin(EV_SYSCALL, 2, ev_task{});
    ev_syscall body{};
    body.nr = __NR_execve;
    body.flags = flags;
    writer_.body(body);
    writer_.file(0, ev_file{}, path);
    writer_.section(EV_SEC_STRING, 0, path);
    return take(writer_.finish());
  }

  const RuleSet& rules() const { return *rules_; }

 private:
  std::shared_ptr<const RuleSet> rules_;
  Matcher matcher_;
  Tracker tracker_{Tracker::Options{}};
  RecordWriter writer_;
  Event event_;
};

LoadOptions enforcing(RuleMatching matching = RuleMatching::kFirst) {
  LoadOptions options;
  options.enforcement.mode = Enforcement::kOn;
  options.matching = matching;
  return options;
}

TEST(Decision, OutOfBoundsIsRefused) {
  RecordWriter writer;
  Event event;
  for (const uint32_t flags :
       {flags_of(EV_DECISIONS, 0), flags_of(255, 0), flags_of(EV_DECISION_DENIED, kAfterCall + 1),
        flags_of(EV_DECISION_UNDECIDED, 255)}) {
    writer.begin(EV_SYSCALL, 1, ev_task{});
    ev_syscall body{};
    body.flags = flags;
    writer.body(body);
    EXPECT_EQ(event.decode(writer.finish()), DecodeError::kBadDecision) << flags;
  }
}

TEST(Decision, EachHasAName) {
  std::set<std::string_view> names;
  for (int decision = 1; decision < EV_DECISIONS; ++decision) {
    EXPECT_TRUE(names.insert(to_string(static_cast<ev_decision>(decision))).second);
  }
  for (uint32_t hook = 0; hook <= kAfterCall; ++hook) {
    EXPECT_TRUE(names.insert(hook_name(hook)).second) << hook;
  }
  EXPECT_FALSE(names.contains(""));
}

TEST(Decision, RulesThatActAreTriedOnDecisionsAndOthersOnTheRest) {
  Path path(rule("Denied", opens("fd.name = /etc/shadow"), "  action: deny\n") +
                rule("Opened", opens("fd.name startswith /etc/")),
            enforcing());
  EXPECT_EQ(path.take_open("/etc/shadow", 0), "Opened: o\n");
  EXPECT_EQ(path.take_open("/etc/shadow", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)),
            "Denied: o decision=denied hook=file_open\n");
  EXPECT_EQ(path.take_open("/etc/group", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)), "");
}

TEST(Decision, WithoutEnforcementRulesOnlyAlert) {
  LoadOptions options;
  options.enforcement.mode = Enforcement::kOff;
  Path path(rule("Denied", opens("fd.name = /etc/shadow"), "  action: deny\n"), options);
  EXPECT_EQ(path.take_open("/etc/shadow", 0), "Denied: o\n");
  EXPECT_EQ(path.take_open("/etc/shadow", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)), "");
}

// The kernel does not order rules by their files.
TEST(Decision, IsOfARuleThatCanHaveMadeIt) {
  const std::string rules =
      rule("Audited", opens("fd.name startswith /etc/"), "  action: deny\n  enforcement: audit\n") +
      rule("Denied", opens("fd.name startswith /etc/"), "  action: deny\n") +
      rule("Killed", opens("fd.name startswith /etc/"), "  action: kill\n") +
      rule("Kill audited", opens("fd.name startswith /etc/"),
           "  action: kill\n  enforcement: audit\n");
  struct Row {
    ev_decision decision;
    std::string_view alerts;
  };
  for (const Row& row : {
           Row{EV_DECISION_DENIED, "Denied: o decision=denied hook=file_open\n"},
           Row{EV_DECISION_KILLED, "Killed: o decision=killed hook=file_open\n"},
           Row{EV_DECISION_WOULD_DENY, "Audited: o decision=would_deny hook=file_open\n"},
           Row{EV_DECISION_WOULD_KILL, "Kill audited: o decision=would_kill hook=file_open\n"},
           Row{EV_DECISION_UNDECIDED, "Audited: o decision=undecided hook=file_open\n"},
       }) {
    Path path(rules, enforcing());
    EXPECT_EQ(path.take_open("/etc/x", flags_of(row.decision, EV_HOOK_FILE_OPEN)), row.alerts);
  }
  Path all(rules, enforcing(RuleMatching::kAll));
  EXPECT_EQ(all.take_open("/etc/x", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)),
            "Denied: o decision=denied hook=file_open\n");
}

TEST(Decision, MayBeOfAnotherModeInAReplay) {
  Path path(rule("Denied", opens("fd.name = /etc/shadow"), "  action: deny\n"));
  EXPECT_EQ(path.take_open("/etc/shadow", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)),
            "Denied: o decision=denied hook=file_open\n");
}

TEST(Decision, RulesAreAskedAboutSuccessAndAlertsTellWhatHappened) {
  constexpr std::string_view kOutput =
      "%evt.res %evt.rawres %evt.failed %fd.num %fd.name %evt.decision";
  Path path(rule("r", opens("evt.res = SUCCESS and fd.num >= 0 and not evt.failed = true"),
                 "  action: deny\n", kOutput),
            enforcing());
  EXPECT_EQ(path.take_open("/x", flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)),
            "r: EPERM -1 true -1 /x denied\n");
  EXPECT_EQ(path.take_open("/x", flags_of(EV_DECISION_WOULD_DENY, EV_HOOK_FILE_OPEN)),
            "r: SUCCESS 0 false 0 /x would_deny\n");
}

TEST(Decision, AfterTheCallBothKindsOfRulesAreTried) {
  Path path(rule("Killed", opens("evt.failed = true"), "  action: kill\n", "%evt.rawres") +
                rule("Failed", opens("evt.failed = true"), "", "%evt.rawres"),
            enforcing());
  EXPECT_EQ(path.take_open("/x", flags_of(EV_DECISION_KILLED, kAfterCall), -2),
            "Failed: -2 decision=killed hook=after_call\n"
            "Killed: -2 decision=killed hook=after_call\n");
}

// A successful exec has a record of its own.
TEST(Decision, OfAnExecAfterTheCallIsNotASecondExec) {
  Path path(rule("Killed", kExecs, "  action: kill\n") + rule("Executed", kExecs), enforcing());
  EXPECT_EQ(path.take_exec("/bin/x", flags_of(EV_DECISION_KILLED, kAfterCall)),
            "Killed: o decision=killed hook=after_call\n");
}

TEST(Decision, OfAnExecIsAboutWhatIsExecuted) {
  Path path(rule("r", std::string(kExecs) + " and proc.exepath startswith /tmp/ and proc.name = x",
                 "  action: deny\n", "%proc.name %proc.exepath"),
            enforcing());
  EXPECT_EQ(path.take_exec("/tmp/x", flags_of(EV_DECISION_DENIED, EV_HOOK_BPRM_CHECK)),
            "r: x /tmp/x decision=denied hook=bprm_check_security\n");
}

TEST(RuleSet, DoesNotWantEventsForRulesThatAct) {
  const std::string rules = rule("r", "evt.type in (mkdir, mkdirat)", "  action: deny\n") +
                            rule("s", "evt.type = chdir", "", "%evt.type");
  const EventSet mkdirs = EventCatalog::builtin().find("mkdir");
  EXPECT_TRUE((Path(rules).rules().wanted_events() & mkdirs).none());
  LoadOptions off;
  off.enforcement.mode = Enforcement::kOff;
  EXPECT_TRUE((Path(rules, off).rules().wanted_events() & mkdirs).any());
}

TEST(RuleSet, WantsCallsThatAreDecidedAboutAfterwards) {
  RuleSet::Parts parts;
  parts.filter.calls[__NR_mkdir].would_kill = 1;
  EXPECT_EQ(RuleSet(std::move(parts)).wanted_events(), EventCatalog::builtin().find("mkdir"));
}

TEST(RuleLints, RulesOfDifferentActsDoNotHideEachOther) {
  const auto findings = [](std::string_view first, std::string_view second) {
    const LoadResult loaded =
        load_rules({std::make_shared<const SourceText>(
                       "d.yaml", rule("one", opens("fd.name = /x"), first) +
                                     rule("two", opens("fd.name = /x"), second))},
                   enforcing());
    return loaded.diagnostics.items().size();
  };
  EXPECT_EQ(findings("", ""), 1U);
  EXPECT_EQ(findings("  action: deny\n", "  action: deny\n"), 1U);
  EXPECT_EQ(findings("  action: deny\n", ""), 0U);
  EXPECT_EQ(findings("  action: deny\n", "  action: kill\n"), 0U);
  EXPECT_EQ(findings("  action: deny\n  enforcement: audit\n", "  action: deny\n"), 0U);
  EXPECT_EQ(findings("  action: deny\n  enforcement: off\n", ""), 1U);
}

}  // namespace
}  // namespace saker
