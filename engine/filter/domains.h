// SPDX-License-Identifier: Apache-2.0
// Domains: the classes of values (class_set.h) of each kind of dimension, collected from all rules.
//
// Add all keys first; then ask for sets.
#ifndef SAKER_ENGINE_FILTER_DOMAINS_H
#define SAKER_ENGINE_FILTER_DOMAINS_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/filter/class_set.h"

namespace saker::filter {

// Each key is a class; class 0 are all other values.
class KeyDomain {
 public:
  static constexpr uint32_t kOther = 0;

  void add(std::string_view key);
  [[nodiscard]] size_t size() const noexcept { return numbers_.size() + 1; }
  // kOther: it is no key.
  [[nodiscard]] uint32_t find(std::string_view key) const;
  // Of each key, its class.
  [[nodiscard]] const std::map<std::string, uint32_t, std::less<>>& keys() const noexcept {
    return numbers_;
  }

 private:
  std::map<std::string, uint32_t, std::less<>> numbers_;
};

// A class are the texts of which a key is the longest prefix among the keys; class 0 those that
// begin with none. A key that ends in NUL stands for the whole text.
class PrefixDomain {
 public:
  void add(std::string_view key);
  // Ends adding.
  void finish();
  [[nodiscard]] size_t size() const noexcept { return keys_.size() + 1; }
  // The classes of texts that begin with the key. Requires: finish(), the key was added.
  [[nodiscard]] std::vector<uint32_t> below(std::string_view key) const;
  // The key of class n + 1 is keys()[n]. Sorted, so that a key stands behind its prefixes.
  [[nodiscard]] const std::vector<std::string>& keys() const noexcept { return keys_; }
  // Of each class, that of the longest shorter key that its key begins with; 0: there is none.
  [[nodiscard]] std::vector<uint32_t> parents() const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_DOMAINS_H
