// SPDX-License-Identifier: Apache-2.0
#include "engine/base/scalar_walker.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "engine/base/strings.h"

namespace saker {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Bytes of the value that an escape other than \x, \u, \U stands for: \N and \_ are Latin-1
// characters, \L and \P line separators; all others are ASCII.
uint32_t escape_size(char c) noexcept {
  return c == 'N' || c == '_' ? 2 : c == 'L' || c == 'P' ? 3 : 1;
}

}  // namespace

uint32_t skip_properties(std::string_view text, uint32_t offset) noexcept {
  uint32_t at = offset;
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    while (at < text.size() && !is_blank(text[at])) {
      ++at;
    }
    while (at < text.size() && (is_blank(text[at]) || text[at] == '#')) {
      if (text[at] == '#') {
        at = static_cast<uint32_t>(std::min(text.find('\n', at), text.size()));
      } else {
        ++at;
      }
    }
  }
  return at;
}

ScalarWalker::ScalarWalker(std::string_view file_text, uint32_t offset) noexcept
    : text_(file_text), at_(offset) {
  if (at('\'')) {
    style_ = Style::kSingleQuoted;
    ++at_;
  } else if (at('"')) {
    style_ = Style::kDoubleQuoted;
    ++at_;
  } else if (at('|') || at('>')) {
    style_ = Style::kBlock;
    at_ = static_cast<uint32_t>(std::min(text_.find('\n', at_), text_.size()));
  }
}

void ScalarWalker::skip_blanks() noexcept {
  while (at_ < text_.size() && is_blank(text_[at_])) {
    ++at_;
  }
}

uint32_t ScalarWalker::step_escape() noexcept {
  const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  const uint32_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  begin_ = at_;
  at_ = std::min(at_ + 2 + digits, static_cast<uint32_t>(text_.size()));
  if (digits == 0) {
    return escape_size(kind);
  }
  uint32_t code_point = 0;
  const char* first = text_.data() + begin_ + 2;
  std::from_chars(first, text_.data() + at_, code_point, 16);
  std::string bytes;
  append_utf8(bytes, code_point);
  return static_cast<uint32_t>(bytes.size());
}

void ScalarWalker::skip_line_joins() noexcept {
  // A backslash at the end of a line joins it with the next one, whose indentation is dropped.
  while (style_ == Style::kDoubleQuoted && at('\\') && at_ + 1 < text_.size() &&
         (text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r')) {
    ++at_;
    skip_blanks();
  }
}

uint32_t ScalarWalker::step(char next) noexcept {
  skip_line_joins();
  const uint32_t before = at_;
  begin_ = at_;
  if (is_blank(next) && (at(' ') || at('\t'))) {
    ++at_;
    return 1;
  }
  skip_blanks();
  const bool escaped = style_ == Style::kDoubleQuoted && at('\\');
  if (is_blank(next) && (!escaped || at_ != before)) {  // a folded line end
    return 1;
  }
  if (escaped) {
    return step_escape();
  }
  begin_ = at_;
  if (at_ < text_.size()) {
    at_ += style_ == Style::kSingleQuoted && at('\'') ? 2 : 1;
  }
  return 1;
}

uint32_t ScalarWalker::end_of(std::string_view value) noexcept {
  if (style_ == Style::kPlain && text_.substr(at_, value.size()) == value) {
    return at_ + static_cast<uint32_t>(value.size());
  }
  for (size_t i = 0; i < value.size();) {
    i += step(value[i]);
  }
  if (style_ == Style::kSingleQuoted || style_ == Style::kDoubleQuoted) {
    const size_t quote = text_.find(style_ == Style::kSingleQuoted ? '\'' : '"', at_);
    at_ = static_cast<uint32_t>(quote == std::string_view::npos ? text_.size() : quote + 1);
  }
  return std::min(at_, static_cast<uint32_t>(text_.size()));
}

Span ScalarWalker::locate(std::string_view value, Span part) noexcept {
  Span span{at_, at_};
  bool found = false;
  for (uint32_t i = 0; i < value.size() && i < std::max(part.end, part.begin + 1);) {
    const uint32_t size = step(value[i]);
    if (!found && i + size > part.begin) {
      span.begin = begin_;
      found = true;
    }
    i += size;
    span.end = at_;
  }
  if (!found) {  // behind the value
    return {span.end, span.end};
  }
  return part.empty() ? Span{span.begin, span.begin} : span;
}

}  // namespace saker
