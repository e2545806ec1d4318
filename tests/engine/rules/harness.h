// SPDX-License-Identifier: Apache-2.0
// Harness: loads rule files given as texts, named a.yaml, b.yaml and so on.
#ifndef SAKER_TESTS_ENGINE_RULES_HARNESS_H
#define SAKER_TESTS_ENGINE_RULES_HARNESS_H

#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/rules/loader.h"

namespace saker::test {

[[nodiscard]] LoadResult load(std::initializer_list<std::string_view> texts,
                              const LoadOptions& options = {});

// All findings in their text form, one after the other.
[[nodiscard]] std::string rendered(const LoadResult& result);
[[nodiscard]] std::string findings(std::initializer_list<std::string_view> texts);

// A rule of five lines; its condition stands in the third, at column 14.
[[nodiscard]] std::string rule(std::string_view name, std::string_view condition,
                               std::string_view more = "");

}  // namespace saker::test

#endif  // SAKER_TESTS_ENGINE_RULES_HARNESS_H
