// SPDX-License-Identifier: Apache-2.0
#include "cmd/setup.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "cmd/findings.h"
#include "cmd/log.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInstalledRules[] = {SAKER_DATA_DIR "/rules", "/etc/saker/rules.d"};

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// The files named with -r or in the configuration, or the default ones. A configured path that is
// not there is skipped, as Falco does (its stock configuration names optional files); one of the
// command line must be.
std::vector<std::string> rule_paths(const Options& options, const Config& config) {
  if (!options.rules.empty()) {
    return options.rules;
  }
  if (config.rules_files.empty()) {
    return default_rules();
  }
  std::vector<std::string> paths;
  for (const std::string& path : config.rules_files) {
    if (exists(path)) {
      paths.push_back(path);
    } else {
      log_warning("rules_files: '" + path + "' does not exist, skipped");
    }
  }
  return paths;
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

std::vector<std::string> default_rules() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error && program.parent_path() == SAKER_BUILD_DIR) {
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

std::optional<Config> load_config(const Options& options) {
  std::string path = options.config_path;
  if (path.empty() && exists(std::string(kDefaultConfigPath))) {
    path = kDefaultConfigPath;
  }
  std::shared_ptr<const SourceText> file;
  if (!path.empty()) {
    auto read = read_config_file(path);
    if (!read) {
      log_error(read.error().to_string());
      return std::nullopt;
    }
    file = std::move(*read);
  }
  Diagnostics diagnostics;
  Config config = parse_config(file, options.overrides, diagnostics);
  print_findings(stderr, diagnostics.items());
  if (diagnostics.has_errors()) {
    return std::nullopt;
  }
  set_log_level(config.log_level);
  return config;
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

std::optional<Setup> load_setup(const Options& options, bool describe) {
  std::optional<Config> config = load_config(options);
  if (!config) {
    return std::nullopt;
  }
  const std::vector<std::string> paths = rule_paths(options, *config);
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string& path : paths) {
    auto read = read_rule_files(path);
    if (!read) {
      log_error(read.error().to_string());
      return std::nullopt;
    }
    files.insert(files.end(), read->begin(), read->end());
  }
  if (files.empty()) {
    log_error("no rule files: name some with -r, or install them in " +
              std::string(kInstalledRules[0]) + " or " + kInstalledRules[1]);
    return std::nullopt;
  }
  LoadOptions load = load_options(*config);
  if (!options.print_format.empty()) {
    add_print_format(load, options.print_format);
  }
  load.describe = describe;
  LoadResult loaded = load_rules(files, load);
  print_findings(stderr, loaded.diagnostics.items());
  if (loaded.rules == nullptr) {
    return std::nullopt;
  }
  return Setup{std::move(*config), std::move(loaded.rules), std::move(loaded.description)};
}

}  // namespace saker
