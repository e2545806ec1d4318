// SPDX-License-Identifier: Apache-2.0
// CaseWriter: Case -> YAML, as case_reader.h reads it.
#ifndef SAKER_ENGINE_CASES_CASE_WRITER_H
#define SAKER_ENGINE_CASES_CASE_WRITER_H

#include <string>

#include "engine/cases/case.h"

namespace saker {

[[nodiscard]] std::string to_yaml(const Case& written);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_WRITER_H
