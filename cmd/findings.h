// SPDX-License-Identifier: Apache-2.0
// Findings: diagnostics as a person gets to see them.
#ifndef SAKER_CMD_FINDINGS_H
#define SAKER_CMD_FINDINGS_H

#include <cstdio>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"

namespace saker {

// More than a person reads; a file that is no rule file at all can have a finding a line.
inline constexpr size_t kMaxShownFindings = 100;

// Prints the findings in `source` (null: those without a place), the first kMaxShownFindings.
void print_findings_in(std::FILE* out, const Diagnostics& diagnostics, const SourceText* source);
// All of them, likewise.
void print_findings(std::FILE* out, const Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_CMD_FINDINGS_H
