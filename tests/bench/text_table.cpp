// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/text_table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace saker::bench {

void append_table(std::string& out, const std::vector<TableLine>& lines, NumberColumns numbers) {
  std::vector<size_t> widths(lines.front().size());
  for (const TableLine& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], line[i].size());
    }
  }
  for (const TableLine& line : lines) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - line[i].size(), ' ');
      const bool is_number = i >= numbers.first && i <= numbers.last;
      // The last column is never padded: its width in columns is not its size in bytes.
      text += is_number ? pad + line[i] : i + 1 < line.size() ? line[i] + pad : line[i];
      text += "  ";
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
  }
}

}  // namespace saker::bench
