// SPDX-License-Identifier: Apache-2.0
// Setup: configuration and rules, loaded for a command; everything that is wrong with them is
// printed on stderr.
//
// Threads: any.
#ifndef SAKER_CMD_SETUP_H
#define SAKER_CMD_SETUP_H

#include <memory>
#include <string>
#include <vector>

#include "cmd/config.h"
#include "cmd/config_tree.h"
#include "cmd/options.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"
#include "engine/rules/rule_set.h"
#include "probes/hooks.h"

namespace saker {

// A file, and which version of it was read.
struct LoadedFile {
  std::string path;
  std::string fingerprint;
  bool is_empty = false;
};

struct LoadedConfig {
  Config config;
  ConfigNode tree;                                       // what it was made of
  std::vector<std::shared_ptr<const SourceText>> files;  // in the order of reading
};

struct Setup {
  Config config;
  std::shared_ptr<const RuleSet> rules;
  std::shared_ptr<const RulesDescription> description;  // null: not asked for
  std::vector<LoadedFile> files;                        // in the order of loading
  std::string version;                                  // fingerprint of them and of -o
  HookMeans hook_means = HookMeans::kLsm;               // by which the kernel decides here
};

// All that is wrong is reported; with an error the configuration must not be used.
[[nodiscard]] LoadedConfig read_config(const Options& options, Diagnostics& diagnostics);

// These tell on stderr what is wrong; the error is the first of it, in one line.
[[nodiscard]] Result<LoadedConfig> load_config(const Options& options);
// How the configuration wants rules to be loaded.
[[nodiscard]] LoadOptions load_options(const Config& config);
[[nodiscard]] Result<Setup> load_setup(const Options& options, bool describe = false);

// The rules of a setup. A configured path that is not there is skipped, as Falco does (its stock
// configuration names optional files); one of the command line must be.
[[nodiscard]] Result<std::vector<std::shared_ptr<const SourceText>>> read_rules(
    const Options& options, const Config& config);

// What makes files that were read, and directories that the setup reads, unfit for a sensor that
// runs as root (file_trust.h).
[[nodiscard]] std::vector<Diagnostic> trust_findings(
    const Options& options, const Config& config,
    const std::vector<std::shared_ptr<const SourceText>>& files, Severity severity);

// Rules of a path that the user has named for this once: unlike in a configured directory, which is
// there for rules to come, there must be some.
[[nodiscard]] Result<std::vector<std::shared_ptr<const SourceText>>> read_named_rules(
    const std::string& path);

// Files and directories of which a change may change the setup, whether they exist or not.
[[nodiscard]] std::vector<std::string> source_paths(const Options& options, const Config& config);

// Where the rules come from when neither -r nor rules_files says so: run from the build tree, the
// rules of the source tree; else those of the package, then those of the administrator.
[[nodiscard]] std::vector<std::string> default_rules();

}  // namespace saker

#endif  // SAKER_CMD_SETUP_H
