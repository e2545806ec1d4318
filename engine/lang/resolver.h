// SPDX-License-Identifier: Apache-2.0
// Resolver: replaces macro references by their trees and list names by their items.
//
// A macro may use macros defined before it; a rule may use any. Lists are replaced inside
// parenthesised lists and where a whole right-hand side is a list name; quoted text never is.
#ifndef SAKER_ENGINE_LANG_RESOLVER_H
#define SAKER_ENGINE_LANG_RESOLVER_H

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"

namespace saker::lang {

struct MacroDef {
  std::string name;
  const Expr* condition = nullptr;  // its own macros already resolved
};

struct ListDef {
  std::string name;
  std::vector<Constant> items;  // nested lists already replaced
};

// Lookups return null for a name that is not visible; they may record that it was used.
struct Definitions {
  std::function<const MacroDef*(std::string_view)> macro;
  std::function<const ListDef*(std::string_view)> list;
  // For "did you mean".
  std::function<std::vector<std::string_view>()> macro_names;
};

// The tree with everything replaced; null when a finding is an error (all are reported).
[[nodiscard]] ExprPtr resolve(const Expr& condition, const Definitions& definitions,
                              std::vector<Finding>& findings);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_RESOLVER_H
