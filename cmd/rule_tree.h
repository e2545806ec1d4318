// SPDX-License-Identifier: Apache-2.0
// RuleTree: a condition as lines for a person, one for each comparison.
#ifndef SAKER_CMD_RULE_TREE_H
#define SAKER_CMD_RULE_TREE_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/ast.h"

namespace saker {

// Bytes of a comparison or a name that are shown.
inline constexpr size_t kMaxLeafText = 240;

// The text without control characters, at most `limit` bytes of it and "..." in place of the rest.
[[nodiscard]] std::string shown(std::string_view text, size_t limit);

// With blanks in front, so that it is `width` bytes long.
[[nodiscard]] std::string padded(const std::string& text, size_t width);

// Lines of which the first kMax are kept and all counted.
class Rows {
 public:
  static constexpr size_t kMax = 500;

  // Of a line that is not worth making when it is not kept, tell so by skip().
  [[nodiscard]] bool is_full() const noexcept { return lines_.size() >= kMax; }
  void skip() noexcept { ++count_; }
  void add(std::string line);

  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
  [[nodiscard]] size_t left_out() const noexcept { return count_ - lines_.size(); }

 private:
  std::vector<std::string> lines_;
  size_t count_ = 0;
};

// The tree, two blanks per level. A node that a macro or an exception brought in says so.
[[nodiscard]] Rows tree_rows(const lang::Expr& condition);

// The comparisons in the order of the text.
[[nodiscard]] Rows leaf_rows(const lang::Expr& condition);

}  // namespace saker

#endif  // SAKER_CMD_RULE_TREE_H
