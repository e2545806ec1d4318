// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/findings.h"
#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

using Files = std::vector<std::shared_ptr<const SourceText>>;

// The verdict on a file and what was found in it.
void report(const SourceText& file, const Diagnostics& diagnostics) {
  size_t errors = 0;
  size_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.source.get() == &file) {
      ++(diagnostic.severity == Severity::kError ? errors : warnings);
    }
  }
  const char* verdict = errors != 0 ? "Invalid" : warnings != 0 ? "Ok, with warnings" : "Ok";
  std::printf("%s: %s\n", file.name().c_str(), verdict);
  print_findings_in(stdout, diagnostics, &file);
}

}  // namespace

int check_command(const Options& options) {
  Files files;
  bool readable = true;
  for (const std::string& path : options.files) {
    auto read = read_rule_files(path);
    if (!read) {
      std::printf("%s: Invalid\nerror: %s\n", path.c_str(), read.error().to_string().c_str());
      readable = false;
      continue;
    }
    if (read->empty()) {
      std::printf("%s: Invalid\nerror: there is no *.yaml or *.yml file in it\n", path.c_str());
      readable = false;
    }
    files.insert(files.end(), read->begin(), read->end());
  }
  const LoadResult loaded = load_rules(files, LoadOptions{});
  for (const auto& file : files) {
    report(*file, loaded.diagnostics);
  }
  print_findings_in(stdout, loaded.diagnostics, nullptr);
  return readable && loaded.rules != nullptr ? kExitOk : kExitFailure;
}

}  // namespace saker
