// SPDX-License-Identifier: Apache-2.0
// GeneratedRules: rule files of any size that look like those people write: macros, lists, several
// fields and operators to a rule, exceptions at its end. Each rule names files, programs, addresses
// or texts of its own.
//
// The same text at each call. No rule holds for an event of the mix (mix.h).
#ifndef SAKER_TESTS_BENCH_GENERATED_RULES_H
#define SAKER_TESTS_BENCH_GENERATED_RULES_H

#include <cstddef>
#include <string>

namespace saker::bench {

[[nodiscard]] std::string generate_rules(size_t count);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_GENERATED_RULES_H
