// SPDX-License-Identifier: Apache-2.0
// Cheaper: comparisons that say what a pattern says, or enough of it, and cost less.
#ifndef SAKER_ENGINE_LANG_CHEAPER_H
#define SAKER_ENGINE_LANG_CHEAPER_H

#include <string>

#include "engine/lang/ast.h"

namespace saker::lang {

// A comparison that holds for the same values and costs less: `f startswith a` for `f glob a*`,
// `f in (a, b)` for `f regex a|b`. Empty: none is known. Regular expressions without alternatives
// are left to Lints.
[[nodiscard]] std::string cheaper_form(const Comparison& comparison);

// A comparison that holds whenever this one does, and can be looked up: `f startswith a/` for
// `f regex a/.*`. Added to it with `and`, it lets most values be refused early. Empty: none is
// known.
[[nodiscard]] std::string narrowing_form(const Comparison& comparison);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CHEAPER_H
