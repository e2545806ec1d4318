// SPDX-License-Identifier: Apache-2.0
// MakeCase: a case of a capture file, as YAML that `saker test` passes.
#ifndef SAKER_CMD_MAKE_CASE_H
#define SAKER_CMD_MAKE_CASE_H

#include <string>

#include "engine/base/result.h"
#include "engine/base/yaml_files.h"
#include "engine/cases/case_runner.h"
#include "engine/rules/loader.h"

namespace saker {

// The records of a capture file. Not for a file that is being written.
[[nodiscard]] Result<RecordedEvents> open_capture(const std::string& path);

// The events of the capture that rules have to be tried for, and the alerts that come. It is run
// before it is given back; what cannot be said in a case, and so is not asked for, is named in it.
// Fails when the alerts would be others; what is wrong with the rules is told on stderr.
[[nodiscard]] Result<std::string> make_case(const std::string& capture_path,
                                            const SourceTexts& rules, const LoadOptions& options);

}  // namespace saker

#endif  // SAKER_CMD_MAKE_CASE_H
