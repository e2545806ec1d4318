// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "cmd/command.h"
#include "cmd/dry_run.h"
#include "cmd/setup.h"
#include "outputs/json.h"

namespace saker {

// As if everything were on that may be; needs neither a sensor nor a kernel that can deny.
int dry_run_command(const Options& given) {
  Options options = given;
  options.overrides.emplace_back("enforcement.mode=on");
  const Result<Setup> setup = load_setup(options);
  if (!setup) {
    return kExitFailure;
  }
  const auto report =
      dry_run(setup->rules, {.exempt = setup->config.enforcement_options.exempt_paths});
  if (report == nullptr) {
    std::fputs(options.json ? "null\n" : "no rule has an action that may be in force\n", stdout);
    return kExitOk;
  }
  std::string text;
  if (options.json) {
    JsonWriter json(text);
    write_json(json, *report);
  } else {
    for (const std::string& line : dry_run_lines(*report)) {
      text += (text.empty() ? "" : "\n") + line;
    }
  }
  std::puts(text.c_str());
  return report->operations_refused == 0 ? kExitOk : kExitFailure;
}

}  // namespace saker
