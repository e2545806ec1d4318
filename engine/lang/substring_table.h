// SPDX-License-Identifier: Apache-2.0
// SubstringTable: which of many texts does a text contain, upper and lower case alike?
//
// Of each key its rarest four bytes among all keys are hashed. A search goes once over the text; at
// nearly every place one look into a bit set tells that no key can be there. An automaton would
// need no hash, but for ten thousand keys it is a hundred times as large and leaves the cache.
#ifndef SAKER_ENGINE_LANG_SUBSTRING_TABLE_H
#define SAKER_ENGINE_LANG_SUBSTRING_TABLE_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/lang/affix_table.h"

namespace saker::lang {

class SubstringTable {
 public:
  using Key = AffixTable::Key;
  static constexpr size_t kMinBytes = 4;

  // Borrows the texts, which are in lower case and of kMinBytes at least.
  SubstringTable() = default;
  explicit SubstringTable(const std::vector<Key>& keys);

  // Calls visit(number) for each key that `text` contains, for some more than once.
  template <typename Visit>
  void find(std::string_view text, Visit visit) const noexcept {
    if (places_.empty() || text.size() < kMinBytes) {
      return;
    }
    for (size_t at = 0; at <= text.size() - kMinBytes; ++at) {
      const uint32_t gram = gram_at(text.data() + at);
      if (!may_have(gram)) {
        continue;
      }
      const auto found = first_of_.find(gram);
      for (size_t i = found == first_of_.end() ? places_.size() : found->second;
           i < places_.size() && places_[i].gram == gram; ++i) {
        if (at >= places_[i].offset && is_at(text.substr(at - places_[i].offset), places_[i].key)) {
          visit(places_[i].key.number);
        }
      }
    }
  }

 private:
  static constexpr size_t kFilterBits = size_t{1} << 16;
  // Where a key is looked for by its rarest bytes.
  struct Place {
    uint32_t gram = 0;
    uint32_t offset = 0;  // of the bytes in the key
    Key key;
  };

  // The bytes there; letters in lower case. Some other bytes are taken for each other.
  static uint32_t gram_at(const char* bytes) noexcept {
    uint32_t gram = 0;
    std::memcpy(&gram, bytes, sizeof(gram));
    return gram | 0x20202020U;
  }
  static uint32_t hash_of(uint32_t gram) noexcept { return (gram * 0x9e3779b1U) >> 16; }
  [[nodiscard]] bool may_have(uint32_t gram) const noexcept {
    const uint32_t hash = hash_of(gram);
    return (filter_[hash / 64] >> (hash % 64) & 1) != 0;
  }
  // Whether `text` begins with the key.
  static bool is_at(std::string_view text, const Key& key) noexcept;

  std::vector<Place> places_;  // sorted by gram
  std::unordered_map<uint32_t, uint32_t> first_of_;
  std::vector<uint64_t> filter_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_SUBSTRING_TABLE_H
