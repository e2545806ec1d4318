// SPDX-License-Identifier: Apache-2.0
// Inventory: what a condition names. Of a condition as it was parsed: its macros and lists; of one
// with these replaced: the fields, operators and transformers of the whole.
#ifndef SAKER_ENGINE_LANG_INVENTORY_H
#define SAKER_ENGINE_LANG_INVENTORY_H

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "engine/lang/ast.h"

namespace saker::lang {

struct Inventory {
  std::set<std::string> macros;
  std::set<std::string> lists;
  std::set<std::string> fields;  // with argument: proc.aname[2]
  std::set<std::string> operators;
  std::set<std::string> transformers;
};

// `is_list` tells whether a constant that stands without quotes is the name of a list.
[[nodiscard]] Inventory take_inventory(const Expr& condition,
                                       const std::function<bool(std::string_view)>& is_list);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_INVENTORY_H
