// SPDX-License-Identifier: Apache-2.0
// Vocabulary: which comparisons the kernel can decide, and what each says of the values that the
// kernel knows. One row per field (kernel_fields.cpp).
//
// A comparison is decided along one axis: for each class of values it may hold, may fail, or both
// when the kernel knows too little. So `not` is exact where the comparison is, and safe elsewhere.
//
// Add all comparisons, finish, then ask.
#ifndef SAKER_ENGINE_FILTER_VOCABULARY_H
#define SAKER_ENGINE_FILTER_VOCABULARY_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/automaton.h"
#include "engine/filter/axis.h"
#include "engine/filter/call.h"
#include "engine/filter/domains.h"
#include "engine/lang/predicate.h"

namespace saker::filter {

struct KernelField;

inline constexpr size_t kTraitValues = 4;  // of EV_DIM_TRAITS

struct Decision {
  Axis axis = 0;
  ClassSet may_hold = ClassSet::all();
  ClassSet may_fail = ClassSet::all();
};

// A comparison with a field that the kernel knows something of.
struct KernelComparison {
  const KernelField* field = nullptr;
  std::string name;   // of the field as written: "fd.name", "evt.arg.sig"
  bool acts = false;  // an exact table asks for it
  lang::CheckedComparison checked;
  // Paths: it holds at most for those that begin with one of these, and surely if `is_exact`.
  // Absent: any path.
  std::optional<std::vector<std::string>> prefixes;
  std::optional<uint32_t> pattern_bit;
  bool is_exact = false;
};

class Vocabulary {
 public:
  // Gives the comparison a number, from 0. `name`: the field as written.
  uint32_t add(const KernelField& field, std::string name, lang::CheckedComparison checked);
  // An exact table asks for it: it gets what there is little of before the others do.
  void note_acting(uint32_t number) { comparisons_[number].acts = true; }
  void finish();

  // What the comparison says of this event; absent: nothing.
  [[nodiscard]] std::optional<Decision> decide(uint32_t number, const Call& call) const;
  [[nodiscard]] const KernelComparison& operator[](uint32_t number) const {
    return comparisons_[number];
  }
  [[nodiscard]] AxisSizes sizes() const noexcept { return sizes_; }

  [[nodiscard]] const KeyDomain& keys(ev_class_kind kind) const noexcept { return keys_[kind]; }
  // Of all paths; of addresses, as texts of '0' and '1'.
  [[nodiscard]] const PrefixDomain& paths() const noexcept { return paths_; }
  [[nodiscard]] const PrefixDomain& addresses() const noexcept { return addresses_; }
  [[nodiscard]] std::unique_ptr<ev_automaton> automaton(ev_automaton_text text) const {
    return texts_[text].builder.build();
  }

  // For the rows: what they add, and how they decide.
  KeyDomain& keys(ev_class_kind kind) noexcept { return keys_[kind]; }
  PrefixDomain& paths() noexcept { return paths_; }
  PrefixDomain& addresses() noexcept { return addresses_; }
  // The bit of patterns that the comparison searches for; absent: there is no room.
  std::optional<uint32_t> add_patterns(ev_automaton_text text,
                                       const std::vector<std::string>& patterns, bool is_at_end);
  // Whether no other comparison has the bit.
  [[nodiscard]] bool is_own_bit(ev_automaton_text text, uint32_t bit) const noexcept;

 private:
  struct Text {
    AutomatonBuilder builder;
    uint32_t comparisons = 0;
  };
  std::vector<KernelComparison> comparisons_;
  std::array<KeyDomain, EV_CLASS_KINDS> keys_;
  PrefixDomain paths_;
  PrefixDomain addresses_;
  std::array<Text, EV_TEXTS> texts_;
  std::array<size_t, kAxes> sizes_{};
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_VOCABULARY_H
