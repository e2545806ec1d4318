// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/filter_compiler.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/filter/table_writer.h"

namespace saker::filter {
namespace {

bool passes_all(const std::vector<Box>& clauses) {
  return std::ranges::any_of(clauses, [](const Box& clause) { return clause.sides.empty(); });
}

}  // namespace

FilterCompiler::FilterCompiler(const FieldCatalog& fields, const EventCatalog& events)
    : events_(events), checker_(fields, events) {}

void FilterCompiler::add(const lang::Expr& condition, const lang::ConditionInfo& info) {
  left_ = info.comparisons;
  rules_.push_back({info.events, build(condition, false)});
}

// NOLINTNEXTLINE(misc-no-recursion): the parser limits how deep a condition may be
Condition FilterCompiler::build(const lang::Expr& expr, bool is_negated) {
  if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
    return build(*negation->child, !is_negated);
  }
  if (const auto* comparison = std::get_if<lang::Comparison>(&expr.node)) {
    return build(*comparison, expr, is_negated);
  }
  const auto* all = std::get_if<lang::And>(&expr.node);
  const auto* any = std::get_if<lang::Or>(&expr.node);
  SAKER_CHECK(all != nullptr || any != nullptr);
  Condition condition;
  condition.kind = (all != nullptr) != is_negated ? Condition::Kind::kAnd : Condition::Kind::kOr;
  for (const lang::ExprPtr& child : all != nullptr ? all->children : any->children) {
    condition.children.push_back(build(*child, is_negated));
  }
  return condition;
}

Condition FilterCompiler::build(const lang::Comparison& comparison, const lang::Expr& place,
                                bool is_negated) {
  SAKER_CHECK(!left_.empty());
  const uint32_t number = left_.front();
  left_ = left_.subspan(1);
  const auto [entry, is_new] = comparisons_.try_emplace(number);
  if (is_new) {
    std::vector<lang::Finding> findings;
    auto checked = checker_.comparison(comparison, place.span, {findings, nullptr});
    const KernelField* field = checked ? Vocabulary::find_field(*checked) : nullptr;
    if (field != nullptr) {
      entry->second = vocabulary_.add(*field, std::move(*checked));
    }
  }
  if (!entry->second) {
    return {};
  }
  return {Condition::Kind::kComparison, is_negated, *entry->second, {}};
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

KernelFilter FilterCompiler::finish(const EventSet& unfiltered,
                                    std::vector<FilterExplanation>* explanations) && {
  vocabulary_.finish();
  if (explanations != nullptr) {
    const FilterExplainer explainer(vocabulary_, events_, unfiltered);
    for (const Rule& rule : rules_) {
      explanations->push_back(explainer.explain(rule.condition, rule.events));
    }
  }
  TableWriter writer(vocabulary_);
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
  KernelFilter filter = std::move(writer).finish();
  filter.joined_clauses = joined;
  return filter;
}

}  // namespace saker::filter
