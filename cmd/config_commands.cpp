// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "cmd/config_default.h"
#include "engine/base/diagnostic.h"

namespace saker {
namespace {

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

struct Action {
  std::string_view name;
  int (*run)(const Options& options);
};
constexpr Action kActions[] = {
    {"default", [](const Options&) { return print(default_config_text()); }},
};

}  // namespace

int config_command(const Options& options) {
  std::vector<std::string_view> names;
  for (const Action& action : kActions) {
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
