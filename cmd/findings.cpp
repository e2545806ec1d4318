// SPDX-License-Identifier: Apache-2.0
#include "cmd/findings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace saker {
namespace {

void write_location(JsonWriter& json, const DiagnosticContext& context) {
  Position position;
  std::string_view name = context.item_name;
  if (context.source != nullptr) {
    position = context.source->position(context.span.begin);
    name = context.source->name();
  }
  json.begin_object();
  json.text("item_type", context.item_type);
  json.text("item_name", context.item_name);
  json.begin_object("position");
  json.text("name", name);
  json.unsigned_integer("line", position.line);
  json.unsigned_integer("column", position.column);
  json.unsigned_integer("offset", position.offset);
  json.end_object();
  json.end_object();
}

// From the file to the innermost part.
void write_locations(JsonWriter& json, const Diagnostic& finding) {
  constexpr std::string_view kFile = "rules content";
  std::vector<DiagnosticContext> chain = finding.contexts;
  if (chain.empty() || chain.front().item_type != kFile) {
    const std::string file = finding.source == nullptr ? "" : finding.source->name();
    chain.insert(chain.begin(), {kFile, file, finding.source, {}});
  }
  if (finding.source != nullptr) {
    chain.back().source = finding.source;
    chain.back().span = finding.span;
  }
  json.begin_array("locations");
  for (const DiagnosticContext& context : chain) {
    write_location(json, context);
  }
  json.end_array();
}

}  // namespace

void write_json(JsonWriter& json, const Diagnostic& finding) {
  json.begin_object();
  json.begin_object("context");
  write_locations(json, finding);
  json.text("snippet", excerpt(finding));
  json.end_object();
  json.text("code", finding.code.name);
  json.text("codedesc", finding.code.description);
  json.text("message", finding.message);
  if (!finding.hint.empty()) {
    json.text("hint", finding.hint);
  }
  if (!finding.deprecated_field.empty()) {
    json.text("deprecated_field", finding.deprecated_field);
  }
  json.end_object();
}

void print_findings(std::FILE* out, const std::vector<Diagnostic>& findings) {
  const size_t shown = std::min(findings.size(), kMaxShownFindings);
  for (size_t i = 0; i < shown; ++i) {
    std::fprintf(out, "%s\n", render(findings[i]).c_str());
  }
  if (shown < findings.size()) {
    std::fprintf(out, "(%zu more findings)\n", findings.size() - shown);
  }
}

}  // namespace saker
