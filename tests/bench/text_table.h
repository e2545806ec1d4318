// SPDX-License-Identifier: Apache-2.0
#ifndef SAKER_TESTS_BENCH_TEXT_TABLE_H
#define SAKER_TESTS_BENCH_TEXT_TABLE_H

#include <cstddef>
#include <string>
#include <vector>

namespace saker::bench {

using TableLine = std::vector<std::string>;  // its cells

// Those aligned to the right.
struct NumberColumns {
  size_t first;
  size_t last;
};

// Requires: at least one line, all of as many cells.
void append_table(std::string& out, const std::vector<TableLine>& lines, NumberColumns numbers);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_TEXT_TABLE_H
