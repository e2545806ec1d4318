// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_maker.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "engine/cases/case_reader.h"
#include "engine/cases/case_records.h"
#include "engine/cases/case_writer.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

constexpr const char* kRules =
    "- rule: Backup touched\n"
    "  desc: d\n"
    "  condition: >\n"
    "    evt.type in (open, openat) and evt.is_open_write = true and fd.name startswith /b/\n"
    "    and not proc.name = rsync\n"
    "  output: o %fd.name %proc.name %proc.pname %evt.num\n"
    "  priority: WARNING\n";

std::shared_ptr<const RuleSet> rules() {
  return load_rules({std::make_shared<SourceText>("rules.yaml", kRules)}, {}).rules;
}

// What is made of a case whose records were captured.
Result<Case> make(const std::string& yaml, bool with_environment = false) {
  Diagnostics diagnostics;
  const std::vector<Case> cases =
      read_cases(std::make_shared<SourceText>("x.yaml", yaml), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics.items().front());
  CaseMaker maker(rules(), {}, {.name = "made", .with_environment = with_environment});
  CaseRecords records;
  const auto take = [&](auto record) { maker.take(record); };
  records.emit_state(cases.at(0), take);
  for (const CaseEvent& event : cases.at(0).events) {
    records.emit_event(event, take);
  }
  return std::move(maker).finish();
}

constexpr const char* kActivity =
    "case: c\n"
    "quiet: true\n"
    "processes:\n"
    "  - {pid: 1, path: /sbin/init}\n"
    "  - {pid: 2, parent: 1, path: /bin/bash, env: [SECRET=1], cwd: /root}\n"
    "  - {pid: 3, parent: 1, path: /bin/other}\n"
    "events:\n"
    "  - {type: openat, pid: 3, path: /etc/passwd, flags: O_WRONLY}\n"
    "  - {type: clone, pid: 2, child: 4}\n"
    "  - {type: execve, pid: 4, path: /usr/bin/vim}\n"
    "  - {type: openat, pid: 4, path: /b/x, flags: O_WRONLY}\n"
    "  - {type: execve, pid: 4, path: /usr/bin/rsync}\n"
    "  - {type: openat, pid: 4, path: /b/y, flags: O_WRONLY}\n";

TEST(CaseMaker, TakesWhatRulesAreTriedForAndTheProcessesOfIt) {
  const Result<Case> made = make(kActivity);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(to_yaml(*made),
            "case: made\n"
            "users:\n"
            "  - {uid: 0, name: root, home: /root, shell: /bin/bash}\n"
            "groups:\n"
            "  - {gid: 0, name: root}\n"
            "processes:\n"
            "  - {pid: 1, path: /sbin/init}\n"
            "  - {pid: 2, path: /bin/bash, parent: 1, cwd: /root}\n"
            "  - {pid: 4, path: /usr/bin/vim, parent: 2, cwd: /root}\n"
            "events:\n"
            "  - {type: openat, pid: 4, path: /b/x, flags: [O_WRONLY], ret: 3}\n"
            "  - {type: execve, pid: 4, path: /usr/bin/rsync}\n"
            "  - {type: openat, pid: 4, path: /b/y, flags: [O_WRONLY], ret: 3}\n"
            "alerts:\n"
            "  - rule: Backup touched\n"
            "    fields:\n"
            "      evt.num: 4\n"
            "      fd.name: /b/x\n"
            "      proc.name: vim\n"
            "      proc.pname: bash\n");
}

TEST(CaseMaker, KeepsEnvironmentsToItselfUnlessTold) {
  EXPECT_EQ(to_yaml(*make(kActivity)).find("SECRET"), std::string::npos);
  EXPECT_NE(to_yaml(*make(kActivity, true)).find("env: [SECRET=1]"), std::string::npos);
}

TEST(CaseMaker, FailsWhenNoRuleIsTried) {
  const Result<Case> made =
      make("case: c\nquiet: true\nevents: [{type: openat, pid: 1, path: /x, flags: O_WRONLY}]\n");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().to_string(),
            "no rule had to be tried for any of the events (were they recorded with the same "
            "rules?)");
}

TEST(CaseMaker, FailsWhenThereIsMoreThanAPersonReads) {
  std::string yaml = "case: c\nquiet: true\nevents:\n";
  for (size_t i = 0; i < CaseMaker::kMaxEvents; ++i) {
    yaml += "  - {type: openat, pid: 1, path: /b/x, flags: O_WRONLY}\n";
  }
  EXPECT_TRUE(make(yaml));
  const Result<Case> made =
      make(yaml + "  - {type: openat, pid: 1, path: /b/x, flags: O_WRONLY}\n");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().to_string(),
            "rules had to be tried for more than 1000 events (record for a shorter time or with "
            "fewer rules, or name the file in a case: 'capture: FILE')");
}

TEST(CaseMaker, FailsWhenARecordCannotBeDecoded) {
  CaseMaker maker(rules(), {}, {.name = "made"});
  maker.take(std::array<std::byte, 16>());
  const Result<Case> made = std::move(maker).finish();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().to_string(), "1 of the records cannot be decoded (the file is corrupt)");
}

TEST(CaseMaker, ExpectsWhatComes) {
  Case made = *make(kActivity);
  CaseOutcome outcome;
  auto alert = std::make_shared<Alert>();
  alert->rule = "Backup touched";
  alert->fields = {{"evt.num", {uint64_t{1}}},
                   {"fd.name", {std::string("/b/x")}},
                   {"proc.name", {std::string("vim")}}};
  outcome.alerts.push_back({alert, ""});
  const auto left_out = expect_what_comes(made, outcome);
  ASSERT_TRUE(left_out);
  EXPECT_EQ(*left_out, (std::set<std::string>{"evt.num", "proc.pname"}));
  ASSERT_EQ(made.alerts.at(0).fields.size(), 2U);
  EXPECT_EQ(made.alerts[0].fields[0].first.value, "fd.name");
}

TEST(CaseMaker, FailsWhenOtherAlertsCome) {
  Case made = *make(kActivity);
  CaseOutcome outcome;
  EXPECT_FALSE(expect_what_comes(made, outcome));
  auto alert = std::make_shared<Alert>();
  alert->rule = "Another";
  outcome.alerts.push_back({alert, ""});
  const auto left_out = expect_what_comes(made, outcome);
  ASSERT_FALSE(left_out);
  EXPECT_EQ(left_out.error().to_string(),
            "these events cannot be written so that they give the alerts of the recording (name "
            "the file in a case: 'capture: FILE')");
}

}  // namespace
}  // namespace saker
