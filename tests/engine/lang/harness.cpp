// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/lang/harness.h"

#include <gtest/gtest.h>

#include <utility>
#include <variant>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/evaluator.h"
#include "engine/lang/parser.h"

namespace saker::lang::test {

ExprPtr must_parse(std::string_view text) {
  ParseResult result = parse_condition(text, kRuleConditionDepth);
  if (const auto* error = std::get_if<ParseError>(&result)) {
    ADD_FAILURE() << text << ": " << error->message;
    return std::make_unique<Expr>(Expr{MacroRef{"unparsed"}, {}, nullptr});
  }
  return std::move(std::get<ExprPtr>(result));
}

std::vector<Finding> check(MockFields& fields, std::string_view condition) {
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  compiler.add(*must_parse(condition), findings);
  return findings;
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += (finding.is_error ? "error: " : "warning: ") + finding.message;
    text += finding.hint.empty() ? "\n" : " [" + finding.hint + "]\n";
  }
  return text;
}

std::string evaluate(MockFields& fields, std::string_view condition) {
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  if (!compiler.add(*must_parse(condition), findings)) {
    return to_text(findings);
  }
  const Program program = std::move(compiler).finish();
  Evaluator evaluator(program);
  evaluator.start();
  const Event event;
  return evaluator.holds(0, event) ? "true" : "false";
}

}  // namespace saker::lang::test
