// SPDX-License-Identifier: Apache-2.0
// Satisfiable: can some comparisons of one operand hold, and others fail, at the same time?
//
// Never says no when they can; may say yes when they cannot. Candidates for the value come from the
// constants of `=` and `in`, from the values that a field is limited to and from narrow ranges of
// numbers; each is tried on all comparisons. Without candidates, only pairs of texts are looked at.
#ifndef SAKER_ENGINE_LANG_SATISFIABLE_H
#define SAKER_ENGINE_LANG_SATISFIABLE_H

#include <span>

#include "engine/lang/atoms.h"

namespace saker::lang {

// A comparison that holds, or one that fails.
struct Literal {
  const Atom* atom = nullptr;
  bool holds = true;
  const Expr* place = nullptr;
};

// Whether the operand may be missing: then no comparison holds.
enum class Presence : uint8_t { kOptional, kRequired };

// Requires: the atoms have the same operand.
[[nodiscard]] bool is_satisfiable(std::span<const Literal> literals,
                                  Presence presence = Presence::kOptional);

// Whenever `a` is true, `b` is too. Requires: the atoms have the same operand.
[[nodiscard]] bool implies(const Literal& a, const Literal& b);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_SATISFIABLE_H
