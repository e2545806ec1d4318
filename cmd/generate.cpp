// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "cmd/command.h"
#include "cmd/command_line.h"
#include "cmd/log.h"

namespace saker {
namespace {

struct Form {
  std::string_view name;
  std::string (*make)(const CommandLine& line);
};
constexpr Form kForms[] = {
    {"man", manual_page},
    {"bash", bash_completions},
    {"zsh", zsh_completions},
    {"fish", fish_completions},
};

}  // namespace

int generate_command(const Options& options) {
  const auto* const form = std::ranges::find(kForms, options.form, &Form::name);
  if (form == std::end(kForms)) {
    log_error("there is no form '" + options.form + "'; see 'saker generate --help'");
    return kExitUsage;
  }
  std::fputs(form->make(*options.command_line).c_str(), stdout);
  return kExitOk;
}

}  // namespace saker
