// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/table_writer.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <span>
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

constexpr ev_dimension kClassDimensions[] = {EV_DIM_USER, EV_DIM_NAME, EV_DIM_PARENT_NAME,
                                             EV_DIM_NUMBER};
static_assert(std::size(kClassDimensions) == EV_CLASS_DIMS);

// Paths that are looked up by their prefixes.
struct Text {
  ev_dimension dimension;
  uint16_t mark;
  ev_clauses ev_filter_group::* other;
};
constexpr Text kTexts[] = {
    {EV_DIM_PATH, EV_PREFIX_PATH, &ev_filter_group::other_path},
    {EV_DIM_TARGET, EV_PREFIX_TARGET, &ev_filter_group::other_target},
    {EV_DIM_EXE, EV_PREFIX_EXE, &ev_filter_group::other_exe},
};

ev_filter_prefix_entry prefix_entry(uint16_t group, size_t bits, const ev_clauses& clauses) {
  ev_filter_prefix_entry entry{};
  entry.prefix.group = group;
  entry.prefix.bits = static_cast<uint32_t>(sizeof(group) * 8 + bits);
  entry.clauses = clauses;
  return entry;
}

}  // namespace

TableWriter::TableWriter(const Vocabulary& vocabulary)
    : vocabulary_(vocabulary),
      path_parents_(vocabulary.paths().parents()),
      address_parents_(vocabulary.addresses().parents()) {
  filter_.calls.fill(ev_filter_call{0, EV_NO_ARG, 0, EV_NO_ARG, EV_NO_ARG, EV_NO_ARG, 0, 0, 0});
}

ev_filter_call& TableWriter::entry_of(const Call& call) {
  SAKER_CHECK(call.def->syscall_nr >= 0);
  ev_filter_call& entry = filter_.calls[static_cast<size_t>(call.def->syscall_nr)];
  const ev_filter_call before = entry;
  entry = call.source;
  entry.group = before.group;
  entry.kill = before.kill;
  entry.would_kill = before.would_kill;
  return entry;
}

void TableWriter::add(const Call& call, const std::vector<Box>& clauses) {
  const uint16_t group = group_of(clauses);
  entry_of(call).group = group;
  filter_.unfiltered_calls += group == 0 ? 1 : 0;
}

bool TableWriter::add(ev_hook hook, ev_act act, const std::vector<Box>& clauses) {
  const uint16_t group = has_room_for(clauses) ? group_of(clauses) : 0;
  filter_.hooks[hook].groups[act] = group;
  return group != 0;
}

bool TableWriter::add(const Call& call, ev_act act, const std::vector<Box>& clauses) {
  const uint16_t group = has_room_for(clauses) ? group_of(clauses) : 0;
  (act == EV_ACT_KILL ? entry_of(call).kill : entry_of(call).would_kill) = group;
  return group != 0;
}

bool TableWriter::has_room_for(const std::vector<Box>& clauses) const {
  size_t sets = filter_.sets.size();
  for (const ev_dimension dimension : kClassDimensions) {
    const bool is_asked = std::ranges::any_of(
        clauses, [dimension](const Box& clause) { return clause.side(dimension) != nullptr; });
    sets += is_asked ? vocabulary_.sizes()[dimension] : 0;
  }
  return sets <= EV_FILTER_SETS;
}

uint16_t TableWriter::group_of(const std::vector<Box>& clauses) {
  if (const auto known = groups_.find(clauses); known != groups_.end()) {
    return known->second;
  }
  SAKER_CHECK(clauses.size() <= EV_CLAUSES);
  if (filter_.groups.size() == EV_FILTER_GROUPS) {
    return 0;
  }
  const auto next = static_cast<uint16_t>(filter_.groups.size() + 1);
  groups_.emplace(clauses, next);
  ev_filter_group group{};
  group.all = first_clauses(clauses.size());
  write_needs(clauses, group);
  write_sides(clauses, group);
  for (const ev_dimension dimension : kClassDimensions) {
    if (any_asks(group, dimension) || any_asks(group, late(dimension))) {
      write_sets(dimension, clauses, group);
    }
  }
  for (const Text& text : kTexts) {
    if (any_asks(group, text.dimension)) {
      group.*text.other = write_prefixes(clauses, text.dimension, next | text.mark);
    }
  }
  if (any_asks(group, EV_DIM_PATH)) {
    write_tops(clauses, group);
  }
  if (any_asks(group, EV_DIM_ADDRESS)) {
    write_addresses(clauses, next, group);
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

void TableWriter::write_sets(ev_dimension dimension, const std::vector<Box>& clauses,
                             ev_filter_group& group) {
  const auto axis = static_cast<Axis>(dimension);
  const auto sets = satisfied_by_class(clauses, axis, vocabulary_.sizes()[axis]);
  if (filter_.sets.size() + sets.size() > EV_FILTER_SETS) {
    ++filter_.unasked_dimensions;
    group.asking[dimension] = group.asking[late(dimension)] = {};
    return;
  }
  group.sets[dimension - EV_DIM_USER] = static_cast<uint32_t>(filter_.sets.size());
  filter_.sets.insert(filter_.sets.end(), sets.begin(), sets.end());
}

ev_clauses TableWriter::write_prefixes(const std::vector<Box>& clauses, Axis axis, uint16_t group) {
  const std::vector<std::string>& keys = vocabulary_.paths().keys();
  const auto sets = satisfied_by_class(clauses, axis, keys.size() + 1);
  for (size_t i = 0; i < keys.size(); ++i) {
    // What a shorter prefix says already need not be said again.
    if (!equal(sets[i + 1], sets[path_parents_[i + 1]])) {
      ev_filter_prefix_entry entry = prefix_entry(group, keys[i].size() * 8, sets[i + 1]);
      std::memcpy(entry.prefix.path, keys[i].data(), keys[i].size());
      filter_.prefixes.push_back(entry);
    }
  }
  return sets[0];
}

void TableWriter::write_addresses(const std::vector<Box>& clauses, uint16_t number,
                                  ev_filter_group& group) {
  const std::vector<std::string>& keys = vocabulary_.addresses().keys();
  const auto sets = satisfied_by_class(clauses, EV_DIM_ADDRESS, keys.size() + 1);
  group.other_address = sets[0];
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!equal(sets[i + 1], sets[address_parents_[i + 1]])) {
      ev_filter_prefix_entry entry =
          prefix_entry(number | EV_PREFIX_ADDRESS, keys[i].size(), sets[i + 1]);
      for (size_t bit = 0; bit < keys[i].size(); ++bit) {
        const unsigned mask = keys[i][bit] == '1' ? 0x80U >> bit % 8 : 0;
        entry.prefix.path[bit / 8] = static_cast<uint8_t>(entry.prefix.path[bit / 8] | mask);
      }
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
void TableWriter::write_tops(const std::vector<Box>& clauses, ev_filter_group& group) const {
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
  for (const auto& [top, satisfied] : sets) {
    if (top.size() < EV_COMM_SIZE && group.n_tops < EV_TOPS) {
      ev_filter_top& entry = group.tops[group.n_tops++];
      top.copy(entry.name, sizeof(entry.name));
      entry.clauses = satisfied;
    } else {
      common = common | satisfied;  // names without an entry
    }
  }
  group.other_top = common;
  for (ev_filter_top& entry : std::span(group.tops, group.n_tops)) {
    entry.clauses = entry.clauses | common;
  }
}

void TableWriter::write_classes(ev_class_kind kind) {
  for (const auto& [text, number] : vocabulary_.keys(kind).keys()) {
    ev_filter_class entry{};
    entry.value.kind = kind;
    text.copy(entry.value.bytes, sizeof(entry.value.bytes));
    entry.number = number;
    filter_.classes.push_back(entry);
  }
}

KernelFilter TableWriter::finish() && {
  for (const ev_class_kind kind : {EV_CLASS_NAME, EV_CLASS_USER, EV_CLASS_NUMBER}) {
    write_classes(kind);
  }
  if (has_patterns_) {
    filter_.automata.resize(EV_TEXTS);
    for (const ev_automaton_text text : {EV_TEXT_GIVEN, EV_TEXT_PATH}) {
      filter_.automata[text] = *vocabulary_.automaton(text);
    }
  }
  return std::move(filter_);
}

}  // namespace saker::filter
