// SPDX-License-Identifier: Apache-2.0
#include "probes/probe_counters.h"

#include <iterator>
#include <string>
#include <string_view>

namespace saker {
namespace {

struct DropReason {
  ev_drop_reason reason;
  std::string_view name;
};
constexpr DropReason kDropReasons[] = {
    {EV_DROP_RING_FULL, "ring_full"},   {EV_DROP_HIGH_WATER, "high_water"},
    {EV_DROP_THROTTLED, "throttled"},   {EV_DROP_TAIL_CALL, "tail_call"},
    {EV_DROP_STASH_FULL, "stash_full"}, {EV_DROP_SCRATCH, "scratch_busy"},
    {EV_DROP_OVERSIZE, "oversize"},
};
static_assert(std::size(kDropReasons) == EV_DROP_REASONS);

struct DecisionName {
  ev_decision decision;
  std::string_view name;
};
constexpr DecisionName kDecisionNames[] = {
    {EV_DECISION_DENIED, "denied"},         {EV_DECISION_KILLED, "killed"},
    {EV_DECISION_WOULD_DENY, "would_deny"}, {EV_DECISION_WOULD_KILL, "would_kill"},
    {EV_DECISION_UNDECIDED, "undecided"},
};
static_assert(std::size(kDecisionNames) + 1 == EV_DECISIONS);

struct RecordKind {
  ev_kind kind;
  std::string_view name;
};
constexpr RecordKind kRecordKinds[] = {{EV_SYSCALL, "syscall"},
                                       {EV_EXEC, "exec"},
                                       {EV_FORK, "fork"},
                                       {EV_EXIT, "exit"},
                                       {EV_GUARD, "guard"}};

uint64_t decided(const ev_stats& stats, ev_decision decision) {
  uint64_t all = 0;
  for (const auto& of_hook : stats.decided) {
    all += of_hook[decision];
  }
  return all;
}

}  // namespace

std::vector<SourceCounter> probe_counters(std::span<const ev_stats> per_cpu,
                                          const MissedRuns& missed, uint64_t unattended) {
  const auto sum = [&](auto read) {
    uint64_t total = 0;
    for (const ev_stats& stats : per_cpu) {
      total += read(stats);
    }
    return total;
  };
  std::vector<SourceCounter> counters;
  counters.push_back(
      {"submitted_bytes", "", "", sum([](const ev_stats& s) { return s.submitted_bytes; }), false});
  counters.push_back(
      {"ignored_own", "", "syscall", sum([](const ev_stats& s) { return s.ignored_own; }), false});
  counters.push_back(
      {"filtered", "", "syscall", sum([](const ev_stats& s) { return s.filtered; }), false});
  for (const DecisionName& row : kDecisionNames) {
    counters.push_back({"decided", std::string(row.name), "",
                        sum([&](const ev_stats& s) { return decided(s, row.decision); }), false});
  }
  for (const RecordKind& kind : kRecordKinds) {
    counters.push_back({"submitted", "", std::string(kind.name),
                        sum([&](const ev_stats& s) { return s.submitted[kind.kind]; }), false});
    for (const DropReason& drop : kDropReasons) {
      counters.push_back({"dropped", std::string(drop.name), std::string(kind.name),
                          sum([&](const ev_stats& s) { return s.dropped[drop.reason][kind.kind]; }),
                          true});
    }
    counters.push_back({"dropped", "missed", std::string(kind.name), missed[kind.kind], true});
  }
  counters.push_back({"dropped", "unattended", "syscall", unattended, true});
  return counters;
}

}  // namespace saker
