// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/substring_table.h"

#include <algorithm>

#include "engine/lang/glob.h"

namespace saker::lang {

SubstringTable::SubstringTable(const std::vector<Key>& keys) {
  std::unordered_map<uint32_t, size_t> counts;
  const auto for_each_gram = [](const Key& key, auto body) {
    for (size_t at = 0; at + kMinBytes <= key.text.size(); ++at) {
      body(gram_at(key.text.data() + at), static_cast<uint32_t>(at));
    }
  };
  for (const Key& key : keys) {
    for_each_gram(key, [&](uint32_t gram, uint32_t) { ++counts[gram]; });
  }
  filter_.resize(keys.empty() ? 0 : kFilterBits / 64);
  for (const Key& key : keys) {
    Place rarest{gram_at(key.text.data()), 0, key};
    for_each_gram(key, [&](uint32_t gram, uint32_t at) {
      if (counts[gram] < counts[rarest.gram]) {
        rarest.gram = gram;
        rarest.offset = at;
      }
    });
    places_.push_back(rarest);
    filter_[hash_of(rarest.gram) / 64] |= uint64_t{1} << (hash_of(rarest.gram) % 64);
  }
  std::stable_sort(places_.begin(), places_.end(),
                   [](const Place& a, const Place& b) { return a.gram < b.gram; });
  for (uint32_t i = 0; i < places_.size(); ++i) {
    first_of_.try_emplace(places_[i].gram, i);
  }
}

bool SubstringTable::is_at(std::string_view text, const Key& key) noexcept {
  return text.size() >= key.text.size() &&
         std::equal(key.text.begin(), key.text.end(), text.begin(),
                    [](char a, char b) { return a == ascii_lower(b); });
}

}  // namespace saker::lang
