// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/loader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/yaml_files.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/describe.h"
#include "engine/rules/document.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/merge.h"
#include "engine/rules/names.h"
#include "engine/rules/reader.h"
#include "engine/rules/rule_compiler.h"

namespace saker {
namespace {

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}

  LoadResult load(const std::vector<std::shared_ptr<const SourceText>>& files);

 private:
  void read(const std::shared_ptr<const SourceText>& source, size_t file);
  void check_engine_version(const Item& item);
  void check_plugins();
  void check_plugin_entry(const Item& item, const std::vector<PluginRequirement>& entry);
  void compile();
  [[nodiscard]] RulesDescription describe(Describer describer, Names& names) const;
  void error(const Item& item, std::string message, std::string hint, const Text& place) {
    diagnostics_.add({Severity::kError,
                      code::kValidate,
                      std::move(message),
                      std::move(hint),
                      place.source,
                      place.span,
                      {context_of(item)}});
  }

  const LoadOptions& options_;
  Diagnostics diagnostics_;
  DefinitionStore store_;
  std::vector<Item> plugin_items_;
  std::optional<Version> engine_version_;
  std::shared_ptr<const RuleSet> rules_;
  std::shared_ptr<const RulesDescription> description_;
  // A version or a plugin that a file needs is not there.
  bool lacks_requirement_ = false;
  bool has_unreadable_items_ = false;
};

void Loader::check_engine_version(const Item& item) {
  if (!item.engine_version.has_value()) {
    return;
  }
  const std::optional<Version> ours = Version::parse(kLanguageVersion);
  SAKER_CHECK(ours.has_value());
  engine_version_ = std::max(engine_version_.value_or(Version()), *item.engine_version);
  if (!ours->satisfies(*item.engine_version)) {
    lacks_requirement_ = true;
    error(item, "this file needs engine version " + item.engine_version->to_string(),
          "this is version " + std::string(kLanguageVersion), item.name);
  }
}

void Loader::check_plugin_entry(const Item& item, const std::vector<PluginRequirement>& entry) {
  std::string wanted;
  for (const PluginRequirement& requirement : entry) {
    for (const PluginVersion& plugin : options_.plugins) {
      if (plugin.name != requirement.name.value) {
        continue;
      }
      const std::optional<Version> version = Version::parse(plugin.version);
      if (!version.has_value() || !version->satisfies(requirement.version)) {
        lacks_requirement_ = true;
        error(item,
              "this file needs plugin '" + plugin.name + "' in version " +
                  requirement.version.to_string(),
              "it is there in version " + plugin.version, requirement.name);
      }
      return;  // the first that is there decides
    }
    wanted += (wanted.empty() ? "'" : " or '") + requirement.name.value + "' " +
              requirement.version.to_string();
  }
  if (!entry.empty()) {
    lacks_requirement_ = true;
    error(item, "this file needs plugin " + wanted, "", entry.front().name);
  }
}

void Loader::check_plugins() {
  for (const Item& item : plugin_items_) {
    for (const std::vector<PluginRequirement>& entry : item.plugin_versions) {
      check_plugin_entry(item, entry);
    }
  }
}

void Loader::read(const std::shared_ptr<const SourceText>& source, size_t file) {
  for (Item& item : read_rule_file(source, diagnostics_)) {
    has_unreadable_items_ = has_unreadable_items_ || item.unreadable;
    if (item.kind == ItemKind::kEngineVersion) {
      check_engine_version(item);
    } else if (item.kind == ItemKind::kPluginVersions) {
      plugin_items_.push_back(std::move(item));
    } else {
      store_.apply(std::move(item), file, diagnostics_);
    }
  }
}

void Loader::compile() {
  ConditionTexts texts;
  FindingReporter reporter(texts, diagnostics_, lacks_requirement_);
  Names names(store_, texts, reporter, diagnostics_);
  names.resolve_macros();
  const FieldCatalog& known =
      options_.fields == nullptr ? FieldCatalog::builtin() : *options_.fields;
  Describer describer(store_, options_.plugins);
  std::shared_ptr<const FieldCatalog> extended;
  if (!options_.static_fields.empty()) {
    extended = std::make_shared<const FieldCatalog>(known, options_.static_fields);
  }
  RuleCompiler compiler(extended == nullptr ? known : *extended, options_, texts, names, reporter,
                        diagnostics_);
  for (const RuleDefinition& rule : store_.rules()) {
    CompiledRule compiled = compiler.add(rule);
    if (options_.describe) {
      describer.add_rule(rule, std::move(compiled));
    }
  }
  if (!has_unreadable_items_) {  // they may use everything
    names.report_unused();
    for (const RuleSelection& selection : options_.selection) {
      warn_if_idle(selection.rules, "nothing is switched", store_.rules(), diagnostics_);
    }
    for (const EnforcementSelection& selection : options_.enforcement.rules) {
      warn_if_idle(selection.rules, "enforcement stays as it is", store_.rules(), diagnostics_);
    }
  }
  if (diagnostics_.has_errors()) {
    return;
  }
  std::vector<filter::FilterExplanation> explanations;
  RuleSet::Parts parts = std::move(compiler).finish(options_.describe ? &explanations : nullptr);
  if (diagnostics_.has_errors()) {
    return;
  }
  parts.fields = std::move(extended);
  rules_ = std::make_shared<const RuleSet>(std::move(parts));
  if (options_.describe) {
    describer.add_filter(std::move(explanations));
    description_ = std::make_shared<const RulesDescription>(describe(std::move(describer), names));
  }
}

RulesDescription Loader::describe(Describer describer, Names& names) const {
  RulesDescription description = std::move(describer).finish(names);
  if (engine_version_.has_value()) {
    description.required_engine_version = engine_version_->to_string();
  }
  for (const Item& item : plugin_items_) {
    description.required_plugin_versions.insert(description.required_plugin_versions.end(),
                                                item.plugin_versions.begin(),
                                                item.plugin_versions.end());
  }
  return description;
}

LoadResult Loader::load(const std::vector<std::shared_ptr<const SourceText>>& files) {
  for (size_t i = 0; i < files.size(); ++i) {
    read(files[i], i);
  }
  check_plugins();
  compile();
  LoadResult result;
  result.rules = std::move(rules_);
  result.diagnostics = std::move(diagnostics_);
  result.description = std::move(description_);
  result.required_engine_version = engine_version_.has_value() ? engine_version_->to_string() : "";
  return result;
}

}  // namespace

LoadResult load_rules(const std::vector<std::shared_ptr<const SourceText>>& files,
                      const LoadOptions& options) {
  return Loader(options).load(files);
}

Result<std::vector<std::shared_ptr<const SourceText>>> read_rule_files(const std::string& path) {
  return read_yaml_files(path, "rule");
}

}  // namespace saker
