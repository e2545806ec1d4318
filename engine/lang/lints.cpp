// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/lints.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/lang/lexer.h"

namespace saker::lang {
namespace {

constexpr std::string_view kMetaCharacters = "\\.[]{}()*+?|^$";

bool is_anything(std::string_view text) { return text == ".*" || text == ".+" || text == ".?"; }

// No metacharacters, or only behind a backslash.
bool is_literal(std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escaped = pattern[i] == '\\' && i + 1 < pattern.size();
    i += is_escaped ? 1 : 0;
    const bool is_meta = kMetaCharacters.find(pattern[i]) != std::string_view::npos;
    if (is_meta != is_escaped) {
      return false;
    }
  }
  return !pattern.empty();
}

// The operator that does what a regular expression of the form [^] [.*] LITERAL [.*] [$] does;
// empty when it is of another form.
std::string_view cheaper_operator(std::string_view pattern) {
  if (pattern.starts_with('^')) {
    pattern.remove_prefix(1);
  }
  if (pattern.ends_with('$') && !pattern.ends_with("\\$")) {
    pattern.remove_suffix(1);
  }
  const bool open_front = is_anything(pattern.substr(0, 2));
  pattern.remove_prefix(open_front ? 2 : 0);
  const size_t back = pattern.size() - std::min<size_t>(pattern.size(), 2);
  const bool open_back = is_anything(pattern.substr(back));
  pattern.remove_suffix(open_back ? 2 : 0);
  if (!is_literal(pattern)) {
    return {};
  }
  return open_front && open_back ? "contains"
         : open_front            ? "endswith"
         : open_back             ? "startswith"
                                 : "=";
}

// NAME(...) with the name of a transformer or of val.
bool looks_like_transformer(const std::string& text) {
  const Lexer lexer(text);
  return text.ends_with(')') && (lexer.at_val() || lexer.at_transformer());
}

bool is_field(const FieldCatalog& fields, const std::string& text) {
  const auto parsed = parse_operand(text);
  const auto* operand = std::get_if<Operand>(&parsed);
  const auto* ref = operand != nullptr ? std::get_if<FieldRef>(&operand->node) : nullptr;
  FieldCatalog::Use use;
  return ref != nullptr &&
         fields.resolve(ref->name, ref->has_arg, ref->arg, use) == FieldCatalog::UseError::kNone;
}

bool compares_with_missing_text(const std::string& op) {
  constexpr std::array<std::string_view, 6> kOperators = {
      "=", "==", "!=", "in", "intersects", "pmatch"};
  return std::find(kOperators.begin(), kOperators.end(), op) != kOperators.end();
}

}  // namespace

void Lints::comparison(const Comparison& comparison, const FindingSink& sink) {
  fields(comparison.lhs, sink);
  if (const auto* operand = std::get_if<Operand>(&comparison.rhs.node)) {
    fields(*operand, sink);
  }
  for_each_constant(comparison.rhs,
                    [&](const Constant& value) { constant(comparison, value, sink); });
}

void Lints::fields(const Operand& operand, const FindingSink& sink) {
  for_each_field(operand, [&](const FieldRef& ref) {
    const FieldDef* def = fields_.find(ref.name);
    if (def != nullptr && (def->flags & kFieldDeprecated) != 0 &&
        deprecated_.insert(ref.name).second) {
      sink.add(false, code::kDeprecated, ref.span, "field '" + ref.name + "' is deprecated")
          .deprecated_field = ref.name;
    }
  });
}

void Lints::constant(const Comparison& comparison, const Constant& constant,
                     const FindingSink& sink) {
  const std::string quoted = "'" + constant.text + "'";
  if (constant.text == "<NA>" && compares_with_missing_text(comparison.op)) {
    bool unsafe = false;
    for_each_field(comparison.lhs, [&unsafe](const FieldRef& ref) {
      unsafe = unsafe || ref.name.starts_with("ka.") || ref.name.starts_with("jevt.");
    });
    if (unsafe) {
      sink.add(false, code::kUnsafeNaCheck, constant.span,
               "comparing with <NA> does not tell whether the field has a value")
          .hint = "use 'exists' or 'not ... exists'";
    }
  }
  if (comparison.op == "regex") {
    const std::string_view cheaper = cheaper_operator(constant.text);
    if (!cheaper.empty()) {
      sink.add(false, code::kSuspectCondition, constant.span,
               "the regular expression " + quoted + " is a plain text search")
          .hint = "'" + std::string(cheaper) + "' does the same at a fraction of the cost";
    }
  }
  if (is_field(fields_, constant.text)) {
    sink.add(false, code::kSuspectCondition, constant.span,
             quoted + " is the name of a field but is compared as a text")
        .hint = "to compare with the field write val(" + constant.text + ")";
  } else if (looks_like_transformer(constant.text)) {
    sink.add(false, code::kSuspectCondition, constant.span,
             quoted + " looks like a transformer but is compared as a text")
        .hint = "to use the transformer write it without quotes and blanks";
  }
}

}  // namespace saker::lang
