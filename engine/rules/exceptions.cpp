// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/exceptions.h"

#include <algorithm>
#include <utility>

#include "engine/base/strings.h"
#include "engine/lang/operators.h"
#include "engine/lang/parser.h"
#include "engine/rules/document.h"

namespace saker {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool has_blank(std::string_view text) { return text.find_first_of(kBlanks) != std::string::npos; }

// A value as it stands in a condition: in double quotes when it has a blank and none yet.
void append_value(ComposedText& out, const Text& value) {
  const bool is_quoted = value.value.starts_with('"') || value.value.starts_with('\'');
  const bool needs_quotes = has_blank(value.value) && !is_quoted;
  out.append(needs_quotes ? "\"" : "");
  out.append(value);
  out.append(needs_quotes ? "\"" : "");
}

void append_values(ComposedText& out, const std::vector<Text>& values) {
  out.append("(");
  for (size_t i = 0; i < values.size(); ++i) {
    out.append(i == 0 ? "" : ", ");
    append_value(out, values[i]);
  }
  out.append(")");
}

template <typename Node>
lang::ExprPtr combine(std::vector<lang::ExprPtr> children) {
  if (children.size() == 1) {
    return std::move(children[0]);
  }
  auto expr = std::make_unique<lang::Expr>();
  expr->span = children[0]->span;
  expr->origin = children[0]->origin;
  expr->node = Node{std::move(children)};
  return expr;
}

}  // namespace

void ExceptionBuilder::error(const ExceptionDefinition& exception, std::string message,
                             std::string hint, const Place& place) {
  failed_ = true;
  diagnostics_.add(
      {Severity::kError,
       code::kValidate,
       std::move(message),
       std::move(hint),
       place.source,
       place.span,
       {{"rule", rule_->name.value, rule_->name.source, rule_->name.span},
        {"exception", exception.name.value, exception.name.source, exception.name.span}}});
}

bool ExceptionBuilder::read_comp(std::string_view text, Comp& comp) const {
  text = trim(text);
  const size_t blank = std::min(text.find_first_of(kBlanks), text.size());
  const std::string_view name = text.substr(0, blank);
  const std::string_view modifier = trim(text.substr(blank));
  const lang::OperatorDef* op = lang::find_operator(name);
  if (op == nullptr || op->rhs == lang::RhsKind::kNone) {
    return false;
  }
  comp.text = name;
  comp.takes_list = op->rhs == lang::RhsKind::kList || !modifier.empty();
  if (modifier.empty()) {
    return true;
  }
  comp.text += " " + std::string(modifier);
  const auto modifiers = lang::modifiers();
  return op->rhs == lang::RhsKind::kText &&
         std::any_of(modifiers.begin(), modifiers.end(),
                     [&](const lang::ModifierDef& row) { return row.name == modifier; });
}

bool ExceptionBuilder::read_comps(const ExceptionDefinition& exception, std::vector<Comp>& comps) {
  const OneOrMany& fields = exception.fields;
  if (!exception.comps.has_value()) {
    comps.assign(fields.texts.size(), fields.is_sequence ? Comp{"=", false} : Comp{"in", true});
    return true;
  }
  const OneOrMany& given = *exception.comps;
  if (given.is_sequence != fields.is_sequence || given.texts.size() != fields.texts.size()) {
    error(exception, "'fields' and 'comps' of an exception must have the same length",
          fields.is_sequence ? "give one operator for each field"
                             : "'fields' is one text, so 'comps' must be one too",
          given.place);
    return false;
  }
  for (const Text& text : given.texts) {
    Comp comp;
    const Place place{text.source, text.span};
    if (!read_comp(text.value, comp)) {
      error(exception, "'" + text.value + "' is not an operator that an exception can use", "",
            place);
      return false;
    }
    if (!fields.is_sequence && !comp.takes_list) {
      error(exception, "'" + text.value + "' compares with one value; here a list is given",
            "use in, pmatch, intersects, or an operator with oneof, anyof or allof", place);
      return false;
    }
    comps.push_back(std::move(comp));
  }
  return true;
}

bool ExceptionBuilder::check_fields(const ExceptionDefinition& exception) {
  if (exception.fields.texts.empty()) {
    error(exception, "'fields' of an exception is empty", "", exception.fields.place);
    return false;
  }
  bool good = true;
  for (const Text& field : exception.fields.texts) {
    const auto parsed = lang::parse_operand(field.value);
    if (const auto* failure = std::get_if<lang::ParseError>(&parsed)) {
      error(exception, failure->message, failure->hint,
            {field.source, field.locate(failure->span)});
      good = false;
      continue;
    }
    std::vector<lang::Finding> findings;
    (void)compiler_.operand(*std::get_if<lang::Operand>(&parsed), findings);
    for (const lang::Finding& finding : findings) {
      if (!finding.is_error) {
        continue;
      }
      good = false;
      if (!finding.unknown_filter || !reporter_.explains_unknown_filters()) {
        error(exception, finding.message, finding.hint, {field.source, field.locate(finding.span)});
      }
    }
  }
  return good;
}

lang::ExprPtr ExceptionBuilder::parse(const ExceptionDefinition& exception, ComposedText text) {
  auto source = texts_.add(std::move(text));
  lang::ParseResult parsed = lang::parse_condition(source->text());
  if (auto* failure = std::get_if<lang::ParseError>(&parsed)) {
    reporter_.report(*failure, *source, {"rule", "rule condition", &rule_->name});
    failed_ = true;
    return nullptr;
  }
  lang::ExprPtr expr = std::move(*std::get_if<lang::ExprPtr>(&parsed));
  expr->origin =
      std::make_shared<lang::Origin>(lang::Origin{source, "", nullptr, {}, exception.name.value});
  if (!std::holds_alternative<lang::Comparison>(expr->node)) {
    reporter_.report(lang::ParseError{"this value is more than one value",
                                      "write it in quotes, inside the quotes of YAML", expr->span},
                     *source, {"rule", "rule condition", &rule_->name});
    failed_ = true;
    return nullptr;
  }
  return expr;
}

lang::ExprPtr ExceptionBuilder::build_tuple(const ExceptionDefinition& exception,
                                            const std::vector<Comp>& comps,
                                            const ExceptionTuple& tuple) {
  const std::vector<Text>& fields = exception.fields.texts;
  if (!tuple.is_sequence || tuple.values.size() != fields.size()) {
    error(
        exception,
        "each of 'values' must have as many entries as 'fields': " + std::to_string(fields.size()),
        "", tuple.place);
    return nullptr;
  }
  std::vector<lang::ExprPtr> all;
  for (size_t i = 0; i < fields.size(); ++i) {
    const ExceptionValue& value = tuple.values[i];
    ComposedText text;
    text.append(fields[i]);
    text.append(" " + comps[i].text + " ");
    const bool has_parentheses =
        !value.is_sequence && !value.texts.empty() && value.texts[0].value.starts_with('(');
    if (value.is_sequence || (comps[i].takes_list && !has_parentheses)) {
      append_values(text, value.texts);
    } else if (has_parentheses) {
      text.append(value.texts[0]);
    } else {
      append_value(text, value.texts[0]);
    }
    all.push_back(parse(exception, std::move(text)));
    if (all.back() == nullptr) {
      return nullptr;
    }
  }
  return combine<lang::And>(std::move(all));
}

lang::ExprPtr ExceptionBuilder::build_list_form(const ExceptionDefinition& exception,
                                                const std::vector<Comp>& comps) {
  std::vector<lang::ExprPtr> any;
  for (const ExceptionTuple& tuple : exception.values) {
    if (lang::ExprPtr expr = build_tuple(exception, comps, tuple)) {
      any.push_back(std::move(expr));
    }
  }
  return any.empty() ? nullptr : combine<lang::Or>(std::move(any));
}

lang::ExprPtr ExceptionBuilder::build_scalar_form(const ExceptionDefinition& exception,
                                                  const Comp& comp) {
  ComposedText text;
  text.append(exception.fields.texts[0]);
  text.append(" " + comp.text + " (");
  bool is_first = true;
  for (const ExceptionTuple& entry : exception.values) {
    if (entry.is_sequence) {
      error(exception, "'fields' is one text, so each of 'values' must be one too", "",
            entry.place);
      return nullptr;
    }
    text.append(is_first ? "" : ", ");
    append_value(text, entry.values[0].texts[0]);
    is_first = false;
  }
  text.append(")");
  return parse(exception, std::move(text));
}

lang::ExprPtr ExceptionBuilder::build(const ExceptionDefinition& exception) {
  std::vector<Comp> comps;
  const bool fields_are_good = check_fields(exception);
  if (!read_comps(exception, comps) || !fields_are_good || exception.values.empty()) {
    return nullptr;
  }
  return exception.fields.is_sequence ? build_list_form(exception, comps)
                                      : build_scalar_form(exception, comps[0]);
}

lang::ExprPtr ExceptionBuilder::add(lang::ExprPtr condition, const RuleDefinition& rule,
                                    bool& complete) {
  rule_ = &rule;
  failed_ = false;
  for (const ExceptionDefinition& exception : rule.exceptions) {
    lang::ExprPtr excluded = build(exception);
    if (excluded == nullptr || condition == nullptr) {
      continue;
    }
    auto negation = std::make_unique<lang::Expr>();
    negation->span = excluded->span;
    negation->origin = excluded->origin;
    negation->node = lang::Not{std::move(excluded)};
    std::vector<lang::ExprPtr> both;
    both.push_back(std::move(condition));
    both.push_back(std::move(negation));
    condition = combine<lang::And>(std::move(both));
  }
  complete = complete && !failed_;
  return condition;
}

}  // namespace saker
