// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/affix_table.h"

#include <endian.h>

#include <algorithm>
#include <cstring>

namespace saker::lang {

AffixTable::AffixTable(Side side, const std::vector<Key>& keys) : side_(side) {
  for (const Key& key : keys) {
    nodes_.push_back({key});
  }
  std::sort(nodes_.begin(), nodes_.end(),
            [this](const Node& a, const Node& b) { return is_less(a.key.text, b.key.text); });
  for (const Node& node : nodes_) {
    heads_.push_back(head_of(node.key.text));
  }
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

uint64_t AffixTable::head_of(std::string_view text) const noexcept {
  uint64_t head = 0;
  if (text.size() < sizeof(head)) {
    for (size_t i = 0; i < text.size(); ++i) {
      const char next = text[side_ == Side::kStart ? i : text.size() - 1 - i];
      head |= uint64_t{static_cast<unsigned char>(next)} << (8 * (sizeof(head) - 1 - i));
    }
    return head;
  }
  if (side_ == Side::kStart) {
    std::memcpy(&head, text.data(), sizeof(head));
    return be64toh(head);
  }
  std::memcpy(&head, text.data() + (text.size() - sizeof(head)), sizeof(head));
  return le64toh(head);
}

uint32_t AffixTable::longest(std::string_view text) const noexcept {
  const uint64_t head = head_of(text);
  const auto high = std::upper_bound(heads_.begin(), heads_.end(), head);
  const auto low = high == heads_.begin() || *(high - 1) < head
                       ? high
                       : std::lower_bound(heads_.begin(), high, head);
  const auto greater = std::upper_bound(
      nodes_.begin() + (low - heads_.begin()), nodes_.begin() + (high - heads_.begin()), text,
      [this](std::string_view value, const Node& node) { return is_less(value, node.key.text); });
  return greater == nodes_.begin()
             ? kNone
             : first_of(static_cast<uint32_t>(greater - nodes_.begin()) - 1, text);
}

}  // namespace saker::lang
