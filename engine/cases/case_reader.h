// SPDX-License-Identifier: Apache-2.0
// CaseReader: YAML -> Case. All mistakes are found, each with its place.
#ifndef SAKER_ENGINE_CASES_CASE_READER_H
#define SAKER_ENGINE_CASES_CASE_READER_H

#include <memory>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "engine/cases/case.h"

namespace saker {

// The cases of a file: one YAML document each. What is wrong is added to `diagnostics`; with an
// error none of the cases must be run.
[[nodiscard]] std::vector<Case> read_cases(const std::shared_ptr<const SourceText>& file,
                                           Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_READER_H
