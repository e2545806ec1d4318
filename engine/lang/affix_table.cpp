// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/affix_table.h"

#include <algorithm>

namespace saker::lang {

AffixTable::AffixTable(Side side, const std::vector<Key>& keys) : side_(side) {
  for (const Key& key : keys) {
    nodes_.push_back({key});
  }
  std::sort(nodes_.begin(), nodes_.end(),
            [this](const Node& a, const Node& b) { return is_less(a.key.text, b.key.text); });
  for (uint32_t i = 1; i < nodes_.size(); ++i) {
    nodes_[i].shorter = first_of(i - 1, nodes_[i].key.text);
  }
}

bool AffixTable::is_less(std::string_view a, std::string_view b) const noexcept {
  if (side_ == Side::kStart) {
    return a < b;
  }
  return std::lexicographical_compare(
      a.rbegin(), a.rend(), b.rbegin(), b.rend(),
      [](char x, char y) { return static_cast<unsigned char>(x) < static_cast<unsigned char>(y); });
}

uint32_t AffixTable::first_of(uint32_t node, std::string_view text) const noexcept {
  while (node != kNone && !has(text, nodes_[node].key.text)) {
    node = nodes_[node].shorter;
  }
  return node;
}

uint32_t AffixTable::longest(std::string_view text) const noexcept {
  const auto greater = std::upper_bound(
      nodes_.begin(), nodes_.end(), text,
      [this](std::string_view value, const Node& node) { return is_less(value, node.key.text); });
  return greater == nodes_.begin()
             ? kNone
             : first_of(static_cast<uint32_t>(greater - nodes_.begin()) - 1, text);
}

}  // namespace saker::lang
