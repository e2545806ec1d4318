// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/domains.h"

#include <algorithm>

namespace saker::filter {

void KeyDomain::add(std::string_view key) {
  const auto next = static_cast<uint32_t>(size());
  numbers_.try_emplace(std::string(key), next);
}

uint32_t KeyDomain::find(std::string_view key) const {
  const auto found = numbers_.find(key);
  return found != numbers_.end() ? found->second : kOther;
}

void PrefixDomain::add(std::string_view key) { keys_.emplace_back(key); }

void PrefixDomain::finish() {
  std::ranges::sort(keys_);
  const auto repeated = std::ranges::unique(keys_);
  keys_.erase(repeated.begin(), repeated.end());
}

std::vector<uint32_t> PrefixDomain::below(std::string_view key) const {
  std::vector<uint32_t> classes;
  for (auto at = std::ranges::lower_bound(keys_, key); at != keys_.end() && at->starts_with(key);
       ++at) {
    classes.push_back(static_cast<uint32_t>(at - keys_.begin()) + 1);
  }
  return classes;
}

std::vector<uint32_t> PrefixDomain::parents() const {
  std::vector<uint32_t> parents(size(), 0);
  std::vector<uint32_t> open;  // classes whose keys the one at hand may begin with
  for (uint32_t number = 1; number < size(); ++number) {
    while (!open.empty() && !keys_[number - 1].starts_with(keys_[open.back() - 1])) {
      open.pop_back();
    }
    parents[number] = open.empty() ? 0 : open.back();
    open.push_back(number);
  }
  return parents;
}

}  // namespace saker::filter
