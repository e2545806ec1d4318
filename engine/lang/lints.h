// SPDX-License-Identifier: Apache-2.0
// Lints: warnings about comparisons that are valid but hardly meant.
#ifndef SAKER_ENGINE_LANG_LINTS_H
#define SAKER_ENGINE_LANG_LINTS_H

#include <set>
#include <string>

#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"
#include "engine/lang/checker.h"

namespace saker::lang {

class Lints {
 public:
  explicit Lints(const FieldCatalog& fields) : fields_(fields) {}

  void comparison(const Comparison& comparison, const FindingSink& sink);
  // Deprecated fields are reported once per condition: call between two conditions.
  void start_condition() { deprecated_.clear(); }

 private:
  void fields(const Operand& operand, const FindingSink& sink);
  void constant(const Comparison& comparison, const Constant& constant, const FindingSink& sink);

  const FieldCatalog& fields_;
  std::set<std::string> deprecated_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_LINTS_H
