// SPDX-License-Identifier: Apache-2.0
// Loader: rule files -> RuleSet. Runs the passes reader -> merge -> parser -> resolver -> checker
// -> compiler and collects what each finds.
//
// All or nothing: with an error anywhere there is no RuleSet.
#ifndef SAKER_ENGINE_RULES_LOADER_H
#define SAKER_ENGINE_RULES_LOADER_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/fields/catalog.h"
#include "engine/rules/append_output.h"
#include "engine/rules/enforcement_policy.h"
#include "engine/rules/rule_pattern.h"
#include "engine/rules/rule_set.h"

namespace saker {

struct RulesDescription;

// What `required_plugin_versions` may ask for.
struct PluginVersion {
  std::string name;
  std::string version;
  std::vector<std::string> field_prefixes;  // of the names of its fields
};

struct LoadOptions {
  Priority minimum_priority = Priority::kDebug;  // less severe rules are left out
  RuleMatching matching = RuleMatching::kFirst;
  std::vector<RuleSelection> selection;  // in order, after what the rules say themselves
  EnforcementPolicy enforcement;
  const FieldCatalog* fields = nullptr;  // null: FieldCatalog::builtin()
  bool describe = false;                 // fills LoadResult::description
  std::vector<AppendOutput> append_output;
  std::map<std::string, std::string> static_fields;  // KEY and value of each field static.KEY
  BufferFormat buffer_format = BufferFormat::kDots;
  // The fields of this plugin are built in.
  std::vector<PluginVersion> plugins = {
      {"container", "0.6.1", {"container.", "k8s.", "proc.is_container_"}}};
};

// Version of the rule language that this loader implements (`required_engine_version`).
inline constexpr std::string_view kLanguageVersion = "0.63.0";

struct LoadResult {
  std::shared_ptr<const RuleSet> rules;  // null when there is an error
  Diagnostics diagnostics;
  std::string required_engine_version;  // the greatest that a file asks for; empty: none does
  // Null: there is an error, or LoadOptions::describe does not ask for it. See describe.h.
  std::shared_ptr<const RulesDescription> description;
};

// Files are loaded in order; later ones may use what earlier ones define.
[[nodiscard]] LoadResult load_rules(const std::vector<std::shared_ptr<const SourceText>>& files,
                                    const LoadOptions& options);

// Reads `path`, or each *.yaml and *.yml of a directory in name order; there may be none. Refuses
// devices, pipes and files above 64 MiB.
[[nodiscard]] Result<std::vector<std::shared_ptr<const SourceText>>> read_rule_files(
    const std::string& path);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_LOADER_H
