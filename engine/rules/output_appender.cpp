// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/output_appender.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

bool applies_to(const AppendOutput& entry, const Rule& rule) {
  return (entry.source.empty() || entry.source == rule.source) &&
         (entry.rule.empty() || entry.rule == rule.name) &&
         std::ranges::all_of(entry.tags, [&](const std::string& tag) {
           return std::ranges::binary_search(rule.tags, tag);
         });
}

// Block scalars end with a line end, which is not meant to be in the message.
void append_trimmed(ComposedText& out, const Text& text) {
  const std::string_view wanted = trim(text.value);
  const size_t begin = wanted.empty() ? 0 : static_cast<size_t>(wanted.data() - text.value.data());
  out.append(text, begin, begin + wanted.size());
}

}  // namespace

OutputAppender::OutputAppender(const std::vector<AppendOutput>& entries, const FieldCatalog& fields,
                               Diagnostics& diagnostics)
    : fields_(fields), diagnostics_(diagnostics) {
  for (const AppendOutput& entry : entries) {
    additions_.push_back(parse(entry));
  }
}

void OutputAppender::error(std::string message, std::string hint, const Place& place) {
  diagnostics_.add(
      {Severity::kError, {}, std::move(message), std::move(hint), place.source, place.span, {}});
}

OutputTemplate OutputAppender::parse_template(const ComposedText& text) {
  auto parsed = OutputTemplate::parse(text.value(), fields_);
  if (const auto* failure = std::get_if<FormatError>(&parsed)) {
    error(failure->message, failure->hint, text.locate(failure->span));
    return {};
  }
  return std::move(*std::get_if<OutputTemplate>(&parsed));
}

ExtraField OutputAppender::parse_field(const AppendOutput::Field& field) {
  ExtraField extra;
  extra.name = field.name.value;
  ComposedText text;
  if (field.format) {
    append_trimmed(text, *field.format);
    extra.format = text.value();
    extra.value = parse_template(text);
    return extra;
  }
  text.append("%");
  text.append(field.name);
  extra.value = parse_template(text);
  const auto& used = extra.value.fields();
  if (!used.empty() && used.front().name != extra.name) {
    error("'" + extra.name + "' is more than the name of a field",
          "a text with fields in it needs a key: `KEY: \"text %field\"`",
          {field.name.source, field.name.span});
  }
  return extra;
}

// The names and values of all suggested fields, also of those that the rule shows already.
void OutputAppender::add_suggested_output(Addition& addition) const {
  std::string text;
  for (const FieldDef* field : fields_.all()) {
    if ((field->flags & kFieldSuggested) != 0) {
      std::string label(field->name);
      std::ranges::replace(label, '.', '_');
      text += " " + label + "=%" + std::string(field->name);
    }
  }
  auto parsed = OutputTemplate::parse(text, fields_);
  auto* output = std::get_if<OutputTemplate>(&parsed);
  SAKER_CHECK(output != nullptr);
  addition.text += text;
  addition.output.append(*output);
}

OutputAppender::Addition OutputAppender::parse(const AppendOutput& entry) {
  Addition addition;
  addition.entry = &entry;
  if (entry.extra_output && !trim(entry.extra_output->value).empty()) {
    ComposedText text;
    text.append(" ");
    append_trimmed(text, *entry.extra_output);
    addition.text = text.value();
    addition.output = parse_template(text);
  }
  if (entry.suggested_output) {
    add_suggested_output(addition);
  }
  for (const AppendOutput::Field& field : entry.extra_fields) {
    addition.fields.push_back(parse_field(field));
  }
  return addition;
}

void OutputAppender::apply(Rule& rule) const {
  for (const Addition& addition : additions_) {
    if (!applies_to(*addition.entry, rule)) {
      continue;
    }
    rule.output_compiled += addition.text;
    rule.output_template.append(addition.output);
    for (const ExtraField& extra : addition.fields) {
      // The last one of a name counts.
      std::erase_if(rule.extra_fields, [&](const ExtraField& e) { return e.name == extra.name; });
      rule.extra_fields.push_back(extra);
    }
  }
}

}  // namespace saker
