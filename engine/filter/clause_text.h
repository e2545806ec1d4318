// SPDX-License-Identifier: Apache-2.0
// ClauseText: the sides of a clause (box.h) in words. What stands in rules comes as it is written
// there: whoever prints it must make it printable.
#ifndef SAKER_ENGINE_FILTER_CLAUSE_TEXT_H
#define SAKER_ENGINE_FILTER_CLAUSE_TEXT_H

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/filter/box.h"
#include "engine/filter/condition.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

class ClauseText {
 public:
  // Borrows the vocabulary, which must be finished.
  explicit ClauseText(const Vocabulary& vocabulary);

  // "process name is sh or bash". Requires: the side comes from this condition and call.
  [[nodiscard]] std::string of(const Box::Side& side, const Condition& condition,
                               const Call& call) const;
  // How many events have a value that is in the side: a guess, from 0 to 1.
  [[nodiscard]] double share_of(const Box::Side& side) const;

 private:
  [[nodiscard]] std::string of_keys(const Box::Side& side) const;
  [[nodiscard]] static std::string of_prefixes(const ClassSet& prefixes,
                                               const std::vector<std::string>& keys,
                                               const std::vector<uint32_t>& parents);
  [[nodiscard]] std::string of_pattern(const Box::Side& side, const Condition& condition,
                                       const Call& call) const;

  const Vocabulary& vocabulary_;
  std::array<std::vector<std::string>, EV_CLASS_KINDS> keys_;  // by class, as people write them
  // By class, without that of other paths and addresses.
  std::vector<std::string> paths_;
  std::vector<uint32_t> path_parents_;
  std::vector<std::string> addresses_;
  std::vector<uint32_t> address_parents_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CLAUSE_TEXT_H
