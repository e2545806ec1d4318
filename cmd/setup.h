// SPDX-License-Identifier: Apache-2.0
// Setup: configuration and rules, loaded for a command; everything that is wrong with them is
// printed on stderr.
#ifndef SAKER_CMD_SETUP_H
#define SAKER_CMD_SETUP_H

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/config.h"
#include "cmd/options.h"
#include "engine/base/diagnostic.h"
#include "engine/rules/loader.h"
#include "engine/rules/rule_set.h"

namespace saker {

struct Setup {
  Config config;
  std::shared_ptr<const RuleSet> rules;
  std::shared_ptr<const RulesDescription> description;  // null: not asked for
};

// Nothing when there is an error.
[[nodiscard]] std::optional<Config> load_config(const Options& options);
// How the configuration wants rules to be loaded.
[[nodiscard]] LoadOptions load_options(const Config& config);
[[nodiscard]] std::optional<Setup> load_setup(const Options& options, bool describe = false);

// Where the rules come from when neither -r nor rules_files says so: run from the build tree, the
// rules of the source tree; else those of the package, then those of the administrator.
[[nodiscard]] std::vector<std::string> default_rules();

}  // namespace saker

#endif  // SAKER_CMD_SETUP_H
