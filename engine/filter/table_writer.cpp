// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/table_writer.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "engine/filter/axis.h"

namespace saker::filter {
namespace {

void set_clause(ev_clauses& clauses, size_t number) {
  clauses.words[number / 64] |= uint64_t{1} << (number % 64);
}
void reset_clause(ev_clauses& clauses, size_t number) {
  clauses.words[number / 64] &= ~(uint64_t{1} << (number % 64));
}
bool equal(const ev_clauses& a, const ev_clauses& b) {
  return std::ranges::equal(a.words, b.words);
}

ev_clauses first_clauses(size_t count) {
  ev_clauses clauses{};
  for (size_t i = 0; i < count; ++i) {
    set_clause(clauses, i);
  }
  return clauses;
}

ev_clauses operator|(const ev_clauses& a, const ev_clauses& b) {
  ev_clauses both{};
  std::ranges::transform(a.words, b.words, both.words, std::bit_or());
  return both;
}

// The first name in the paths that begin with the key; empty: the key does not say.
std::string top_of(std::string_view key) {
  const size_t end = key.find_first_of(std::string_view("/\0", 2), 1);
  return key.starts_with('/') && end != std::string_view::npos ? std::string(key.substr(1, end - 1))
                                                               : std::string();
}

// Of each class of the axis, the clauses that it satisfies.
std::vector<ev_clauses> satisfied_by_class(const std::vector<Box>& clauses, Axis axis,
                                           size_t size) {
  ev_clauses common{};  // those that list the classes that do not satisfy them, or ask nothing
  for (size_t i = 0; i < clauses.size(); ++i) {
    const ClassSet* side = clauses[i].side(axis);
    if (side == nullptr || side->is_inverted()) {
      set_clause(common, i);
    }
  }
  std::vector<ev_clauses> result(size, common);
  for (size_t i = 0; i < clauses.size(); ++i) {
    if (const ClassSet* side = clauses[i].side(axis)) {
      for (const uint32_t listed : side->listed()) {
        side->is_inverted() ? reset_clause(result[listed], i) : set_clause(result[listed], i);
      }
    }
  }
  return result;
}

bool any_asks(const ev_filter_group& group, ev_dimension dimension) {
  return std::ranges::any_of(group.asking[dimension].words,
                             [](uint64_t word) { return word != 0; });
}

// Where names are asked for once more; other dimensions are not.
ev_dimension late(ev_dimension dimension) {
  return dimension == EV_DIM_NAME          ? EV_DIM_LATE_NAME
         : dimension == EV_DIM_PARENT_NAME ? EV_DIM_LATE_PARENT_NAME
                                           : dimension;
}

// Where the kernel asks for the side: names that are not among a few are looked at last.
ev_dimension asked_at(const Box::Side& side) {
  const ev_dimension dimension = dimension_of(side.axis);
  return side.classes.contains(KeyDomain::kOther) ? late(dimension) : dimension;
}

// What is asked of each dimension, and from where on nothing is.
void write_needs(const std::vector<Box>& clauses, ev_filter_group& group) {
  for (size_t i = 0; i < clauses.size(); ++i) {
    size_t last = 0;
    for (const Box::Side& side : clauses[i].sides) {
      const auto dimension = static_cast<size_t>(asked_at(side));
      set_clause(group.asking[dimension], i);
      last = std::max(last, dimension);
    }
    for (size_t dimension = last + 1; dimension < EV_DIMS; ++dimension) {
      set_clause(group.settled[dimension], i);
    }
  }
}

}  // namespace

TableWriter::TableWriter(const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), path_parents_(vocabulary.paths().parents()) {}

void TableWriter::add(const Call& call, const std::vector<Box>& clauses) {
  SAKER_CHECK(call.def->syscall_nr >= 0 && clauses.size() <= EV_CLAUSES);
  ev_filter_call& target = filter_.calls[static_cast<size_t>(call.def->syscall_nr)];
  target = call.source;
  target.group = group_of(clauses);
}

uint16_t TableWriter::group_of(const std::vector<Box>& clauses) {
  const auto next = static_cast<uint16_t>(filter_.groups.size() + 1);
  const auto [entry, is_new] = groups_.try_emplace(clauses, next);
  if (!is_new) {
    return entry->second;
  }
  ev_filter_group group{};
  group.all = first_clauses(clauses.size());
  write_needs(clauses, group);
  write_sides(clauses, group);
  for (const ev_dimension dimension : {EV_DIM_USER, EV_DIM_NAME, EV_DIM_PARENT_NAME}) {
    if (any_asks(group, dimension) || any_asks(group, late(dimension))) {
      write_keys(dimension, clauses, next, group);
    }
  }
  if (any_asks(group, EV_DIM_PATH)) {
    write_paths(clauses, next, group);
    write_tops(clauses, next, group);
  }
  has_patterns_ = has_patterns_ || any_asks(group, EV_DIM_GIVEN_PATTERNS) ||
                  any_asks(group, EV_DIM_PATH_PATTERNS);
  filter_.groups.push_back(group);
  return next;
}

// The dimensions whose sets stand in the group itself.
void TableWriter::write_sides(const std::vector<Box>& clauses, ev_filter_group& group) const {
  for (Axis axis = 0; axis < EV_SMALL_DIMS; ++axis) {
    const auto sets = satisfied_by_class(clauses, axis, vocabulary_.sizes()[axis]);
    // A value that there cannot be satisfies all, as an unknown one does.
    std::ranges::fill(group.small[axis], group.all);
    std::ranges::copy(sets, group.small[axis]);
  }
  for (Axis axis = EV_DIMS; axis < kAxes; ++axis) {
    const bool is_asked = std::ranges::any_of(
        clauses, [axis](const Box& clause) { return clause.side(axis) != nullptr; });
    if (is_asked) {
      const auto sets = satisfied_by_class(clauses, axis, 2);
      group.asked_patterns[text_of(axis)][group.n_asked_patterns[text_of(axis)]++] =
          static_cast<uint8_t>(bit_of(axis));
      group.patterns[text_of(axis)][bit_of(axis)] = {.found = sets[1], .missing = sets[0]};
    }
  }
}

void TableWriter::write_keys(ev_dimension dimension, const std::vector<Box>& clauses,
                             uint16_t number, ev_filter_group& group) {
  const KeyDomain& domain = vocabulary_.keys(dimension);
  const auto sets = satisfied_by_class(clauses, static_cast<Axis>(dimension), domain.size());
  const ev_clauses& other = group.other_key[dimension - EV_SMALL_DIMS] = sets[KeyDomain::kOther];
  for (const auto& [text, key_class] : domain.keys()) {
    if (!equal(sets[key_class], other)) {
      add_key(number, dimension, text, sets[key_class]);
    }
  }
}

void TableWriter::add_key(uint16_t group, ev_dimension dimension, const std::string& value,
                          const ev_clauses& clauses) {
  ev_filter_key_entry entry{};
  entry.key.group = group;
  entry.key.dimension = static_cast<uint16_t>(dimension);
  value.copy(entry.key.value, sizeof(entry.key.value));
  entry.clauses = clauses;
  filter_.keys.push_back(entry);
}

void TableWriter::write_paths(const std::vector<Box>& clauses, uint16_t number,
                              ev_filter_group& group) {
  const std::vector<std::string>& keys = vocabulary_.paths().keys();
  const auto sets = satisfied_by_class(clauses, EV_DIM_PATH, keys.size() + 1);
  group.other_path = sets[0];
  for (size_t i = 0; i < keys.size(); ++i) {
    // What a shorter prefix says already need not be said again.
    if (!equal(sets[i + 1], sets[path_parents_[i + 1]])) {
      ev_filter_prefix_entry entry{};
      entry.prefix.group = number;
      entry.prefix.bits = static_cast<uint32_t>((sizeof(entry.prefix.group) + keys[i].size()) * 8);
      std::memcpy(entry.prefix.path, keys[i].data(), keys[i].size());
      entry.clauses = sets[i + 1];
      filter_.prefixes.push_back(entry);
    }
  }
}

bool TableWriter::tops_are_known(const ClassSet& paths) const {
  return !paths.is_inverted() && std::ranges::none_of(paths.listed(), [this](uint32_t path) {
    return top_of(vocabulary_.paths().keys()[path - 1]).empty();
  });
}

// Which first names of paths a clause leaves open: of those that its own paths have. One that holds
// for paths without any key leaves all open.
void TableWriter::write_tops(const std::vector<Box>& clauses, uint16_t number,
                             ev_filter_group& group) {
  std::map<std::string, ev_clauses> sets;
  ev_clauses common{};
  for (size_t i = 0; i < clauses.size(); ++i) {
    const ClassSet* paths = clauses[i].side(EV_DIM_PATH);
    if (paths == nullptr || !tops_are_known(*paths)) {
      set_clause(common, i);
      continue;
    }
    set_clause(group.asking[EV_DIM_TOP], i);
    for (const uint32_t path : paths->listed()) {
      const std::string top = top_of(vocabulary_.paths().keys()[path - 1]);
      set_clause(sets[top], i);
    }
  }
  group.other_key[EV_DIM_TOP - EV_SMALL_DIMS] = common;
  for (const auto& [top, satisfied] : sets) {
    if (top.size() < EV_COMM_SIZE) {
      add_key(number, EV_DIM_TOP, top, satisfied | common);
    }
  }
}

KernelFilter TableWriter::finish() && {
  if (has_patterns_) {
    filter_.automata.resize(EV_TEXTS);
    for (const ev_automaton_text text : {EV_TEXT_GIVEN, EV_TEXT_PATH}) {
      filter_.automata[text] = *vocabulary_.automaton(text);
    }
  }
  return std::move(filter_);
}

}  // namespace saker::filter
