// SPDX-License-Identifier: Apache-2.0
// CaseMaker: recorded events -> Case. It takes the events that some rule had to be tried for, with
// the processes that caused them and the ancestors of these, and the alerts that came.
//
// What a case cannot say is left out (rules/README.md): times, threads, inode numbers and the like.
// Whether the alerts come all the same is for expect_what_comes() to find out.
#ifndef SAKER_ENGINE_CASES_CASE_MAKER_H
#define SAKER_ENGINE_CASES_CASE_MAKER_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cases/case.h"
#include "engine/cases/case_outcome.h"
#include "engine/cases/case_runner.h"
#include "engine/event.h"
#include "engine/lang/candidate_set.h"
#include "engine/lang/evaluator.h"
#include "engine/matcher.h"
#include "engine/rules/rule_set.h"
#include "engine/state/tracker.h"

namespace saker {

class CaseMaker {
 public:
  // More than a person reads; where there are more, a case names the capture.
  static constexpr size_t kMaxEvents = 1000;

  // `name` becomes that of the case. With `with_environment` processes have it; it may hold
  // secrets.
  struct Options {
    std::string name;
    bool with_environment = false;
  };
  // `recorded` is read for its facts about the host only.
  CaseMaker(std::shared_ptr<const RuleSet> rules, const RecordedEvents& recorded, Options options);
  CaseMaker(const CaseMaker&) = delete;
  CaseMaker& operator=(const CaseMaker&) = delete;

  void take(std::span<const std::byte> record);
  // Requires: all records are taken.
  [[nodiscard]] Result<Case> finish() &&;

 private:
  [[nodiscard]] bool is_tried();
  [[nodiscard]] bool changes_actor() const;
  void add_event();
  // Has the case say what is known now of the processes of the event.
  void describe_all();
  // Of one, and of its ancestors.
  void describe_line(const Process& last);
  void add_process(CaseProcess process);
  [[nodiscard]] CaseProcess describe_process(const Process& process) const;
  void add_users(const CaseIdentity& who);
  void add_container(const Process& process);
  [[nodiscard]] CaseEvent call() const;

  Options options_;
  std::shared_ptr<const RuleSet> rules_;
  Matcher matcher_;
  lang::Evaluator evaluator_;
  lang::CandidateSet candidates_;
  Tracker tracker_;
  Event event_;
  Case made_;
  std::map<uint32_t, CaseIdentity> described_;  // by pid, as the case has them by now
  uint64_t undecodable_ = 0;
  std::set<uint32_t> users_;
  std::set<uint32_t> groups_;
  std::set<std::string> containers_;
};

// Has the case expect what comes of it where that is what was recorded: fields that came out
// otherwise are not asked for, and their names given back. Fails when the alerts are others.
[[nodiscard]] Result<std::set<std::string>> expect_what_comes(Case& made,
                                                              const CaseOutcome& outcome);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_MAKER_H
