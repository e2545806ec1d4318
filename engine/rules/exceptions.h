// SPDX-License-Identifier: Apache-2.0
// Exceptions: `exceptions` of a rule -> trees of the form "condition and not (...)".
//
// Each comparison is parsed on its own, so a value cannot change the structure of the condition.
#ifndef SAKER_ENGINE_RULES_EXCEPTIONS_H
#define SAKER_ENGINE_RULES_EXCEPTIONS_H

#include "engine/base/diagnostic.h"
#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/merge.h"

namespace saker {

class ExceptionBuilder {
 public:
  // Borrows all. `compiler` checks the fields; nothing is added to it.
  ExceptionBuilder(ConditionTexts& texts, FindingReporter& reporter, Diagnostics& diagnostics,
                   lang::Compiler& compiler)
      : texts_(texts), reporter_(reporter), diagnostics_(diagnostics), compiler_(compiler) {}

  // The condition with the exceptions of its rule; false in `complete`: something is wrong with
  // them.
  [[nodiscard]] lang::ExprPtr add(lang::ExprPtr condition, const RuleDefinition& rule,
                                  bool& complete);

 private:
  // An operator and, after a blank, a modifier.
  struct Comp {
    std::string text;
    bool takes_list = false;
  };

  bool read_comps(const ExceptionDefinition& exception, std::vector<Comp>& comps);
  bool read_comp(std::string_view text, Comp& comp) const;
  bool check_fields(const ExceptionDefinition& exception);
  // What the exception excludes; null and `failed_` unset: nothing, it has no values.
  lang::ExprPtr build(const ExceptionDefinition& exception);
  lang::ExprPtr build_list_form(const ExceptionDefinition& exception,
                                const std::vector<Comp>& comps);
  lang::ExprPtr build_scalar_form(const ExceptionDefinition& exception, const Comp& comp);
  lang::ExprPtr build_tuple(const ExceptionDefinition& exception, const std::vector<Comp>& comps,
                            const ExceptionTuple& tuple);
  lang::ExprPtr parse(const ExceptionDefinition& exception, ComposedText text);
  void error(const ExceptionDefinition& exception, std::string message, std::string hint,
             const Place& place);

  ConditionTexts& texts_;
  FindingReporter& reporter_;
  Diagnostics& diagnostics_;
  lang::Compiler& compiler_;
  const RuleDefinition* rule_ = nullptr;
  bool failed_ = false;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_EXCEPTIONS_H
