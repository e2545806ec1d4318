// SPDX-License-Identifier: Apache-2.0
// Compiler: checked trees -> Program.
//
// add() runs the checker on a condition whose macros and lists are resolved; what is wrong becomes
// findings with the span and origin of the node. Conditions get consecutive numbers from 0.
#ifndef SAKER_ENGINE_LANG_COMPILER_H
#define SAKER_ENGINE_LANG_COMPILER_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/base/finding_code.h"
#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"
#include "engine/lang/program.h"

namespace saker::lang {

// What the checker has to say about a node. The caller (the loader) adds rule and file.
struct Finding {
  bool is_error = true;
  FindingCode code;
  std::string message;
  std::string hint;
  Span span;                             // in origin->source, or in the condition's own text
  std::shared_ptr<const Origin> origin;  // may be null: the condition's own text
  // The cause is a field or event that this version does not know (skip-if-unknown-filter).
  bool unknown_filter = false;
  std::string deprecated_field = {};  // that it warns about; empty: none
};

// What the analysis learned about one condition.
struct ConditionInfo {
  EventSet events;           // event codes it can hold for (spec 2.7)
  uint16_t field_flags = 0;  // union of FieldDef::flags (kFieldNeeds...) of its fields
  // The number of each comparison, in the order of the condition; equal ones have equal numbers.
  std::vector<uint32_t> comparisons;
};

class Compiler {
 public:
  Compiler(const FieldCatalog& fields, const EventCatalog& events);
  ~Compiler();

  // Adds a condition; no value when a finding is an error. All findings are appended, not only
  // the first. Requires: no MacroRef left in the tree.
  std::optional<ConditionInfo> add(const Expr& condition, std::vector<Finding>& findings);
  // A field or transformer expression of an output template or an exception; null on error.
  std::shared_ptr<const CompiledOperand> operand(const Operand& operand,
                                                 std::vector<Finding>& findings);
  // Ends the work; the compiler must not be used afterwards.
  [[nodiscard]] Program finish() &&;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_COMPILER_H
