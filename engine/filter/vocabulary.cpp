// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/vocabulary.h"

#include <algorithm>
#include <utility>

#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

// The last bit is shared by all comparisons that come too late for one of their own.
constexpr uint32_t kSharedBit = EV_PATTERNS - 1;

}  // namespace

uint32_t Vocabulary::add(const KernelField& field, std::string name,
                         lang::CheckedComparison checked) {
  KernelComparison comparison;
  comparison.field = &field;
  comparison.name = std::move(name);
  comparison.checked = std::move(checked);
  comparisons_.push_back(std::move(comparison));
  return static_cast<uint32_t>(comparisons_.size() - 1);
}

void Vocabulary::finish() {
  for (const bool acts : {true, false}) {
    for (KernelComparison& comparison : comparisons_) {
      if (comparison.acts == acts && (acts || !comparison.field->is_for_acting)) {
        comparison.field->add(comparison, *this);
      }
    }
  }
  paths_.finish();
  addresses_.finish();
  sizes_.fill(2);  // patterns, and whether the call succeeded
  for (const ev_dimension dimension : {EV_DIM_INTENT, EV_DIM_FILE_KIND}) {
    sizes_[dimension] = EV_SMALL_VALUES;
  }
  sizes_[EV_DIM_TRAITS] = kTraitValues;
  sizes_[EV_DIM_USER] = keys(EV_CLASS_USER).size();
  sizes_[EV_DIM_NAME] = sizes_[EV_DIM_PARENT_NAME] = keys(EV_CLASS_NAME).size();
  sizes_[EV_DIM_NUMBER] = keys(EV_CLASS_NUMBER).size();
  sizes_[EV_DIM_PATH] = sizes_[EV_DIM_TARGET] = sizes_[EV_DIM_EXE] = paths_.size();
  sizes_[EV_DIM_ADDRESS] = addresses_.size();
}

std::optional<Decision> Vocabulary::decide(uint32_t number, const Call& call) const {
  const KernelComparison& comparison = comparisons_[number];
  return comparison.field->decide(comparison, call, *this);
}

std::optional<uint32_t> Vocabulary::add_patterns(ev_automaton_text text,
                                                 const std::vector<std::string>& patterns,
                                                 bool is_at_end) {
  Text& target = texts_[text];
  const uint32_t bit = std::min(target.comparisons, kSharedBit);
  const AutomatonBuilder before = target.builder;
  for (const std::string& pattern : patterns) {
    if (!target.builder.add(pattern, is_at_end, bit)) {
      target.builder = before;
      return std::nullopt;
    }
  }
  ++target.comparisons;
  return bit;
}

bool Vocabulary::is_own_bit(ev_automaton_text text, uint32_t bit) const noexcept {
  return bit != kSharedBit || texts_[text].comparisons <= EV_PATTERNS;
}

}  // namespace saker::filter
