// SPDX-License-Identifier: Apache-2.0
// ClassSet: a set of classes of values. A dimension of the kernel's filter divides its values into
// classes, so that values of one class are alike to every rule: each name that a rule mentions is a
// class, all others together are one.
#ifndef SAKER_ENGINE_FILTER_CLASS_SET_H
#define SAKER_ENGINE_FILTER_CLASS_SET_H

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace saker::filter {

class ClassSet {
 public:
  static ClassSet none() { return {}; }
  static ClassSet all() { return {{}, true}; }
  // Sorts them.
  static ClassSet of(std::vector<uint32_t> classes);

  [[nodiscard]] ClassSet complement() const { return {classes_, !is_inverted_}; }
  [[nodiscard]] bool contains(uint32_t number) const noexcept;
  // Of a dimension with so many classes.
  [[nodiscard]] bool is_empty(size_t size) const noexcept;
  [[nodiscard]] bool is_all(size_t size) const noexcept;

  // Sorted: the members, or the others when is_inverted().
  [[nodiscard]] const std::vector<uint32_t>& listed() const noexcept { return classes_; }
  [[nodiscard]] bool is_inverted() const noexcept { return is_inverted_; }

  friend ClassSet operator&(const ClassSet& a, const ClassSet& b);
  friend ClassSet operator|(const ClassSet& a, const ClassSet& b);
  // Equal forms; two sets of a dimension may be equal and have different forms.
  friend auto operator<=>(const ClassSet&, const ClassSet&) = default;

 private:
  ClassSet() = default;
  ClassSet(std::vector<uint32_t> classes, bool is_inverted)
      : classes_(std::move(classes)), is_inverted_(is_inverted) {}

  std::vector<uint32_t> classes_;
  bool is_inverted_ = false;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CLASS_SET_H
