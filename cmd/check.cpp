// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/describe_json.h"
#include "cmd/explain_text.h"
#include "cmd/filter_text.h"
#include "cmd/findings.h"
#include "cmd/rule_cost.h"
#include "cmd/setup.h"
#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "engine/base/strings.h"
#include "engine/rules/describe.h"
#include "engine/rules/loader.h"
#include "outputs/json.h"

namespace saker {
namespace {

// A file, or a path that gives none.
struct CheckedFile {
  std::string name;
  std::shared_ptr<const SourceText> text;  // null: it cannot be read
  std::vector<Diagnostic> findings;

  [[nodiscard]] bool has(Severity severity) const {
    return std::ranges::any_of(
        findings, [=](const Diagnostic& finding) { return finding.severity == severity; });
  }
};

struct Check {
  std::vector<CheckedFile> files;     // in the order of the command line
  std::vector<Diagnostic> elsewhere;  // in the configuration
  LoadResult loaded;

  [[nodiscard]] bool is_good() const {
    return loaded.rules != nullptr &&
           std::ranges::all_of(files, [](const CheckedFile& file) { return file.text != nullptr; });
  }
};

Diagnostic unreadable(const std::string& path, Error error) {
  Diagnostic finding;
  finding.code = code::kFileRead;
  finding.hint = std::exchange(error.hint, {});
  finding.message = error.to_string();
  finding.contexts = {{"rules content", path, nullptr, {}}};
  return finding;
}

Check check_files(const std::vector<std::string>& paths, const LoadOptions& options) {
  Check check;
  std::vector<std::shared_ptr<const SourceText>> texts;
  for (const std::string& path : paths) {
    auto read = read_named_rules(path);
    if (!read) {
      check.files.push_back({path, nullptr, {unreadable(path, read.error())}});
      continue;
    }
    for (const std::shared_ptr<const SourceText>& text : *read) {
      check.files.push_back({text->name(), text, {}});
      texts.push_back(text);
    }
  }
  check.loaded = load_rules(texts, options);
  for (const Diagnostic& finding : check.loaded.diagnostics.items()) {
    const auto file = std::ranges::find(check.files, finding.source, &CheckedFile::text);
    (file != check.files.end() ? file->findings : check.elsewhere).push_back(finding);
  }
  return check;
}

// They would end `saker run`.
void add_trust_findings(Check& check, Options options, const Config& config) {
  options.rules = options.files;
  std::vector<std::shared_ptr<const SourceText>> texts;
  for (const CheckedFile& file : check.files) {
    if (file.text != nullptr) {
      texts.push_back(file.text);
    }
  }
  for (Diagnostic& finding : trust_findings(options, config, texts, Severity::kWarning)) {
    const auto file =
        std::ranges::find(check.files, finding.contexts.front().item_name, &CheckedFile::name);
    (file != check.files.end() ? file->findings : check.elsewhere).push_back(std::move(finding));
  }
}

void print_text(const Check& check) {
  for (const CheckedFile& file : check.files) {
    const char* verdict = file.has(Severity::kError)     ? "Invalid"
                          : file.has(Severity::kWarning) ? "Ok, with warnings"
                                                         : "Ok";
    std::string line;
    append_printable(line, file.name);
    std::printf("%s: %s\n", line.c_str(), verdict);
    print_findings(stdout, file.findings);
  }
}

// Refusing something by mistake costs more than a false alert.
void print_acting(const RuleSet& rules) {
  for (const Rule& rule : rules.rules()) {
    if (rule.acts()) {
      std::string line;
      append_printable(line, rule.name);
      std::printf("acts: %s: %s\n", line.c_str(),
                  action_text(rule.action, rule.enforcement).c_str());
    }
  }
}

void write_findings(JsonWriter& json, const CheckedFile& file, Severity severity) {
  json.begin_array(severity == Severity::kError ? "errors" : "warnings");
  for (const Diagnostic& finding : file.findings) {
    if (finding.severity == severity) {
      write_json(json, finding);
    }
  }
  json.end_array();
}

void write_schema(JsonWriter& json, const CheckedFile& file) {
  const bool is_broken = std::ranges::any_of(file.findings, &Diagnostic::breaks_schema);
  json.boolean("schema_valid", file.text != nullptr && !is_broken);
  json.begin_array("schema_warnings");
  for (const Diagnostic& finding : file.findings) {
    if (finding.breaks_schema) {
      json.text(finding.message);
    }
  }
  json.end_array();
}

void print_costs(const Check& check) {
  std::fputs(("\n" + to_text(rule_costs(*check.loaded.description, *check.loaded.rules))).c_str(),
             stdout);
  const std::string overflow = overflow_text(check.loaded.rules->filter());
  if (!overflow.empty()) {
    std::printf("\nwarning: %s\n", overflow.c_str());
  }
}

void print_json(const Check& check, bool with_costs) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_array("falco_load_results");
  for (const CheckedFile& file : check.files) {
    json.begin_object();
    json.text("name", file.name);
    json.boolean("successful", !file.has(Severity::kError));
    write_schema(json, file);
    write_findings(json, file, Severity::kError);
    write_findings(json, file, Severity::kWarning);
    json.end_object();
  }
  json.end_array();
  if (check.is_good()) {
    json.key("falco_describe_results");
    write_json(json, *check.loaded.description);
    if (with_costs) {
      json.key("rule_costs");
      write_json(json, rule_costs(*check.loaded.description, *check.loaded.rules));
      json.text("filter_overflow", overflow_text(check.loaded.rules->filter()));
    }
  }
  json.end_object();
  std::puts(out.c_str());
}

}  // namespace

int check_command(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  LoadOptions load = load_options(loaded->config);
  load.describe = options.json || options.cost;
  Check check = check_files(options.files, load);
  add_trust_findings(check, options, loaded->config);
  print_findings(stderr, check.elsewhere);
  if (options.json) {
    print_json(check, options.cost);
  } else {
    print_text(check);
    if (check.is_good()) {
      print_acting(*check.loaded.rules);
    }
    if (options.cost && check.is_good()) {
      print_costs(check);
    }
  }
  return check.is_good() && std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace saker
