// SPDX-License-Identifier: Apache-2.0
// KeyTable: which conditions are to be tried for a value? By what it equals (one look into a hash
// table), texts that it begins or ends with (AffixTable), contains (SubstringTable) or that are
// paths above it, networks that it lies in (texts of bits that its own begin with). A path with
// repeated slashes is rare; the conditions that look for paths are all tried for it.
#ifndef SAKER_ENGINE_LANG_KEY_TABLE_H
#define SAKER_ENGINE_LANG_KEY_TABLE_H

#include <bitset>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/lang/affix_table.h"
#include "engine/lang/candidate_set.h"
#include "engine/lang/operators.h"
#include "engine/lang/substring_table.h"

namespace saker::lang {

class KeyTable {
 public:
  struct Entry {
    Likeness likeness = Likeness::kNone;  // not this one
    std::string_view key;
    uint32_t condition = 0;

    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // Borrows the keys.
  explicit KeyTable(std::vector<Entry> entries);

  // Puts in the conditions of every key that the value, which is not a list, is like.
  void find(const Value& value, CandidateSet& found) const noexcept;

 private:
  using Keys = std::vector<AffixTable::Key>;
  // Appends conditions and ranges of the sorted entries; returns the keys of one kind.
  Keys add(const std::vector<Entry>& entries, Likeness likeness);
  void insert(uint32_t key, CandidateSet& found) const noexcept;
  void find_affixes(std::string_view value, CandidateSet& found) const noexcept;

  static constexpr size_t kFilterBits = 2048;
  // From the length and both ends: they differ for most texts, and take no time.
  static size_t filter_bit(std::string_view text) noexcept;

  std::vector<uint32_t> conditions_;
  std::vector<size_t> key_ends_;  // in conditions_, by number of the key
  std::unordered_map<std::string_view, uint32_t> whole_;
  std::bitset<kFilterBits> whole_filter_;  // of the texts in whole_; most values have another bit
  AffixTable begins_;
  AffixTable ends_;
  SubstringTable parts_;
  AffixTable networks_;  // of bits
  AffixTable below_;
  ptrdiff_t first_below_ = 0;  // from here on conditions_ are those of keys in below_
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_KEY_TABLE_H
