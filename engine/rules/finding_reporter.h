// SPDX-License-Identifier: Apache-2.0
// FindingReporter: what the passes over conditions find (lang::Finding) -> Diagnostics, with the
// place in the file and the chain "rule X, its condition, macro Y used there, ...".
#ifndef SAKER_ENGINE_RULES_FINDING_REPORTER_H
#define SAKER_ENGINE_RULES_FINDING_REPORTER_H

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/lang/compiler.h"
#include "engine/lang/parser.h"
#include "engine/rules/composed_text.h"

namespace saker {

// The definition whose condition is being looked at.
struct ConditionOwner {
  std::string_view type;            // "rule" or "macro"
  std::string_view condition_type;  // "rule condition" or "macro condition"
  const Text* name = nullptr;
};

class FindingReporter {
 public:
  // Borrows both. `lacks_requirement`: a version or a plugin that a file needs is not there, which
  // is reported and explains every unknown field and event.
  FindingReporter(const ConditionTexts& texts, Diagnostics& diagnostics, bool lacks_requirement)
      : texts_(texts), diagnostics_(diagnostics), lacks_requirement_(lacks_requirement) {}

  // Whether a field or event that is not known needs no finding of its own.
  [[nodiscard]] bool explains_unknown_filters() const noexcept { return lacks_requirement_; }

  // `own_text`: what spans without an origin refer to. A macro's mistake is reported for the first
  // rule that uses it only.
  void report(const lang::Finding& finding, const SourceText& own_text,
              const ConditionOwner& owner);
  void report(const lang::ParseError& error, const SourceText& own_text,
              const ConditionOwner& owner);

 private:
  const ConditionTexts& texts_;
  Diagnostics& diagnostics_;
  bool lacks_requirement_;
  std::set<std::tuple<const SourceText*, uint32_t, std::string>> reported_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_FINDING_REPORTER_H
