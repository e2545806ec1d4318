// SPDX-License-Identifier: Apache-2.0
// ComposedText: a text put together from texts of rule files (an appended condition, an exception's
// comparison), which knows for each of its bytes the place in the file it came from.
#ifndef SAKER_ENGINE_RULES_COMPOSED_TEXT_H
#define SAKER_ENGINE_RULES_COMPOSED_TEXT_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/source_text.h"
#include "engine/rules/document.h"
#include "engine/rules/merge.h"

namespace saker {

class ComposedText {
 public:
  ComposedText() = default;
  // The parts joined by one blank. Borrows them.
  explicit ComposedText(const JoinedText& parts);

  // Text of our own, without a place.
  void append(std::string_view literal) { value_ += literal; }
  // Bytes [begin, end) of a text of a file. Borrows it.
  void append(const Text& text, size_t begin = 0, size_t end = std::string::npos);

  [[nodiscard]] const std::string& value() const noexcept { return value_; }
  // Where these bytes came from; the nearest place for text of our own. Requires: not only that.
  [[nodiscard]] Place locate(Span span) const;

 private:
  struct Piece {
    uint32_t begin;  // in value_
    uint32_t end;
    const Text* text;
    uint32_t text_begin;  // in text->value
  };

  std::string value_;
  std::vector<Piece> pieces_;
};

// The texts that trees were parsed from. The spans of a tree refer to a SourceText made here.
class ConditionTexts {
 public:
  std::shared_ptr<const SourceText> add(ComposedText text);
  // Requires: `source` was returned by add().
  [[nodiscard]] Place locate(const SourceText& source, Span span) const;

 private:
  std::unordered_map<const SourceText*, ComposedText> texts_;
  std::vector<std::shared_ptr<const SourceText>> sources_;  // keeps their addresses in use
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_COMPOSED_TEXT_H
