// SPDX-License-Identifier: Apache-2.0
// ScalarWalker: finds the bytes of a YAML scalar's value in the file it came from.
//
// Walks over value and file side by side. Line folding changes only blanks, so every other byte of
// the value stands in the file as it is, or as an escape when the scalar is in double quotes.
#ifndef SAKER_ENGINE_BASE_SCALAR_WALKER_H
#define SAKER_ENGINE_BASE_SCALAR_WALKER_H

#include <cstdint>
#include <string_view>

#include "engine/base/source_text.h"

namespace saker {

// Offset behind the anchor, the tag and the comments that stand in front of a value.
[[nodiscard]] uint32_t skip_properties(std::string_view file_text, uint32_t offset) noexcept;

class ScalarWalker {
 public:
  // Borrows the text. Requires: a scalar begins at `offset` (its quote or `|` or `>`, if any).
  ScalarWalker(std::string_view file_text, uint32_t offset) noexcept;

  [[nodiscard]] bool is_quoted() const noexcept { return style_ != Style::kPlain; }
  // Offset behind the scalar with this value, its closing quote included.
  [[nodiscard]] uint32_t end_of(std::string_view value) noexcept;
  // The bytes of the file that became `part` of the value. Call one of the two, once.
  [[nodiscard]] Span locate(std::string_view value, Span part) noexcept;

 private:
  enum class Style : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kBlock };

  // Moves over the file text of the value's next byte(s); returns how many bytes of the value.
  uint32_t step(char next) noexcept;
  uint32_t step_escape() noexcept;
  void skip_blanks() noexcept;
  void skip_line_joins() noexcept;
  [[nodiscard]] bool at(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }

  std::string_view text_;
  uint32_t at_;         // where the next byte of the value stands, or blanks before it
  uint32_t begin_ = 0;  // of the byte that step() moved over
  Style style_ = Style::kPlain;
};

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_SCALAR_WALKER_H
