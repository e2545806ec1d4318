// SPDX-License-Identifier: Apache-2.0
#include "cmd/setup.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "cmd/config_files.h"
#include "cmd/file_trust.h"
#include "cmd/findings.h"
#include "cmd/log.h"
#include "engine/base/fingerprint.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"
#include "probes/features.h"

namespace saker {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInstalledRules[] = {SAKER_DATA_DIR "/rules", "/etc/saker/rules.d"};

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool runs_from_build_tree() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return !error && program.parent_path() == SAKER_BUILD_DIR;
}

// The files named with -r or in the configuration, or the default ones.
std::vector<std::string> rule_paths(const Options& options, const Config& config) {
  if (!options.rules.empty()) {
    return options.rules;
  }
  return config.rules_files.empty() ? default_rules() : config.rules_files;
}

// The files are read by then.
void refuse_config_files(const std::shared_ptr<const SourceText>& override,
                         Diagnostics& diagnostics) {
  constexpr std::string_view kKey = "config_files";
  const std::string_view text = override->text();
  if (text.starts_with(kKey) && text.find_first_of("=[.") == kKey.size()) {
    config_error(diagnostics, {"", override, {0, static_cast<uint32_t>(kKey.size())}},
                 "'config_files' can only stand in the main file", "name the files there");
  }
}

Error logged(Error error) {
  log_error(error.to_string());
  return error;
}

// Requires: there is an error among them.
Error first_error(const std::vector<Diagnostic>& findings) {
  const auto found = std::ranges::find(findings, Severity::kError, &Diagnostic::severity);
  const std::string text = render(*found);
  return Error{text.substr(0, text.find('\n')), 0, ""};
}

LoadedFile version_of(const SourceText& file) {
  Fingerprint fingerprint;
  fingerprint.add(file.text());
  return {file.name(), fingerprint.text(), file.text().empty()};
}

std::string version_of(const std::vector<LoadedFile>& files, const Options& options) {
  Fingerprint all;
  for (const LoadedFile& file : files) {
    all.add(file.path);
    all.add(file.fingerprint);
  }
  for (const std::string& override : options.overrides) {
    all.add(override);
  }
  return all.text();
}

// An older way to write an entry of append_output. The names of sets of fields mean nothing more.
void add_print_format(LoadOptions& load, const std::string& format) {
  constexpr std::string_view kFieldSets[] = {"c", "container", "k", "kubernetes"};
  if (std::ranges::find(kFieldSets, format) != std::ranges::end(kFieldSets)) {
    return;
  }
  const auto source = std::make_shared<const SourceText>("-p", format);
  AppendOutput entry;
  entry.extra_output = Text{format, source, {0, static_cast<uint32_t>(format.size())}};
  load.append_output.push_back(std::move(entry));
}

}  // namespace

Result<std::vector<std::shared_ptr<const SourceText>>> read_named_rules(const std::string& path) {
  auto read = read_rule_files(path);
  if (read && read->empty()) {
    return Error{"no rule files in '" + path + "'", 0, "their names end in .yaml or .yml"};
  }
  return read;
}

Result<std::vector<std::shared_ptr<const SourceText>>> read_rules(const Options& options,
                                                                  const Config& config) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string& path : rule_paths(options, config)) {
    if (options.rules.empty() && !exists(path)) {
      log_warning("rules_files: '" + path + "' does not exist, skipped");
      continue;
    }
    auto read = options.rules.empty() ? read_rule_files(path) : read_named_rules(path);
    if (!read) {
      return std::move(read).error();
    }
    files.insert(files.end(), read->begin(), read->end());
  }
  if (files.empty()) {
    return Error{"no rule files: name some with -r, or install them in " +
                     std::string(kInstalledRules[0]) + " or " + kInstalledRules[1],
                 0, ""};
  }
  return files;
}

std::vector<std::string> default_rules() {
  if (runs_from_build_tree()) {
    return {SAKER_SOURCE_RULES};
  }
  std::vector<std::string> paths;
  for (const char* path : kInstalledRules) {
    if (exists(path)) {
      paths.emplace_back(path);
    }
  }
  return paths;
}

std::vector<std::string> source_paths(const Options& options, const Config& config) {
  const DefaultConfig defaults;
  std::vector<std::string> paths = rule_paths(options, config);
  paths.push_back(options.config_path.empty() ? defaults.path : options.config_path);
  for (const ConfigFileEntry& entry : config.config_files) {
    paths.push_back(entry.path.value);
  }
  if (options.config_path.empty() && config.config_files.empty()) {
    paths.push_back(defaults.directory);
  }
  return paths;
}

LoadedConfig read_config(const Options& options, Diagnostics& diagnostics) {
  ConfigFiles files = read_config_files(options.config_path, diagnostics);
  LoadedConfig loaded{.config = {}, .tree = std::move(files.tree), .files = std::move(files.texts)};
  for (const std::string& text : options.overrides) {
    const auto override = std::make_shared<const SourceText>("-o", text);
    refuse_config_files(override, diagnostics);
    add_config_override(loaded.tree, override, diagnostics);
  }
  add_environment(loaded.tree, diagnostics);
  loaded.config = make_config(loaded.tree, diagnostics);
  return loaded;
}

Result<LoadedConfig> load_config(const Options& options) {
  Diagnostics diagnostics;
  LoadedConfig loaded = read_config(options, diagnostics);
  print_findings(stderr, diagnostics.items());
  if (diagnostics.has_errors()) {
    return first_error(diagnostics.items());
  }
  set_log_level(loaded.config.log_level);
  return loaded;
}

LoadOptions load_options(const Config& config) {
  LoadOptions load;
  load.minimum_priority = config.priority;
  load.matching = config.rule_matching;
  load.selection = config.rule_selection;
  load.enforcement = config.enforcement;
  load.append_output = config.append_output;
  load.static_fields = config.static_fields;
  load.buffer_format = config.buffer_format;
  return load;
}

std::vector<Diagnostic> trust_findings(const Options& options, const Config& config,
                                       const std::vector<std::shared_ptr<const SourceText>>& files,
                                       Severity severity) {
  std::vector<uint32_t> owners;
  struct stat info{};
  if (runs_from_build_tree() && ::stat(SAKER_SOURCE_RULES, &info) == 0) {
    owners.push_back(info.st_uid);  // who wrote the program
  }
  const FileTrust trust(std::move(owners));
  std::vector<Diagnostic> findings = trust.findings(files, severity);
  std::ranges::move(trust.findings_of_directories(source_paths(options, config), severity),
                    std::back_inserter(findings));
  return findings;
}

Result<Setup> load_setup(const Options& options, bool describe) {
  Result<LoadedConfig> config = load_config(options);
  if (!config) {
    return std::move(config).error();
  }
  Setup setup;
  setup.config = std::move(config->config);
  if (options.is_sensor) {
    HookFinding found = find_hooks();
    setup.hook_means = found.means;
    setup.config.enforcement.missing_hooks = std::move(found.missing);
    setup.config.enforcement.kills_at_hooks = found.means == HookMeans::kLsm;
  }
  for (const auto& file : config->files) {
    setup.files.push_back(version_of(*file));
  }
  const auto files = read_rules(options, setup.config);
  if (!files) {
    return logged(files.error());
  }
  if (options.is_sensor) {
    std::vector<std::shared_ptr<const SourceText>> all = config->files;
    all.insert(all.end(), files->begin(), files->end());
    if (const auto refused = trust_findings(options, setup.config, all, Severity::kError);
        !refused.empty()) {
      print_findings(stderr, refused);
      return first_error(refused);
    }
  }
  LoadOptions load = load_options(setup.config);
  if (!options.print_format.empty()) {
    add_print_format(load, options.print_format);
  }
  load.describe = describe;
  LoadResult loaded = load_rules(*files, load);
  print_findings(stderr, loaded.diagnostics.items());
  if (loaded.rules == nullptr) {
    return first_error(loaded.diagnostics.items());
  }
  for (const auto& file : *files) {
    setup.files.push_back(version_of(*file));
  }
  setup.rules = std::move(loaded.rules);
  setup.description = std::move(loaded.description);
  setup.version = version_of(setup.files, options);
  return setup;
}

}  // namespace saker
