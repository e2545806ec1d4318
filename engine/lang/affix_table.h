// SPDX-License-Identifier: Apache-2.0
// AffixTable: which of many texts does a text begin (or end) with?
//
// The keys are sorted, for ends by their bytes from the last to the first. Let K be the last key
// that is not greater than the text. A key P that the text begins with is not greater than K, and
// all that lies between P and the text begins with P; so P begins K as well. The answers are
// therefore among K, the longest other key that K begins with, the longest that this one begins
// with and so on: one binary search and a walk along links made beforehand. The search compares
// numbers, the first eight bytes of each key; whole texts only where these are equal.
#ifndef SAKER_ENGINE_LANG_AFFIX_TABLE_H
#define SAKER_ENGINE_LANG_AFFIX_TABLE_H

#include <cstdint>
#include <string_view>
#include <vector>

namespace saker::lang {

class AffixTable {
 public:
  enum class Side : uint8_t { kStart, kEnd };
  struct Key {
    std::string_view text;
    uint32_t number = 0;  // what find() tells
  };

  // Borrows the texts, which must all differ.
  AffixTable() = default;
  AffixTable(Side side, const std::vector<Key>& keys);

  [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }

  // Calls visit(number) for each key that `text` begins (ends) with, longest first.
  template <typename Visit>
  void find(std::string_view text, Visit visit) const noexcept {
    if (nodes_.empty()) {
      return;
    }
    for (uint32_t i = longest(text); i != kNone; i = nodes_[i].shorter) {
      visit(nodes_[i].key.number);
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Node {
    Key key;
    uint32_t shorter = kNone;  // the longest key that this one begins (ends) with
  };

  [[nodiscard]] bool has(std::string_view text, std::string_view key) const noexcept {
    return side_ == Side::kStart ? text.starts_with(key) : text.ends_with(key);
  }
  [[nodiscard]] bool is_less(std::string_view a, std::string_view b) const noexcept;
  // The first bytes of a text in its order, as a number: texts are ordered as their heads are, as
  // far as these differ.
  [[nodiscard]] uint64_t head_of(std::string_view text) const noexcept;
  // The first of the node, its `shorter` and so on whose key the text has.
  [[nodiscard]] uint32_t first_of(uint32_t node, std::string_view text) const noexcept;
  [[nodiscard]] uint32_t longest(std::string_view text) const noexcept;

  Side side_ = Side::kStart;
  std::vector<Node> nodes_;      // sorted by key
  std::vector<uint64_t> heads_;  // of their keys
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_AFFIX_TABLE_H
