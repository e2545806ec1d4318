// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/finding_reporter.h"

#include <memory>
#include <utility>

#include "engine/rules/document.h"

namespace saker {
namespace {

DiagnosticContext context(std::string_view type, std::string name, const Place& place) {
  return {type, std::move(name), place.source, place.span};
}

}  // namespace

void FindingReporter::report(const lang::Finding& finding, const SourceText& own_text,
                             const ConditionOwner& owner) {
  if (finding.unknown_filter && explains_unknown_filters()) {
    return;
  }
  const Severity severity = finding.is_error ? Severity::kError : Severity::kWarning;
  if (diagnostics_.count(severity) >= Diagnostics::kMaxKept) {
    diagnostics_.add({severity, finding.code, {}, {}, {}, {}, {}});  // only counted
    return;
  }
  // The macros that led to the finding, outermost first, after the text it was found in.
  std::vector<const lang::Origin*> chain;
  for (const lang::Origin* at = finding.origin.get(); at != nullptr; at = at->parent.get()) {
    chain.insert(chain.begin(), at);
  }
  const SourceText& text = finding.origin == nullptr ? own_text : *finding.origin->source;
  const Place place = texts_.locate(text, finding.span);
  const bool is_per_rule = finding.code == code::kUnknownFilter;
  if (!is_per_rule &&
      !reported_.emplace(place.source.get(), place.span.begin, finding.message).second) {
    return;
  }
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = finding.code;
  diagnostic.message = finding.message;
  diagnostic.hint = finding.hint;
  diagnostic.deprecated_field = finding.deprecated_field;
  diagnostic.source = place.source;
  diagnostic.span = place.span;
  std::vector<DiagnosticContext>& contexts = diagnostic.contexts;
  contexts.push_back(
      context(owner.type, owner.name->value, {owner.name->source, owner.name->span}));
  contexts.push_back(context(owner.condition_type, "", place));
  const SourceText* user = &own_text;
  for (const lang::Origin* origin : chain) {
    if (!origin->macro.empty()) {
      contexts.back().span = texts_.locate(*user, origin->reference).span;
      contexts.back().source = texts_.locate(*user, origin->reference).source;
      contexts.push_back(context("macro", origin->macro, texts_.locate(*user, origin->reference)));
      contexts.push_back(context("macro condition", "", place));
    }
    if (!origin->exception.empty()) {
      contexts.push_back(context("exception", origin->exception, place));
    }
    user = origin->source.get();
  }
  diagnostics_.add(std::move(diagnostic));
}

void FindingReporter::report(const lang::ParseError& error, const SourceText& own_text,
                             const ConditionOwner& owner) {
  report(lang::Finding{true, code::kCompileCondition, error.message, error.hint, error.span,
                       nullptr, false},
         own_text, owner);
}

}  // namespace saker
