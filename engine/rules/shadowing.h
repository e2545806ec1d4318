// SPDX-License-Identifier: Apache-2.0
// Shadowing: finds an earlier rule whose condition holds whenever that of a later one does.
//
// A condition is seen as a set of parts that must all hold. An earlier rule shadows a later one
// when each of its parts follows from a part of the later one: the same part, a list with fewer
// items, a longer prefix, fewer alternatives. Rules are found by one of their parts, so that many
// rules cost no more each than few.
#ifndef SAKER_ENGINE_RULES_SHADOWING_H
#define SAKER_ENGINE_RULES_SHADOWING_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/lang/form.h"

namespace saker {

class Shadowing {
 public:
  struct Shadow {
    size_t rule;  // counted from the first that was added
    bool is_equal;
  };

  // The first rule found that holds whenever `condition` does; absent: none is known.
  [[nodiscard]] std::optional<Shadow> find(const lang::FormNode& condition) const;
  void add(const lang::FormNode& condition);

 private:
  struct Part {
    uint32_t id = 0;
    lang::Literal literal;  // without an atom: not a comparison
    bool is_or = false;
    std::vector<uint32_t> alternatives;  // of an `or`
  };
  struct Rule {
    uint32_t id = 0;
    std::vector<Part> parts;
  };
  using Keys = std::vector<uint64_t>;

  static Rule rule_of(const lang::FormNode& condition);
  static bool follows(const Part& part, const Rule& from);
  static bool shadows(const Rule& earlier, const Rule& later);
  static Keys keys_to_keep(const Part& part);
  void add_keys_to_ask(const Part& part, Keys& keys) const;

  std::vector<Rule> rules_;
  std::unordered_map<uint64_t, std::vector<uint32_t>> by_key_;
  std::unordered_map<uint32_t, std::set<size_t>> prefix_lengths_;  // by operand
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_SHADOWING_H
