// SPDX-License-Identifier: Apache-2.0
#include "cmd/findings.h"

namespace saker {
namespace {

template <typename Filter>
void print_some(std::FILE* out, const Diagnostics& diagnostics, Filter is_wanted) {
  size_t count = 0;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (is_wanted(diagnostic) && ++count <= kMaxShownFindings) {
      std::fprintf(out, "%s\n", render(diagnostic).c_str());
    }
  }
  if (count > kMaxShownFindings) {
    std::fprintf(out, "(%zu more findings)\n", count - kMaxShownFindings);
  }
}

}  // namespace

void print_findings_in(std::FILE* out, const Diagnostics& diagnostics, const SourceText* source) {
  print_some(out, diagnostics, [=](const Diagnostic& d) { return d.source.get() == source; });
}

void print_findings(std::FILE* out, const Diagnostics& diagnostics) {
  print_some(out, diagnostics, [](const Diagnostic&) { return true; });
}

}  // namespace saker
