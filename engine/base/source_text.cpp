// SPDX-License-Identifier: Apache-2.0
#include "engine/base/source_text.h"

#include <algorithm>
#include <utility>

namespace saker {

SourceText::SourceText(std::string name, std::string text, FileStatus status)
    : name_(std::move(name)), text_(std::move(text)), status_(status) {
  line_starts_.push_back(0);
  for (size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<uint32_t>(at + 1));
  }
}

Position SourceText::position(uint32_t offset) const noexcept {
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<uint32_t>(next - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1, offset};
}

std::string_view SourceText::line(uint32_t line_number) const noexcept {
  if (line_number == 0 || line_number > line_starts_.size()) {
    return {};
  }
  const size_t begin = line_starts_[line_number - 1];
  const size_t end = std::min(text_.find('\n', begin), text_.size());
  std::string_view line = std::string_view(text_).substr(begin, end - begin);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace saker
