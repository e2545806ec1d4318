// SPDX-License-Identifier: Apache-2.0
// AutomatonBuilder: patterns -> the table by which the kernel finds all of them in one pass over a
// text (ev_automaton).
//
// Source: A. Aho, M. Corasick, Efficient string matching (1975), as a full table of transitions.
#ifndef SAKER_ENGINE_FILTER_AUTOMATON_H
#define SAKER_ENGINE_FILTER_AUTOMATON_H

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "probes/filter_wire.h"

namespace saker::filter {

class AutomatonBuilder {
 public:
  // `bit` is set when the text contains the pattern, or ends with it. Several patterns may share
  // one. False: there is no room, nothing changes. Requires: a pattern, a bit below EV_PATTERNS.
  bool add(std::string_view pattern, bool is_at_end, uint32_t bit);
  [[nodiscard]] std::unique_ptr<ev_automaton> build() const;

 private:
  struct Pattern {
    std::string text;
    bool is_at_end;
    uint32_t bit;
  };
  void add_to_trie(const Pattern& pattern, ev_automaton& automaton, uint32_t& states) const;

  std::vector<Pattern> patterns_;
  size_t bytes_ = 0;
  std::bitset<256> alphabet_;  // bytes that stand in a pattern
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_AUTOMATON_H
