// SPDX-License-Identifier: Apache-2.0
// Contradiction: a condition that can hold for no event, because its comparisons exclude each
// other.
//
// Tries the alternatives of `or` one after the other until one fits. Bounded: a condition with too
// many of them is taken to hold for some event. Comparisons with evt.num, by which rules say
// "never", count as unknown.
#ifndef SAKER_ENGINE_LANG_CONTRADICTION_H
#define SAKER_ENGINE_LANG_CONTRADICTION_H

#include <optional>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/form.h"

namespace saker::lang {

struct Contradiction {
  Literal literal;               // cannot hold (or fail)
  std::optional<Literal> other;  // because of this one; absent: by itself or because of several
  bool in_alternatives = false;  // each alternative of an `or` has one; this is that of the first
};

class ContradictionFinder {
 public:
  // `events`: for which the condition can hold as far as its event types go.
  [[nodiscard]] std::optional<Contradiction> find(const FormNode& condition,
                                                  const EventSet& events);
  // Looks at the part alone and into no `or` inside it.
  [[nodiscard]] std::optional<Contradiction> find_in_part(const FormNode& part,
                                                          const EventSet& events);

 private:
  void assume(const FormNode& node);
  bool check(size_t from);
  bool fits(size_t next_choice);
  void forget(size_t literals, size_t choices);
  void explain(const Literal& literal, std::span<const Literal> all);
  void start(const EventSet& events);

  const EventSet* events_ = nullptr;
  std::vector<std::vector<Literal>> by_operand_;
  std::vector<uint32_t> trail_;           // operands of the assumed literals
  std::vector<const FormNode*> choices_;  // `or` nodes of what is assumed
  std::optional<Contradiction> first_;
  size_t steps_ = 0;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CONTRADICTION_H
