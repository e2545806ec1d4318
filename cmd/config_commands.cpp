// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/config_default.h"
#include "cmd/config_schema.h"
#include "cmd/config_show.h"
#include "cmd/findings.h"
#include "cmd/setup.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "outputs/json.h"

namespace saker {
namespace {

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

int show(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const std::vector<ShownValue> values = shown_values(loaded->tree);
  if (!options.json) {
    return print(to_text(values));
  }
  std::string out;
  JsonWriter json(out);
  write_json(json, values);
  return print(out + '\n');
}

void write_findings(JsonWriter& json, const std::vector<Diagnostic>& findings, Severity severity) {
  json.begin_array(severity == Severity::kError ? "errors" : "warnings");
  for (const Diagnostic& finding : findings) {
    if (finding.severity == severity) {
      write_json(json, finding);
    }
  }
  json.end_array();
}

std::string check_as_json(const LoadedConfig& loaded, const Diagnostics& diagnostics) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_array("files");
  for (const auto& file : loaded.files) {
    json.text(file->name());
  }
  json.end_array();
  write_findings(json, diagnostics.items(), Severity::kError);
  write_findings(json, diagnostics.items(), Severity::kWarning);
  json.end_object();
  return out + '\n';
}

std::string counted(size_t count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

int check(const Options& options) {
  Options checked = options;
  checked.config_path = options.files.empty() ? options.config_path : options.files.front();
  Diagnostics diagnostics;
  const LoadedConfig loaded = read_config(checked, diagnostics);
  for (Diagnostic& finding :
       trust_findings(checked, loaded.config, loaded.files, Severity::kWarning)) {
    diagnostics.add(std::move(finding));
  }
  int written = kExitOk;
  if (options.json) {
    written = print(check_as_json(loaded, diagnostics));
  } else {
    print_findings(stdout, diagnostics.items());
    written = print(counted(loaded.files.size(), "file") + ": " +
                    counted(diagnostics.count(Severity::kError), "error") + ", " +
                    counted(diagnostics.count(Severity::kWarning), "warning") + '\n');
  }
  return diagnostics.has_errors() ? kExitFailure : written;
}

struct Action {
  std::string_view name;
  bool takes_file;
  int (*run)(const Options& options);
};
constexpr Action kActions[] = {
    {"show", false, show},
    {"check", true, check},
    {"default", false, [](const Options&) { return print(default_config_text()); }},
    {"schema", false, [](const Options&) { return print(config_schema()); }},
};

}  // namespace

int config_command(const Options& options) {
  std::vector<std::string_view> names;
  for (const Action& action : kActions) {
    if (action.name == options.action && !options.files.empty() && !action.takes_file) {
      std::fprintf(stderr, "saker config %s: takes no FILE; name it with -c\n",
                   options.action.c_str());
      return kExitUsage;
    }
    if (action.name == options.action) {
      return action.run(options);
    }
    names.push_back(action.name);
  }
  const std::string hint = did_you_mean(options.action, names);
  std::fprintf(stderr, "saker config: unknown action '%s'%s\n", options.action.c_str(),
               hint.empty() ? "; 'saker config --help' shows them" : ("; " + hint).c_str());
  return kExitUsage;
}

}  // namespace saker
