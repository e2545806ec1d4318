// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_compiler.h"

#include <algorithm>
#include <utility>

#include "engine/lang/parser.h"
#include "engine/rules/document.h"

namespace saker {
namespace {

constexpr std::string_view kSource = "syscall";
// A rule that can hold for more events than this costs something with nearly every event.
constexpr size_t kManyEvents = 100;
// A field of older rules; its text is gone and nothing takes its place.
constexpr std::string_view kRemovedField = "%container.info";

ConditionOwner owner_of(const RuleDefinition& rule) {
  return {"rule", "rule condition", &rule.name};
}

// The output as it is parsed, without the field that is gone. True in `removed`: it was there.
ComposedText compose_output(const JoinedText& parts, bool& removed) {
  ComposedText text;
  for (const Text& part : parts) {
    text.append(text.value().empty() ? "" : " ");
    size_t begin = 0;
    for (size_t at = part.value.find(kRemovedField); at != std::string::npos;
         at = part.value.find(kRemovedField, begin)) {
      text.append(part, begin, at);
      begin = at + kRemovedField.size();
      removed = true;
    }
    text.append(part, begin);
  }
  return text;
}

// Union of FieldDef::flags of all fields that an alert shows.
uint32_t output_flags(const Rule& rule) {
  uint32_t flags = rule.output_template.field_flags();
  for (const ExtraField& extra : rule.extra_fields) {
    flags |= extra.value.field_flags();
  }
  return flags;
}

// `*` stands for any text, everything else for itself.
bool matches_wildcard(std::string_view text, std::string_view pattern) {
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;
  size_t star_at = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_at = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool all_unknown_filters(const std::vector<lang::Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const lang::Finding& finding) {
    return !finding.is_error || finding.unknown_filter;
  });
}

Rule make_rule(const RuleDefinition& definition, BufferFormat buffer_format) {
  Rule rule;
  rule.name = definition.name.value;
  rule.description = join(definition.description);
  rule.condition = join(definition.condition);
  rule.output = join(definition.output);
  rule.buffer_format = buffer_format;
  rule.priority = definition.priority;
  rule.capture = definition.capture;
  rule.capture_duration_ms = definition.capture_duration_ms;
  for (const Text& tag : definition.tags) {
    rule.tags.push_back(tag.value);
  }
  std::sort(rule.tags.begin(), rule.tags.end());
  rule.tags.erase(std::unique(rule.tags.begin(), rule.tags.end()), rule.tags.end());
  return rule;
}

}  // namespace

RuleCompiler::RuleCompiler(const FieldCatalog& fields, const LoadOptions& options,
                           ConditionTexts& texts, Names& names, FindingReporter& reporter,
                           Diagnostics& diagnostics)
    : fields_(fields),
      options_(options),
      texts_(texts),
      names_(names),
      reporter_(reporter),
      diagnostics_(diagnostics),
      compiler_(fields, EventCatalog::builtin()),
      checker_(fields, EventCatalog::builtin()),
      exceptions_(texts, reporter, diagnostics, checker_),
      appender_(options.append_output, fields, diagnostics) {
  parts_.matching = options.matching;
}

void RuleCompiler::warn_rule(const RuleDefinition& definition, const FindingCode& code,
                             std::string message, std::string hint, const Text& place) {
  const Text& name = definition.name;
  diagnostics_.add({Severity::kWarning,
                    code,
                    std::move(message),
                    std::move(hint),
                    place.source,
                    place.span,
                    {{"rule", name.value, name.source, name.span}}});
}

void RuleCompiler::output_finding(const RuleDefinition& definition, Severity severity,
                                  const FindingCode& code, std::string message, std::string hint,
                                  const Place& place) {
  const Text& name = definition.name;
  diagnostics_.add({severity,
                    code,
                    std::move(message),
                    std::move(hint),
                    place.source,
                    place.span,
                    {{"rule", name.value, name.source, name.span},
                     {"rule output", "", place.source, place.span}}});
}

bool RuleCompiler::is_selected(const RuleDefinition& definition) const {
  bool enabled = definition.enabled;
  for (const RuleSelection& selection : options_.selection) {
    const bool applies =
        selection.by == RuleSelection::By::kName
            ? matches_wildcard(definition.name.value, selection.pattern)
            : std::any_of(definition.tags.begin(), definition.tags.end(),
                          [&](const Text& tag) { return tag.value == selection.pattern; });
    enabled = applies ? selection.enable : enabled;
  }
  return enabled && definition.priority <= options_.minimum_priority;
}

// Findings of the condition. An unknown field or event only drops the rule when it asks for that.
void RuleCompiler::report_all(const RuleDefinition& definition,
                              std::vector<lang::Finding>& findings) {
  const bool is_skipped = definition.skip_if_unknown_filter && all_unknown_filters(findings);
  for (lang::Finding& finding : findings) {
    if (finding.is_error && is_skipped) {
      finding.is_error = false;
      finding.code = code::kUnknownFilter;
      finding.message += "; the rule is left out";
    }
    reporter_.report(finding, *text_, owner_of(definition));
  }
}

lang::ExprPtr RuleCompiler::condition_of(const RuleDefinition& definition) {
  if (definition.condition.empty()) {
    return nullptr;
  }
  text_ = texts_.add(ComposedText(definition.condition));
  lang::ParseResult parsed = lang::parse_condition(text_->text(), lang::kRuleConditionDepth);
  lang::ExprPtr condition;
  if (const auto* failure = std::get_if<lang::ParseError>(&parsed)) {
    reporter_.report(*failure, *text_, owner_of(definition));
  } else {
    condition = std::move(*std::get_if<lang::ExprPtr>(&parsed));
  }
  condition = exceptions_.add(std::move(condition), definition);
  if (condition == nullptr) {
    return nullptr;
  }
  std::vector<lang::Finding> findings;
  condition = names_.resolve(*condition, definition.file, findings);
  for (const lang::Finding& finding : findings) {
    reporter_.report(finding, *text_, owner_of(definition));
  }
  return condition;
}

void RuleCompiler::warn_deprecated_fields(const RuleDefinition& definition,
                                          const OutputTemplate& output, const ComposedText& text) {
  for (const OutputTemplate::Field& field : output.fields()) {
    const FieldDef* def = field.operand->field();
    if (def != nullptr && (def->flags & kFieldDeprecated) != 0) {
      const auto begin = static_cast<uint32_t>(text.value().find(field.name));
      const Span span{begin, begin + static_cast<uint32_t>(field.name.size())};
      output_finding(definition, Severity::kWarning, code::kDeprecated,
                     "field '" + field.name + "' is deprecated", "", text.locate(span));
    }
  }
}

bool RuleCompiler::parse_output(const RuleDefinition& definition, Rule& rule) {
  if (definition.output.empty()) {
    return false;  // reported by the reader
  }
  bool removed = false;
  const ComposedText text = compose_output(definition.output, removed);
  if (removed) {
    const Text& first = definition.output.front();
    output_finding(definition, Severity::kWarning, code::kDeprecated,
                   "'%container.info' is no field any more, ignored",
                   "name the container fields to print: %container.id %container.name",
                   {first.source, first.span});
  }
  auto parsed = OutputTemplate::parse(text.value(), fields_);
  if (const auto* failure = std::get_if<FormatError>(&parsed)) {
    const bool is_skipped = failure->unknown_field && definition.skip_if_unknown_filter;
    output_finding(definition, is_skipped ? Severity::kWarning : Severity::kError,
                   is_skipped ? code::kUnknownFilter : code::kCompileOutput,
                   failure->message + (is_skipped ? "; the rule is left out" : ""), failure->hint,
                   text.locate(failure->span));
    return false;
  }
  rule.output_template = std::move(*std::get_if<OutputTemplate>(&parsed));
  rule.output_compiled = text.value();
  warn_deprecated_fields(definition, rule.output_template, text);
  appender_.apply(rule);
  return true;
}

void RuleCompiler::add(const RuleDefinition& definition) {
  if (!definition.source.value.empty() && definition.source.value != kSource) {
    warn_rule(definition, code::kUnknownSource,
              "source '" + definition.source.value + "' is not there; the rule is left out", "",
              definition.source);
    return;
  }
  const lang::ExprPtr condition = condition_of(definition);
  Rule rule = make_rule(definition, options_.buffer_format);
  const bool has_output = parse_output(definition, rule);
  if (condition == nullptr) {
    return;
  }
  // Checked even when the output is wrong: all mistakes are reported in one run.
  const bool is_used = has_output && !definition.broken && is_selected(definition);
  std::vector<lang::Finding> findings;
  const std::optional<lang::ConditionInfo> info =
      (is_used ? compiler_ : checker_).add(*condition, findings);
  report_all(definition, findings);
  if (!info.has_value()) {
    return;
  }
  if (info->events.count() > kManyEvents && definition.warn_evttypes) {
    warn_rule(definition, code::kNoEventType,
              "this rule is tried for " + std::to_string(info->events.count()) +
                  " kinds of events, which is slow",
              "name those it is about: evt.type in (...)", definition.condition.front());
  }
  if (is_used) {
    rule.events = info->events;
    if (options_.keep_compiled_conditions) {
      rule.condition_compiled = lang::to_text(*condition);
    }
    const uint32_t flags = info->field_flags | output_flags(rule);
    parts_.needs_cwd = parts_.needs_cwd || (flags & kFieldNeedsCwd) != 0;
    parts_.needs_containers = parts_.needs_containers || (flags & kFieldNeedsContainer) != 0;
    parts_.rules.push_back(std::move(rule));
  }
}

RuleSet::Parts RuleCompiler::finish() && {
  parts_.program = std::move(compiler_).finish();
  return std::move(parts_);
}

}  // namespace saker
