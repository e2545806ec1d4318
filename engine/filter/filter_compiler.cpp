// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/filter_compiler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/filter/acting_check.h"
#include "engine/filter/table_writer.h"

namespace saker::filter {
namespace {

bool passes_all(const std::vector<Box>& clauses) {
  return std::ranges::any_of(clauses, [](const Box& clause) { return clause.sides.empty(); });
}

}  // namespace

FilterCompiler::FilterCompiler(const FieldCatalog& fields, const EventCatalog& events)
    : fields_(fields), events_(events), builder_(fields, events, vocabulary_), acting_(events) {}

void FilterCompiler::add(const lang::Expr& condition, const lang::ConditionInfo& info) {
  rules_.push_back({info.events, builder_.build(condition, info, Purpose::kFilter)});
  purposes_.push_back(Purpose::kFilter);
}

std::vector<lang::Finding> FilterCompiler::add_acting(const lang::Expr& condition,
                                                      const lang::ConditionInfo& info, ev_act act,
                                                      Means means) {
  std::vector<lang::Finding> findings = ActingCheck(fields_, events_, condition, info).run(means);
  if (findings.empty()) {
    acting_.add(builder_.build(condition, info, Purpose::kActing), info.events, act, means);
    purposes_.push_back(Purpose::kActing);
  }
  return findings;
}

std::vector<Box> FilterCompiler::clauses_of(EventCode code, const Call& call) const {
  std::vector<Box> clauses;
  for (const Rule& rule : rules_) {
    if (!rule.events.test(code)) {
      continue;
    }
    std::ranges::move(boxes_of(rule.condition, call, vocabulary_), std::back_inserter(clauses));
    if (passes_all(clauses)) {
      break;
    }
  }
  return clauses;
}

void FilterCompiler::explain(const EventSet& unfiltered,
                             std::vector<FilterExplanation>& explanations) const {
  const FilterExplainer explainer(vocabulary_, events_, unfiltered);
  const ClauseText text(vocabulary_);
  size_t rules = 0;
  size_t acting = 0;
  for (const Purpose purpose : purposes_) {
    FilterExplanation explanation;
    if (purpose == Purpose::kFilter) {
      const Rule& rule = rules_[rules++];
      explanation = explainer.explain(rule.condition, rule.events);
    } else {
      explanation.acts_at = acting_.places_of(acting++, vocabulary_, text);
    }
    explanations.push_back(std::move(explanation));
  }
}

size_t FilterCompiler::write_calls(const EventSet& unfiltered, TableWriter& writer) const {
  size_t joined = 0;
  EventSet wanted;
  for (const Rule& rule : rules_) {
    wanted |= rule.events;
  }
  for (size_t index = 0; index < events_.size(); ++index) {
    const auto code = static_cast<EventCode>(index);
    const EventDef& def = events_.def(code);
    if (def.syscall_nr < 0 || unfiltered.test(code) || !wanted.test(code)) {
      continue;
    }
    const Call call = call_of(def);
    std::vector<Box> clauses = clauses_of(code, call);
    join_alike(clauses, vocabulary_.sizes());
    if (clauses.size() > EV_CLAUSES) {
      joined += join_to(clauses, EV_CLAUSES, vocabulary_.sizes());
    }
    if (!passes_all(clauses)) {
      writer.add(call, clauses);
    }
  }
  return joined;
}

FilterCompiler::Result FilterCompiler::finish(const EventSet& unfiltered,
                                              std::vector<FilterExplanation>* explanations) && {
  vocabulary_.finish();
  if (explanations != nullptr) {
    explain(unfiltered, *explanations);
  }
  TableWriter writer(vocabulary_);
  Result result;
  acting_.write(vocabulary_, writer, result.overflows);
  const size_t joined = write_calls(unfiltered, writer);
  result.filter = std::move(writer).finish();
  result.filter.joined_clauses = joined;
  return result;
}

}  // namespace saker::filter
