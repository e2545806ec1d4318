// SPDX-License-Identifier: Apache-2.0
// Loader: rule files -> RuleSet. Runs the passes reader -> merge -> parser -> resolver -> checker
// -> compiler and collects what each finds.
//
// All or nothing: with an error anywhere there is no RuleSet.
#ifndef SAKER_ENGINE_RULES_LOADER_H
#define SAKER_ENGINE_RULES_LOADER_H

#include <memory>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/fields/catalog.h"
#include "engine/rules/rule_set.h"

namespace saker {

struct LoadOptions {
  Priority minimum_priority = Priority::kDebug;  // less severe rules are left out
  RuleMatching matching = RuleMatching::kFirst;
  const FieldCatalog* fields = nullptr;  // null: FieldCatalog::builtin()
};

struct LoadResult {
  std::shared_ptr<const RuleSet> rules;  // null when there is an error
  Diagnostics diagnostics;
};

// Files are loaded in order; later ones may use what earlier ones define.
[[nodiscard]] LoadResult load_rules(const std::vector<std::shared_ptr<const SourceText>>& files,
                                    const LoadOptions& options);

// Reads `path`, or each *.yaml and *.yml of a directory in name order. Refuses devices, pipes and
// files above 64 MiB.
[[nodiscard]] Result<std::vector<std::shared_ptr<const SourceText>>> read_rule_files(
    const std::string& path);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_LOADER_H
