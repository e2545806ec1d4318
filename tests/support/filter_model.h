// SPDX-License-Identifier: Apache-2.0
// FilterModel: what the kernel's filter says of an event, computed from the same tables and from
// what the event's record holds: all dimensions, none left out, in no particular order.
#ifndef SAKER_TESTS_SUPPORT_FILTER_MODEL_H
#define SAKER_TESTS_SUPPORT_FILTER_MODEL_H

#include <optional>
#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/filter/kernel_filter.h"

namespace saker::test {

class FilterModel {
 public:
  // Borrows the filter.
  explicit FilterModel(const KernelFilter& filter) : filter_(filter) {}

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
  [[nodiscard]] uint32_t class_of(const ev_filter_value& value) const;
  [[nodiscard]] uint32_t patterns_in(ev_automaton_text text, std::string_view bytes) const;

  const KernelFilter& filter_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_FILTER_MODEL_H
