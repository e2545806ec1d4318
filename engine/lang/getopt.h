// SPDX-License-Identifier: Apache-2.0
// The transformer getopt: short options of a command line, after getopt(3).
#ifndef SAKER_ENGINE_LANG_GETOPT_H
#define SAKER_ENGINE_LANG_GETOPT_H

#include <span>
#include <string_view>

#include "engine/scratch.h"
#include "engine/value.h"

namespace saker::lang {

// `args` is a list of texts or one text, which is split at blanks; `spec` is "ab:c" where ':' marks
// an option that takes an argument. Reading stops at "--" and at the first argument that is no
// option; long options are skipped.
//
// All options and their arguments in order; "?" for an option that `spec` lacks. An option whose
// argument is absent gives an empty text instead of its letter.
Value list_options(const Value& args, std::string_view spec, Scratch& scratch) noexcept;
// The argument of the last use of `option`: empty when it has none, missing when it is not used.
Value option_argument(const Value& args, std::string_view spec, char option) noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_GETOPT_H
