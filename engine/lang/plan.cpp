// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/plan.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <variant>

namespace saker::lang {
namespace {

// Bounds the time to make a plan. Rules in use get by with a few.
constexpr size_t kMaxGroups = 32;
// Guesses of what work costs besides operands and predicates.
constexpr double kLookupNs = 15;
constexpr double kScanNs = 50;  // more when texts are looked for inside a value
constexpr double kTryNs = 15;
// How many values are like one of an anchor's keys.
constexpr double kEqualShare = 0.003;
constexpr double kAffixShare = 0.05;

// An outcome that a condition requires, and has not yet as a guard.
struct Required {
  Outcome outcome;
  double spared_ns = 0;  // of evaluating the condition for events that lack it
};

struct Member {
  uint32_t condition = 0;
  std::optional<Anchor> anchor;
  std::vector<uint32_t> lookups;  // of the anchor, each once: twice the operand, plus 1 for a scan
  double tried = 1;               // for which part of the events
  std::vector<Required> outcomes;
};

// A group before it is split.
struct Draft {
  std::vector<Outcome> guards;  // its own last, those of the groups around it before
  std::vector<Member> members;
};

class Planner {
 public:
  Planner(const Program& program, EventCode code)
      : program_(program), code_(code), all_(2 * program.operands().size()), some_(all_) {}

  Plan make(const std::vector<uint32_t>& conditions) && {
    std::vector<Draft> drafts;
    drafts.push_back(first_draft(conditions));
    std::vector<size_t> depths;
    while (!drafts.empty()) {
      Draft draft = std::move(drafts.back());
      drafts.pop_back();
      while (plan_.groups.size() + drafts.size() + 1 < kMaxGroups) {
        const std::optional<Outcome> guard = best_guard(draft.members);
        if (!guard) {
          break;
        }
        drafts.push_back(split(draft, *guard));
      }
      plan_.groups.push_back(group_of(draft));
      depths.push_back(draft.guards.size());
    }
    for (auto depth = depths.begin(); depth != depths.end(); ++depth) {
      const auto end =
          std::find_if(depth + 1, depths.end(), [depth](size_t other) { return other <= *depth; });
      plan_.groups[static_cast<size_t>(depth - depths.begin())].end =
          static_cast<uint32_t>(end - depths.begin());
    }
    return std::move(plan_);
  }

 private:
  Draft first_draft(const std::vector<uint32_t>& conditions) {
    Draft draft;
    for (const uint32_t condition : conditions) {
      if (std::optional<Requirement> requirement = requirement_of(program_, condition, code_)) {
        draft.members.push_back(member_of(condition, std::move(*requirement)));
      }
    }
    return draft;
  }

  Member member_of(uint32_t condition, Requirement requirement) {
    Member member{condition, std::move(requirement.anchor), {}, 1, {}};
    for (const Outcome& outcome : requirement.outcomes) {
      member.outcomes.push_back({outcome, 0});
    }
    if (member.anchor) {
      take_anchor(member);
    }
    update_spared(member, {});
    return member;
  }

  void take_anchor(Member& member) const {
    double found = 0;
    for (const uint32_t predicate : *member.anchor) {
      const auto& fact = std::get<KeyFact>(program_.facts()[predicate]);
      member.lookups.push_back(2 * fact.operand);
      if (fact.likeness == Likeness::kContains) {
        member.lookups.push_back(2 * fact.operand + 1);
        continue;  // a single test is faster than a scan
      }
      found += static_cast<double>(fact.keys.size()) *
               (fact.likeness == Likeness::kEqual ? kEqualShare : kAffixShare);
      take_out(member, {predicate, true});
    }
    std::sort(member.lookups.begin(), member.lookups.end());
    member.lookups.erase(std::unique(member.lookups.begin(), member.lookups.end()),
                         member.lookups.end());
    member.tried = std::min(found, 1.0);
  }

  void update_spared(Member& member, const std::vector<Outcome>& guards) {
    for (Required& required : member.outcomes) {
      required.spared_ns =
          member.tried * (kTryNs + expected_ns(member.condition, guards, required.outcome));
    }
  }

  // To evaluate the condition for an event that has the guards, which are already evaluated, and
  // lacks the other outcome.
  double expected_ns(uint32_t condition, const std::vector<Outcome>& guards, Outcome lacking) {
    const uint32_t first = program_.begin(condition);
    const auto at = [&](uint32_t place) { return place >= kAccept ? 0 : costs_[place - first]; };
    costs_.clear();
    for (uint32_t i = first; i <= program_.entry(condition); ++i) {
      const Instruction& test = program_.instructions()[i];
      const auto* events = std::get_if<EventSet>(&program_.facts()[test.predicate]);
      const auto guard =
          std::ranges::find(guards, test.predicate, [](Outcome o) { return o.predicate; });
      const bool is_known = events != nullptr || guard != guards.end();
      const Estimate& estimate = program_.estimates()[test.predicate];
      const double holds = events != nullptr                     ? (events->test(code_) ? 1 : 0)
                           : guard != guards.end()               ? (guard->holds ? 1 : 0)
                           : test.predicate == lacking.predicate ? (lacking.holds ? 0 : 1)
                                                                 : estimate.holds;
      costs_.push_back((is_known ? 0 : estimate.ns) + holds * at(test.if_true) +
                       (1 - holds) * at(test.if_false));
    }
    return costs_.back();
  }

  // The guard that saves most; absent: none saves anything.
  std::optional<Outcome> best_guard(const std::vector<Member>& members) {
    struct Use {
      Outcome outcome;
      const Member* member;
      double spared_ns;
    };
    std::vector<Use> uses;
    std::fill(all_.begin(), all_.end(), 0);
    for (const Member& member : members) {
      count(member, all_);
      for (const Required& required : member.outcomes) {
        uses.push_back({required.outcome, &member, required.spared_ns});
      }
    }
    std::stable_sort(uses.begin(), uses.end(),
                     [](const Use& a, const Use& b) { return a.outcome < b.outcome; });
    std::optional<Outcome> best;
    double most = 0;
    for (auto first = uses.begin(); first != uses.end();) {
      const Outcome outcome = first->outcome;
      std::vector<const Member*> with;
      double spared_ns = 0;
      for (; first != uses.end() && first->outcome == outcome; ++first) {
        with.push_back(first->member);
        spared_ns += first->spared_ns;
      }
      const double has = frequency(program_, outcome);
      const double saved = (1 - has) * spared_ns + spared_lookups_ns(with, has) -
                           program_.estimates()[outcome.predicate].ns;
      if (saved > most) {
        most = saved;
        best = outcome;
      }
    }
    return best;
  }

  // Of the members counted in all_, these are looked up for a part of the events only.
  double spared_lookups_ns(const std::vector<const Member*>& members, double part) {
    for (const Member* member : members) {
      count(*member, some_);
    }
    double spared = 0;
    for (const Member* member : members) {
      for (const uint32_t lookup : member->lookups) {
        const uint32_t uses = std::exchange(some_[lookup], 0);
        const double ns = uses == 0 ? 0 : lookup_ns(lookup);
        spared += (uses == all_[lookup] ? ns : 0) - part * ns;
      }
    }
    return spared;
  }

  double lookup_ns(uint32_t lookup) const {
    return lookup % 2 != 0 ? kScanNs : kLookupNs + operand_ns(*program_.operands()[lookup / 2]);
  }

  static void count(const Member& member, std::vector<uint32_t>& uses) {
    for (const uint32_t lookup : member.lookups) {
      ++uses[lookup];
    }
  }

  // Whether the member required it.
  static bool take_out(Member& member, Outcome outcome) {
    const auto is_same = [outcome](const Required& required) {
      return required.outcome == outcome;
    };
    return std::erase_if(member.outcomes, is_same) != 0;
  }

  // Takes the members out that require the outcome.
  Draft split(Draft& draft, Outcome guard) {
    Draft inside;
    inside.guards = draft.guards;
    inside.guards.push_back(guard);
    const auto first =
        std::stable_partition(draft.members.begin(), draft.members.end(),
                              [guard](Member& member) { return !take_out(member, guard); });
    inside.members.assign(std::move_iterator(first), std::move_iterator(draft.members.end()));
    draft.members.erase(first, draft.members.end());
    for (Member& member : inside.members) {
      if (member.anchor && guard.holds && std::ranges::count(*member.anchor, guard.predicate) > 0) {
        // An event with the guard would always be found.
        member.anchor.reset();
        member.lookups.clear();
        member.tried = 1;
      }
      update_spared(member, inside.guards);
    }
    return inside;
  }

  Plan::Group group_of(const Draft& draft) const {
    Plan::Group group;
    if (!draft.guards.empty()) {
      group.guard = draft.guards.back();
    }
    std::map<uint32_t, std::vector<KeyTable::Entry>> entries;  // by operand
    for (const Member& member : draft.members) {
      if (!member.anchor) {
        group.always.push_back(member.condition);
        continue;
      }
      bool has_keys = false;
      for (const uint32_t predicate : *member.anchor) {
        const auto& fact = std::get<KeyFact>(program_.facts()[predicate]);
        has_keys |= !fact.keys.empty();
        for (const std::string& key : fact.keys) {
          entries[fact.operand].push_back({fact.likeness, key, member.condition});
        }
      }
      if (has_keys) {
        group.found.push_back(member.condition);
      }
    }
    for (auto& [operand, list] : entries) {
      group.lookups.push_back({operand, KeyTable(std::move(list))});
    }
    return group;
  }

  const Program& program_;
  EventCode code_;
  Plan plan_;
  // How many members have each lookup.
  std::vector<uint32_t> all_;
  std::vector<uint32_t> some_;
  std::vector<double> costs_;  // by instruction of one condition
};

}  // namespace

Plan make_plan(const Program& program, const std::vector<uint32_t>& conditions, EventCode code) {
  return Planner(program, code).make(conditions);
}

}  // namespace saker::lang
