// SPDX-License-Identifier: Apache-2.0
// Paths: of descriptors, of what calls work on, of executables.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/filter/decisions.h"
#include "engine/filter/kernel_fields.h"
#include "engine/filter/path_needs.h"

namespace saker::filter {
namespace {

using lang::CheckedComparison;

void keep_path_needs(PathNeeds needs, ev_automaton_text text, KernelComparison& comparison,
                     Vocabulary& vocabulary) {
  comparison.is_exact = needs.is_exact;
  if (!needs.patterns.empty()) {
    comparison.pattern_bit = vocabulary.add_patterns(text, needs.patterns, needs.is_at_end);
  } else if (!needs.prefixes.empty()) {
    for (const std::string& prefix : needs.prefixes) {
      vocabulary.paths().add(prefix);
    }
    comparison.prefixes = std::move(needs.prefixes);
  }
}

template <PathNeeds (*NeedsOf)(const CheckedComparison&), ev_automaton_text Text>
void add_path(KernelComparison& comparison, Vocabulary& vocabulary) {
  keep_path_needs(NeedsOf(comparison.checked), Text, comparison, vocabulary);
}

// Of a path that the filter of calls does not know.
void add_acting_path(KernelComparison& comparison, Vocabulary& vocabulary) {
  if (comparison.acts) {
    add_path<name_needs, EV_TEXT_PATH>(comparison, vocabulary);
  }
}

Decided decide_pattern(const KernelComparison& comparison, ev_automaton_text text,
                       const Vocabulary& vocabulary) {
  Decision decision =
      decide_inside(pattern_axis(text, *comparison.pattern_bit), ClassSet::of({1}), comparison);
  if (!vocabulary.is_own_bit(text, *comparison.pattern_bit)) {
    decision.may_fail = ClassSet::all();
  }
  return decision;
}

// Texts are searched in one path only.
Decided decide_path(const KernelComparison& comparison, ev_dimension dimension,
                    const Vocabulary& vocabulary) {
  if (comparison.pattern_bit) {
    return dimension == EV_DIM_PATH ? decide_pattern(comparison, EV_TEXT_PATH, vocabulary)
                                    : std::nullopt;
  }
  if (!comparison.prefixes) {
    return std::nullopt;
  }
  std::vector<uint32_t> inside;
  for (const std::string& prefix : *comparison.prefixes) {
    std::ranges::copy(vocabulary.paths().below(prefix), std::back_inserter(inside));
  }
  return decide_inside(static_cast<Axis>(dimension), ClassSet::of(std::move(inside)), comparison);
}

Decided by_descriptor_path(const KernelComparison& comparison, const Call& call,
                           const Vocabulary& vocabulary) {
  const std::optional<ev_dimension> dimension =
      call.hook != nullptr           ? dimension_at(call, comparison)
      : call.has(call.source.fd_arg) ? std::optional(EV_DIM_PATH)
                                     : std::nullopt;
  return dimension ? decide_path(comparison, *dimension, vocabulary) : std::nullopt;
}

Decided by_given_path(const KernelComparison& comparison, const Call& call,
                      const Vocabulary& vocabulary) {
  const bool is_known = call.has(call.source.path_arg) && comparison.pattern_bit;
  return is_known ? decide_pattern(comparison, EV_TEXT_GIVEN, vocabulary) : std::nullopt;
}

// Calls of which fs.path.name is the path of the descriptor's file; they have no other fs.path.
constexpr std::string_view kWorkOnFile[] = {
    "open", "openat", "openat2", "creat", "open_by_handle_at", "fchmod", "fchown"};

bool works_on_file(const Call& call) {
  return std::ranges::find(kWorkOnFile, call.def->name) != std::end(kWorkOnFile);
}

// Missing when the call failed, or when the path it was given could not be read.
Decided by_worked_on_path(const KernelComparison& comparison, const Call& call,
                          const Vocabulary& vocabulary) {
  if (call.hook == nullptr && !works_on_file(call)) {
    return std::nullopt;
  }
  Decided decision = by_descriptor_path(comparison, call, vocabulary);
  if (decision && !call.has_succeeded) {
    decision->may_fail = ClassSet::all();
  }
  return decision;
}

Decided by_other_path(const KernelComparison& comparison, const Call& call,
                      const Vocabulary& vocabulary) {
  return call.hook != nullptr  ? by_descriptor_path(comparison, call, vocabulary)
         : works_on_file(call) ? Decided(decide_missing())
                               : std::nullopt;
}

Decided by_executable(const KernelComparison& comparison, const Call& call,
                      const Vocabulary& vocabulary) {
  return call.has_succeeded
             ? decide_path(comparison, dimension_at(call, comparison).value_or(EV_DIM_EXE),
                           vocabulary)
             : std::nullopt;
}

constexpr KernelField kFields[] = {
    {"fd.name", "path", kPathForms, add_path<name_needs, EV_TEXT_PATH>, by_descriptor_path},
    {"fd.directory", "path", kNoForms, add_path<directory_needs, EV_TEXT_PATH>, by_descriptor_path},
    {"fd.filename", "path", kNoForms, add_path<file_name_needs, EV_TEXT_PATH>, by_descriptor_path},
    {"fs.path.name", "path", kPathForms, add_path<name_needs, EV_TEXT_PATH>, by_worked_on_path},
    {"fs.path.source", "path", kPathForms, add_acting_path, by_other_path},
    {"fs.path.target", "path", kPathForms, add_acting_path, by_other_path},
    {"fd.nameraw", "path as given", kNoForms, add_path<given_name_needs, EV_TEXT_GIVEN>,
     by_given_path},
    {"proc.exepath", "executable", kPathForms, add_acting_path, by_executable, true},
};

}  // namespace

std::span<const KernelField> path_kernel_fields() noexcept { return kFields; }

}  // namespace saker::filter
