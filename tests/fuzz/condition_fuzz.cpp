// SPDX-License-Identifier: Apache-2.0
// Any text as a condition: parsing, the text form, the analysis of events and compiling must come
// to an end, and a condition must survive the way through its text form.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"
#include "engine/lang/event_analysis.h"
#include "engine/lang/parser.h"

namespace saker::lang {
namespace {

void check_text_form(const Expr& expr) {
  const std::string text = to_text(expr);
  ParseResult again = parse_condition(text, kRuleConditionDepth);
  SAKER_CHECK(std::holds_alternative<ExprPtr>(again));
  const Expr& copy = *std::get<ExprPtr>(again);
  // The text form of `not (not a)` has no parentheses, so it is read as `a`.
  SAKER_CHECK(equal(expr, copy) || text.find("not not ") != std::string::npos);
  SAKER_CHECK(equal(expr, *clone(expr)));
}

void check_error(const ParseError& error, std::string_view text) {
  SAKER_CHECK(!error.message.empty());
  SAKER_CHECK(error.span.begin <= text.size() && error.span.end <= text.size());
}

void run(std::string_view text) {
  static_cast<void>(parse_list_item(text));
  ParseResult result = parse_condition(text, kRuleConditionDepth);
  if (const auto* error = std::get_if<ParseError>(&result)) {
    check_error(*error, text);
    return;
  }
  const Expr& expr = *std::get<ExprPtr>(result);
  check_text_form(expr);
  std::vector<Finding> findings;
  Compiler compiler(FieldCatalog::builtin(), EventCatalog::builtin());
  const auto info = compiler.add(expr, findings);
  const EventSet events = possible_events(expr, EventCatalog::builtin());
  SAKER_CHECK(!info || info->events == events);
  for (const Finding& finding : findings) {
    SAKER_CHECK(finding.span.end <= text.size());
  }
}

}  // namespace
}  // namespace saker::lang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  saker::lang::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
