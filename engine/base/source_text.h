// SPDX-License-Identifier: Apache-2.0
// SourceText: a named text (a rule file, a condition inside one) and positions in it.
//
// Ownership: a SourceText owns its bytes; Spans are offsets and stay valid as long as it lives.
// Units:     offsets count bytes from 0; lines and columns count from 1 (columns in bytes).
#ifndef SAKER_ENGINE_BASE_SOURCE_TEXT_H
#define SAKER_ENGINE_BASE_SOURCE_TEXT_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saker {

// Half-open range [begin, end) of byte offsets.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  [[nodiscard]] bool empty() const noexcept { return begin >= end; }
  friend bool operator==(const Span&, const Span&) = default;
};

struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
  uint32_t offset = 0;
};

// Who may have written a file: its owner, and what stat(2) gives as its mode. As it is, a text is
// the sensor's own.
struct FileStatus {
  uint32_t owner = 0;
  uint32_t mode = 0;
};

class SourceText {
 public:
  SourceText(std::string name, std::string text, FileStatus status = {});

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  // Of the file that was read, whatever has the name now.
  [[nodiscard]] FileStatus status() const noexcept { return status_; }
  // Offsets behind the end give the position behind the last byte.
  [[nodiscard]] Position position(uint32_t offset) const noexcept;
  // The line without its line end; empty for a line that does not exist.
  [[nodiscard]] std::string_view line(uint32_t line_number) const noexcept;

 private:
  std::string name_;
  std::string text_;
  FileStatus status_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_SOURCE_TEXT_H
