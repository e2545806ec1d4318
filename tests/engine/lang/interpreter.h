// SPDX-License-Identifier: Apache-2.0
// Interpreter: evaluates the tree of a condition directly, written as plainly as possible. The
// oracle for the compiled program, with which it shares only the extraction of fields.
//
// Knows the transformers tolower, toupper, basename, len and concat, and what a checked condition
// may hold. Regular expressions are those of regcomp(3), the same for simple ones.
#ifndef SAKER_TESTS_ENGINE_LANG_INTERPRETER_H
#define SAKER_TESTS_ENGINE_LANG_INTERPRETER_H

#include "engine/event.h"
#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"

namespace saker::lang::test {

[[nodiscard]] bool interpret(const Expr& condition, const FieldCatalog& fields, const Event& event);

}  // namespace saker::lang::test

#endif  // SAKER_TESTS_ENGINE_LANG_INTERPRETER_H
