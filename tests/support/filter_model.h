// SPDX-License-Identifier: Apache-2.0
// FilterModel: what the kernel's filter says of an event, computed from the same tables and from
// what the event's record holds: all dimensions, none left out, in no particular order.
#ifndef SAKER_TESTS_SUPPORT_FILTER_MODEL_H
#define SAKER_TESTS_SUPPORT_FILTER_MODEL_H

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/filter/kernel_filter.h"

namespace saker::test {

// Looks values up in the tables.
class TableReader {
 public:
  explicit TableReader(const KernelFilter& filter) : filter_(filter) {}

  [[nodiscard]] uint32_t class_of(const ev_filter_value& value) const;
  [[nodiscard]] const ev_clauses& set_of(const ev_filter_group& group, ev_dimension dimension,
                                         const ev_filter_value& value) const;
  // Of the longest prefix in the group's text; null: it has none. `group`: with EV_PREFIX_*.
  [[nodiscard]] const ev_clauses* find_prefix(uint16_t group, std::string_view bytes) const;
  // A bit for each pattern that is found.
  [[nodiscard]] uint32_t patterns_in(ev_automaton_text text, std::string_view bytes) const;

 private:
  const KernelFilter& filter_;
};

// A path as it is looked up by its prefixes.
[[nodiscard]] std::string path_key(std::string_view path);
[[nodiscard]] ev_filter_value name_value(std::string_view name);
[[nodiscard]] ev_filter_value number_value(ev_class_kind kind, uint32_t number);

class FilterModel {
 public:
  // Borrows the filter.
  explicit FilterModel(const KernelFilter& filter) : filter_(filter), reader_(filter) {}

  // Requires: a system call that the tracker has seen.
  [[nodiscard]] bool passes(const Event& event) const;

 private:
  struct View;  // of one event

  void keep_by_descriptor(View& view) const;
  void keep_by_task(View& view) const;
  void keep_by_class(View& view, ev_dimension dimension, const ev_filter_value& value) const;
  void keep_by_text(View& view, ev_automaton_text text, std::string_view bytes) const;
  void keep_by_path(View& view, std::string_view path) const;
  void keep_by_top(View& view, std::string_view path) const;

  const KernelFilter& filter_;
  TableReader reader_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_FILTER_MODEL_H
