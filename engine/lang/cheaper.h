// SPDX-License-Identifier: Apache-2.0
// Cheaper: patterns that say what a plain text comparison says.
#ifndef SAKER_ENGINE_LANG_CHEAPER_H
#define SAKER_ENGINE_LANG_CHEAPER_H

#include <string>

#include "engine/lang/ast.h"

namespace saker::lang {

// A comparison that holds for the same values and costs less: `f startswith a` for `f glob a*`,
// `f in (a, b)` for `f regex a|b`. Empty: none is known. Regular expressions without alternatives
// are left to Lints.
[[nodiscard]] std::string cheaper_form(const Comparison& comparison);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CHEAPER_H
