// SPDX-License-Identifier: Apache-2.0
// Findings: diagnostics as a person gets to see them.
#ifndef SAKER_CMD_FINDINGS_H
#define SAKER_CMD_FINDINGS_H

#include <cstdio>
#include <vector>

#include "engine/base/diagnostic.h"
#include "outputs/json.h"

namespace saker {

// More than a person reads; a file that is no rule file at all can have a finding a line.
inline constexpr size_t kMaxShownFindings = 100;

// Prints the first kMaxShownFindings as text.
void print_findings(std::FILE* out, const std::vector<Diagnostic>& findings);

// {context: {locations, snippet}, code, codedesc, message}, also hint and deprecated_field when
// there is one. The last location is the place of the finding; lines and columns count from 1.
void write_json(JsonWriter& json, const Diagnostic& finding);

}  // namespace saker

#endif  // SAKER_CMD_FINDINGS_H
