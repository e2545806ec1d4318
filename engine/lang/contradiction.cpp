// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/contradiction.h"

#include <algorithm>
#include <array>

namespace saker::lang {
namespace {

// Looks at literals before giving up: a hundred times those of a long condition.
constexpr size_t kMaxSteps = 20'000;

}  // namespace

void ContradictionFinder::start(const EventSet& events) {
  forget(0, 0);
  events_ = &events;
  first_.reset();
  steps_ = 0;
}

void ContradictionFinder::forget(size_t literals, size_t choices) {
  for (; trail_.size() > literals; trail_.pop_back()) {
    by_operand_[trail_.back()].pop_back();
  }
  choices_.resize(choices);
}

// Collects what must hold when the node does; alternatives are left for later.
void ContradictionFinder::assume(const FormNode& node) {
  ++steps_;
  if (node.kind == FormNode::Kind::kOr) {
    choices_.push_back(&node);
  } else if (node.kind == FormNode::Kind::kAnd) {
    for (const FormNode& child : node.children) {
      assume(child);
    }
  } else {
    const uint32_t operand = node.literal.atom->operand;
    by_operand_.resize(std::max<size_t>(by_operand_.size(), operand + 1));
    by_operand_[operand].push_back(node.literal);
    trail_.push_back(operand);
  }
}

void ContradictionFinder::explain(const Literal& literal, std::span<const Literal> all) {
  if (first_.has_value()) {
    return;
  }
  first_ = Contradiction{literal, std::nullopt, false};
  if (!is_satisfiable({&literal, 1})) {
    return;
  }
  for (const Literal& other : all) {
    const std::array<Literal, 2> pair{other, literal};
    if (!is_satisfiable(pair)) {
      first_->other = other;
      return;
    }
  }
}

// Whether the literals assumed since then fit to each other and to those before.
bool ContradictionFinder::check(size_t from) {
  std::vector<uint32_t> changed(trail_.begin() + static_cast<std::ptrdiff_t>(from), trail_.end());
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const uint32_t operand : changed) {
    const std::vector<Literal>& literals = by_operand_[operand];
    steps_ += literals.size();
    const auto positive = std::find_if(literals.begin(), literals.end(),
                                       [](const Literal& literal) { return literal.holds; });
    if (positive != literals.end() && (positive->atom->events & *events_).none()) {
      explain(*positive, {});
      return false;
    }
    if (!is_satisfiable(literals)) {
      explain(literals.back(), literals);
      return false;
    }
  }
  return true;
}

bool ContradictionFinder::fits(size_t next_choice) {
  if (next_choice == choices_.size() || steps_ > kMaxSteps) {
    return true;
  }
  const size_t literals = trail_.size();
  const size_t choices = choices_.size();
  for (const FormNode& alternative : choices_[next_choice]->children) {
    assume(alternative);
    if (check(literals) && fits(next_choice + 1)) {
      return true;
    }
    forget(literals, choices);
  }
  return false;
}

std::optional<Contradiction> ContradictionFinder::find(const FormNode& condition,
                                                       const EventSet& events) {
  start(events);
  assume(condition);
  if (!check(0)) {
    return first_;
  }
  if (fits(0)) {
    return std::nullopt;
  }
  first_->in_alternatives = true;
  return first_;
}

std::optional<Contradiction> ContradictionFinder::find_in_part(const FormNode& part,
                                                               const EventSet& events) {
  start(events);
  assume(part);
  return check(0) ? std::nullopt : first_;
}

}  // namespace saker::lang
