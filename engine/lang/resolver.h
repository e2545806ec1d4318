// SPDX-License-Identifier: Apache-2.0
// Resolver: replaces macro references by their trees and list names by their items.
//
// A macro may use macros defined before it; a rule may use any. Lists are replaced inside
// parenthesised lists and where a whole right-hand side is a list name; quoted text never is.
#ifndef SAKER_ENGINE_LANG_RESOLVER_H
#define SAKER_ENGINE_LANG_RESOLVER_H

#include <cstddef>
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
  std::shared_ptr<const SourceText> source;  // what the spans of the condition refer to
  // Its own macros already resolved; null: nothing is known of it.
  const Expr* condition = nullptr;
  // False: it has an error, already reported.
  bool complete = true;
  // Why it cannot be used here (it contains itself); empty: it can.
  std::string problem;
  std::string hint;
};

struct ListDef {
  std::string name;
  std::vector<Constant> items;  // nested lists already replaced
};

// What conditions may grow by replacing names, so that a small file cannot fill the memory.
struct ExpansionBudget {
  size_t macro_nodes = 0;
  size_t list_items = 0;
};

// Lookups return null for a name that is not visible; they may record that it was used.
struct Definitions {
  std::function<const MacroDef*(std::string_view)> macro;
  std::function<const ListDef*(std::string_view)> list;
  // What to say about a name that is not visible: another one that is meant, or why it is not.
  std::function<std::string(std::string_view)> macro_hint;
  ExpansionBudget* budget = nullptr;  // shared by many conditions
};

// Levels of and, or, not in a condition after its macros are replaced.
inline constexpr size_t kMaxResolvedDepth = 2000;

// The tree with everything replaced.
struct Resolution {
  ExprPtr tree;  // without what is wrong; null: nothing is left
  bool complete = true;
};

// All that is wrong is reported, except what is wrong with a macro itself.
[[nodiscard]] Resolution resolve(const Expr& condition, const Definitions& definitions,
                                 std::vector<Finding>& findings);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_RESOLVER_H
