// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/composed_text.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace saker {

ComposedText::ComposedText(const JoinedText& parts) {
  for (const Text& part : parts) {
    if (!value_.empty()) {
      append(" ");
    }
    append(part);
  }
}

void ComposedText::append(const Text& text, size_t begin, size_t end) {
  end = std::min(end, text.value.size());
  const auto at = static_cast<uint32_t>(value_.size());
  pieces_.push_back(
      {at, at + static_cast<uint32_t>(end - begin), &text, static_cast<uint32_t>(begin)});
  value_.append(text.value, begin, end - begin);
}

Place ComposedText::locate(Span span) const {
  SAKER_CHECK(!pieces_.empty());
  auto piece = std::upper_bound(
      pieces_.begin(), pieces_.end(), span.begin,
      [](uint32_t offset, const Piece& candidate) { return offset < candidate.begin; });
  piece = piece == pieces_.begin() ? piece : piece - 1;
  const auto in_text = [piece](uint32_t offset) {
    return std::clamp(offset, piece->begin, piece->end) - piece->begin + piece->text_begin;
  };
  return {piece->text->source, piece->text->locate({in_text(span.begin), in_text(span.end)})};
}

std::shared_ptr<const SourceText> ConditionTexts::add(ComposedText text) {
  auto source = std::make_shared<const SourceText>("", text.value());
  sources_.push_back(source);
  texts_.emplace(source.get(), std::move(text));
  return source;
}

Place ConditionTexts::locate(const SourceText& source, Span span) const {
  const auto found = texts_.find(&source);
  SAKER_CHECK(found != texts_.end());
  return found->second.locate(span);
}

}  // namespace saker
