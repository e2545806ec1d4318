// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/automaton.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

namespace saker::filter {
namespace {

// More would not fit into what the kernel reads of ev_automaton::class_bits.
constexpr uint32_t kMaxClassBits = 7;

// Class 0 are all bytes that stand in no pattern.
uint32_t class_bits(const std::bitset<256>& alphabet) {
  return static_cast<uint32_t>(std::bit_width(alphabet.count()));
}

uint32_t max_states(uint32_t class_bits) {
  return std::min<uint32_t>(EV_STATES, EV_TRANSITIONS >> class_bits);
}

uint16_t& transition(ev_automaton& automaton, uint32_t state, uint32_t byte_class) {
  return automaton.next[state << automaton.class_bits | byte_class];
}

// Completes the trie, in which 0 means "no such child", as nothing in it leads to the root.
void add_suffix_links(ev_automaton& automaton, uint32_t states) {
  const uint32_t width = 1U << automaton.class_bits;
  std::vector<uint16_t> suffix(states, 0);  // state of the longest suffix that is in the trie
  std::vector<uint16_t> queue;              // breadth first, so that a suffix is complete before
  for (uint32_t c = 0; c < width; ++c) {
    if (transition(automaton, 0, c) != 0) {
      queue.push_back(transition(automaton, 0, c));
    }
  }
  for (size_t i = 0; i < queue.size(); ++i) {
    const uint16_t state = queue[i];
    automaton.anywhere[state] |= automaton.anywhere[suffix[state]];
    automaton.at_end[state] |= automaton.at_end[suffix[state]];
    for (uint32_t c = 0; c < width; ++c) {
      uint16_t& child = transition(automaton, state, c);
      const uint16_t otherwise = transition(automaton, suffix[state], c);
      if (child == 0) {
        child = otherwise;
      } else {
        suffix[child] = otherwise;
        queue.push_back(child);
      }
    }
  }
}

}  // namespace

bool AutomatonBuilder::add(std::string_view pattern, bool is_at_end, uint32_t bit) {
  std::bitset<256> alphabet = alphabet_;
  for (const char c : pattern) {
    alphabet.set(static_cast<uint8_t>(c));
  }
  const uint32_t bits = class_bits(alphabet);
  // A byte is at most one state more; the root is one, too.
  if (bits > kMaxClassBits || bytes_ + pattern.size() + 1 > max_states(bits)) {
    return false;
  }
  alphabet_ = alphabet;
  bytes_ += pattern.size();
  patterns_.push_back({std::string(pattern), is_at_end, bit});
  return true;
}

void AutomatonBuilder::add_to_trie(const Pattern& pattern, ev_automaton& automaton,
                                   uint32_t& states) const {
  uint32_t state = 0;
  for (const char c : pattern.text) {
    uint16_t& child = transition(automaton, state, automaton.class_of[static_cast<uint8_t>(c)]);
    if (child == 0) {
      child = static_cast<uint16_t>(states++);
    }
    state = child;
  }
  uint32_t* const found = pattern.is_at_end ? automaton.at_end : automaton.anywhere;
  found[state] |= 1U << pattern.bit;
}

std::unique_ptr<ev_automaton> AutomatonBuilder::build() const {
  auto automaton = std::make_unique<ev_automaton>();
  automaton->class_bits = class_bits(alphabet_);
  uint8_t classes = 1;
  for (size_t byte = 0; byte < alphabet_.size(); ++byte) {
    if (alphabet_.test(byte)) {
      automaton->class_of[byte] = classes++;
    }
  }
  uint32_t states = 1;
  for (const Pattern& pattern : patterns_) {
    add_to_trie(pattern, *automaton, states);
  }
  add_suffix_links(*automaton, states);
  return automaton;
}

}  // namespace saker::filter
