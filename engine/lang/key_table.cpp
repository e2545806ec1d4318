// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/key_table.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/base/paths.h"
#include "engine/lang/fact.h"

namespace saker::lang {

KeyTable::KeyTable(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  for (const AffixTable::Key& key : add(entries, Likeness::kEqual)) {
    whole_.emplace(key.text, key.number);
    whole_filter_.set(filter_bit(key.text));
  }
  begins_ = AffixTable(AffixTable::Side::kStart, add(entries, Likeness::kBegins));
  ends_ = AffixTable(AffixTable::Side::kEnd, add(entries, Likeness::kEnds));
  parts_ = SubstringTable(add(entries, Likeness::kContains));
  networks_ = AffixTable(AffixTable::Side::kStart, add(entries, Likeness::kInside));
  first_below_ = std::ssize(conditions_);
  below_ = AffixTable(AffixTable::Side::kStart, add(entries, Likeness::kBelow));
}

KeyTable::Keys KeyTable::add(const std::vector<Entry>& entries, Likeness likeness) {
  Keys keys;
  for (const Entry& entry : entries) {
    if (entry.likeness != likeness) {
      continue;
    }
    if (keys.empty() || keys.back().text != entry.key) {
      keys.push_back({entry.key, static_cast<uint32_t>(key_ends_.size())});
      key_ends_.push_back(conditions_.size());
    }
    conditions_.push_back(entry.condition);
    key_ends_.back() = conditions_.size();
  }
  return keys;
}

void KeyTable::find(const Value& value, CandidateSet& found) const noexcept {
  KeyBuffer buffer;
  const std::optional<std::string_view> key = key_of(value, buffer);
  if (!key) {
    return;
  }
  if (whole_filter_.test(filter_bit(*key))) {
    if (const auto whole = whole_.find(*key); whole != whole_.end()) {
      insert(whole->second, found);
    }
  }
  if (value.kind() == Value::Kind::kText) {
    find_affixes(*key, found);
  } else if (value.kind() == Value::Kind::kIp && !networks_.empty()) {
    const IpAddress address = value.as_ip();
    BitsBuffer bits;
    networks_.find(bits_of(address, address.is_v6 ? 128 : 32, bits),
                   [&](uint32_t network) { insert(network, found); });
  }
}

void KeyTable::find_affixes(std::string_view value, CandidateSet& found) const noexcept {
  const auto insert_key = [&](uint32_t key) { insert(key, found); };
  parts_.find(value, insert_key);
  begins_.find(value, insert_key);
  ends_.find(value, insert_key);
  if (first_below_ == std::ssize(conditions_)) {
    return;
  }
  below_.find(value, insert_key);
  if (has_slash_then(value, '/')) {
    std::for_each(conditions_.begin() + first_below_, conditions_.end(),
                  [&found](uint32_t condition) { found.insert(condition); });
  }
}

size_t KeyTable::filter_bit(std::string_view text) noexcept {
  const auto byte = [](char c) { return static_cast<size_t>(static_cast<unsigned char>(c)); };
  return text.empty()
             ? 0
             : (text.size() * 33 + byte(text.front()) * 7 + byte(text.back())) % kFilterBits;
}

void KeyTable::insert(uint32_t key, CandidateSet& found) const noexcept {
  for (size_t i = key == 0 ? 0 : key_ends_[key - 1]; i < key_ends_[key]; ++i) {
    found.insert(conditions_[i]);
  }
}

}  // namespace saker::lang
