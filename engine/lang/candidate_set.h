// SPDX-License-Identifier: Apache-2.0
// CandidateSet: small numbers, given back in order, each once. A bit per number and, above them, a
// bit per word, so that ten thousand numbers of which few are in cost no more than a hundred.
#ifndef SAKER_ENGINE_LANG_CANDIDATE_SET_H
#define SAKER_ENGINE_LANG_CANDIDATE_SET_H

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace saker::lang {

class CandidateSet {
 public:
  // For numbers below `size`.
  explicit CandidateSet(size_t size)
      : words_(size / kBits + 1), summary_(words_.size() / kBits + 1) {}

  void insert(uint32_t number) noexcept {
    const size_t word = number / kBits;
    words_[word] |= uint64_t{1} << (number % kBits);
    summary_[word / kBits] |= uint64_t{1} << (word % kBits);
  }

  // Takes out every number, in order, and calls visit(number) for it until that gives false.
  template <typename Visit>
  void drain(Visit visit) noexcept {
    bool goes_on = true;
    for (size_t i = 0; i < summary_.size(); ++i) {
      for (; summary_[i] != 0; summary_[i] &= summary_[i] - 1) {
        const size_t word = i * kBits + lowest(summary_[i]);
        for (; goes_on && words_[word] != 0; words_[word] &= words_[word] - 1) {
          goes_on = visit(static_cast<uint32_t>(word * kBits + lowest(words_[word])));
        }
        words_[word] = 0;
      }
    }
  }

 private:
  static constexpr size_t kBits = 64;
  static size_t lowest(uint64_t bits) noexcept {
    return static_cast<size_t>(std::countr_zero(bits));
  }

  std::vector<uint64_t> words_;
  std::vector<uint64_t> summary_;  // bit: the word is not 0
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CANDIDATE_SET_H
