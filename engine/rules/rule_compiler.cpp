// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_compiler.h"

#include <algorithm>
#include <utility>

#include "engine/lang/parser.h"
#include "engine/rules/document.h"

namespace saker {
namespace {

constexpr std::string_view kSource = "syscall";
// What the tracker follows to know the working directory of processes.
constexpr std::string_view kCwdEvents[] = {"chdir", "fchdir"};
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

Diagnostic output_finding(const RuleDefinition& definition, Severity severity,
                          const FindingCode& code, std::string message, const Place& place) {
  const Text& name = definition.name;
  return {severity,
          code,
          std::move(message),
          "",
          place.source,
          place.span,
          {{"rule", name.value, name.source, name.span},
           {"rule output", "", place.source, place.span}}};
}

void describe_output(const Rule& rule, RuleOutcome& outcome) {
  outcome.output = rule.output_compiled;
  for (const OutputTemplate::Field& field : rule.output_template.fields()) {
    outcome.output_fields.push_back(field.name);
  }
  for (const ExtraField& extra : rule.extra_fields) {
    if (!extra.format.empty()) {
      outcome.extra_formats.emplace_back(extra.name, extra.format);
    }
  }
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
      filter_(fields, EventCatalog::builtin()),
      lints_(fields, options, reporter, diagnostics),
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

void RuleCompiler::select(const RuleDefinition& definition, RuleOutcome& outcome) const {
  bool enabled = definition.enabled;
  for (const RuleSelection& selection : options_.selection) {
    if (names_rule(selection.rules, definition)) {
      enabled = selection.enable;
      outcome.decided_by = selection;
    }
  }
  outcome.state = !enabled                                          ? RuleState::kDisabled
                  : definition.priority > options_.minimum_priority ? RuleState::kNotSevere
                                                                    : RuleState::kLoaded;
}

// What the kernel cannot deny, it is asked about when the call has returned, or not at all.
void RuleCompiler::set_action(const RuleDefinition& definition, const EventSet& events,
                              Rule& rule) {
  rule.action = definition.action;
  if (rule.action == RuleAction::kAlert) {
    if (definition.enforcement.has_value()) {
      warn_rule(definition, code::kNotEnforced, "there is nothing to enforce: the rule only alerts",
                "give it 'action: deny' or 'action: kill'", definition.name);
    }
    return;
  }
  const EnforcementPolicy& policy = options_.enforcement;
  rule.enforcement = policy.mode_of(definition);
  const std::string missing = policy.missing_for(events);
  if (rule.action != RuleAction::kDeny || !rule.acts() || missing.empty()) {
    return;
  }
  if (policy.fallback == DenyFallback::kKill) {
    rule.action = RuleAction::kKill;
    return;
  }
  const bool is_error =
      policy.fallback == DenyFallback::kError && rule.enforcement == Enforcement::kOn;
  rule.enforcement = Enforcement::kOff;
  const Text& name = definition.name;
  diagnostics_.add(
      {is_error ? Severity::kError : Severity::kWarning,
       is_error ? code::kCannotEnforce : code::kNotEnforced,
       (is_error ? "the kernel cannot be asked at "
                 : "the rule only alerts: the kernel cannot be asked at ") +
           missing,
       is_error ? "'enforcement.fallback' of the configuration says what comes instead" : "",
       name.source,
       name.span,
       {{"rule", name.value, name.source, name.span}}});
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

lang::ExprPtr RuleCompiler::condition_of(const RuleDefinition& definition, bool& complete) {
  if (definition.condition.empty()) {
    return nullptr;  // reported by the reader
  }
  text_ = texts_.add(ComposedText(definition.condition));
  lang::ParseResult parsed = lang::parse_condition(text_->text(), lang::kRuleConditionDepth);
  lang::ExprPtr condition;
  if (const auto* failure = std::get_if<lang::ParseError>(&parsed)) {
    reporter_.report(*failure, *text_, owner_of(definition));
  } else {
    condition = std::move(*std::get_if<lang::ExprPtr>(&parsed));
  }
  return exceptions_.add(std::move(condition), definition, complete);
}

lang::Resolution RuleCompiler::resolve(const lang::Expr& condition,
                                       const RuleDefinition& definition) {
  std::vector<lang::Finding> findings;
  lang::Resolution resolution = names_.resolve(condition, definition.file, findings);
  for (const lang::Finding& finding : findings) {
    reporter_.report(finding, *text_, owner_of(definition));
  }
  return resolution;
}

void RuleCompiler::warn_deprecated_fields(const RuleDefinition& definition,
                                          const OutputTemplate& output, const ComposedText& text) {
  for (const OutputTemplate::Field& field : output.fields()) {
    const FieldDef* def = field.operand->field();
    if (def != nullptr && (def->flags & kFieldDeprecated) != 0) {
      const auto begin = static_cast<uint32_t>(text.value().find(field.name));
      const Span span{begin, begin + static_cast<uint32_t>(field.name.size())};
      Diagnostic finding =
          output_finding(definition, Severity::kWarning, code::kDeprecated,
                         "field '" + field.name + "' is deprecated", text.locate(span));
      finding.deprecated_field = field.name;
      diagnostics_.add(std::move(finding));
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
    Diagnostic finding = output_finding(definition, Severity::kWarning, code::kDeprecated,
                                        "'%container.info' is no field any more, ignored",
                                        {first.source, first.span});
    finding.hint = "name the container fields to print: %container.id %container.name";
    finding.deprecated_field = kRemovedField.substr(1);
    diagnostics_.add(std::move(finding));
  }
  auto parsed = OutputTemplate::parse(text.value(), fields_);
  if (const auto* failure = std::get_if<FormatError>(&parsed)) {
    if (failure->unknown_field && reporter_.explains_unknown_filters()) {
      return false;
    }
    const bool is_skipped = failure->unknown_field && definition.skip_if_unknown_filter;
    Diagnostic finding =
        output_finding(definition, is_skipped ? Severity::kWarning : Severity::kError,
                       is_skipped ? code::kUnknownFilter : code::kCompileOutput,
                       failure->message + (is_skipped ? "; the rule is left out" : ""),
                       text.locate(failure->span));
    finding.hint = failure->hint;
    diagnostics_.add(std::move(finding));
    return false;
  }
  rule.output_template = std::move(*std::get_if<OutputTemplate>(&parsed));
  rule.output_compiled = text.value();
  warn_deprecated_fields(definition, rule.output_template, text);
  appender_.apply(rule);
  return true;
}

std::optional<lang::ConditionInfo> RuleCompiler::compile(const RuleDefinition& definition,
                                                         const lang::Expr& condition,
                                                         bool is_used) {
  std::vector<lang::Finding> findings;
  std::optional<lang::ConditionInfo> info =
      (is_used ? compiler_ : checker_).add(condition, findings);
  report_all(definition, findings);
  return info;
}

void RuleCompiler::warn_broad(const RuleDefinition& definition, const lang::ConditionInfo& info) {
  if (info.events.count() > kManyEvents && definition.warn_evttypes) {
    warn_rule(definition, code::kNoEventType,
              "this rule is tried for " + std::to_string(info.events.count()) +
                  " kinds of events, which is slow",
              "name those it is about: evt.type in (...)", definition.condition.front());
  }
}

void RuleCompiler::keep(Rule rule, const lang::ConditionInfo& info) {
  rule.events = info.events;
  const uint32_t flags = info.field_flags | output_flags(rule);
  if ((flags & kFieldNeedsCwd) != 0) {
    for (const std::string_view name : kCwdEvents) {
      parts_.state_events |= EventCatalog::builtin().find(name);
    }
  }
  if ((flags & kFieldNeedsEveryEvent) != 0 && !rule.acts()) {
    parts_.state_events |= rule.events;
  }
  parts_.needs_containers = parts_.needs_containers || (flags & kFieldNeedsContainer) != 0;
  parts_.rules.push_back(std::move(rule));
}

CompiledRule RuleCompiler::add(const RuleDefinition& definition) {
  CompiledRule compiled;
  RuleOutcome& outcome = compiled.outcome;
  if (!definition.source.value.empty() && definition.source.value != kSource) {
    outcome.state = RuleState::kUnknownSource;
    warn_rule(definition, code::kUnknownSource,
              "source '" + definition.source.value + "' is not there; the rule is left out", "",
              definition.source);
    return compiled;
  }
  bool complete = !definition.broken;
  compiled.written = condition_of(definition, complete);
  if (compiled.written != nullptr) {
    lang::Resolution resolution = resolve(*compiled.written, definition);
    compiled.resolved = std::move(resolution.tree);
    complete = complete && resolution.complete;
  }
  Rule rule = make_rule(definition, options_.buffer_format);
  if (parse_output(definition, rule) && complete) {
    select(definition, outcome);
  }
  describe_output(rule, outcome);
  outcome.number = parts_.rules.size();
  // Checked even when something is wrong: all mistakes are reported in one run.
  const bool is_used = outcome.state == RuleState::kLoaded;
  std::optional<lang::ConditionInfo> info;
  if (compiled.resolved != nullptr) {
    info = compile(definition, *compiled.resolved, is_used);
  }
  if (!info.has_value() || !complete) {
    outcome.state = RuleState::kUnusable;
    return compiled;
  }
  warn_broad(definition, *info);
  if (is_used) {
    set_action(definition, info->events, rule);
    outcome.action = rule.action;
    outcome.enforcement = rule.enforcement;
    if (names_.lists_are_complete()) {
      lints_.check(definition, *compiled.resolved, *info, *text_);
    }
    if (!add_to_filter(definition, rule, *compiled.resolved, *info)) {
      outcome.state = RuleState::kUnusable;
      return compiled;
    }
    keep(std::move(rule), *info);
  }
  return compiled;
}

bool RuleCompiler::add_to_filter(const RuleDefinition& definition, const Rule& rule,
                                 const lang::Expr& condition, const lang::ConditionInfo& info) {
  if (!rule.acts()) {
    filter_.add(condition, info);
    return true;
  }
  const bool is_kill = rule.action == RuleAction::kKill;
  const ev_act act = rule.enforcement == Enforcement::kOn
                         ? (is_kill ? EV_ACT_KILL : EV_ACT_DENY)
                         : (is_kill ? EV_ACT_WOULD_KILL : EV_ACT_WOULD_DENY);
  const bool is_after = is_kill && (!options_.enforcement.kills_at_hooks ||
                                    !options_.enforcement.missing_for(info.events).empty());
  const filter::Means means = is_after ? filter::Means::kReturn : filter::Means::kHooks;
  std::vector<lang::Finding> findings = filter_.add_acting(condition, info, act, means);
  for (const lang::Finding& finding : findings) {
    reporter_.report(finding, *text_, owner_of(definition));
  }
  if (findings.empty()) {
    acting_.push_back(&definition);
  }
  return findings.empty();
}

RuleSet::Parts RuleCompiler::finish(std::vector<filter::FilterExplanation>* explanations) && {
  parts_.program = std::move(compiler_).finish();
  filter::FilterCompiler::Result result =
      std::move(filter_).finish(parts_.state_events, explanations);
  for (const filter::Overflow& overflow : result.overflows) {
    const Text& name = acting_[overflow.condition]->name;
    diagnostics_.add({Severity::kError,
                      code::kCannotEnforce,
                      overflow.message,
                      "the rules with an action before this one leave no room for it",
                      name.source,
                      name.span,
                      {{"rule", name.value, name.source, name.span}}});
  }
  parts_.filter = std::move(result.filter);
  return std::move(parts_);
}

}  // namespace saker
