// SPDX-License-Identifier: Apache-2.0
// TableWriter: the clauses of events -> tables of the kernel.
#ifndef SAKER_ENGINE_FILTER_TABLE_WRITER_H
#define SAKER_ENGINE_FILTER_TABLE_WRITER_H

#include <cstdint>
#include <map>
#include <vector>

#include "engine/filter/box.h"
#include "engine/filter/call.h"
#include "engine/filter/kernel_filter.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

class TableWriter {
 public:
  // Borrows the vocabulary, which must be finished.
  explicit TableWriter(const Vocabulary& vocabulary);

  // The clauses of a call: at most EV_CLAUSES, none of them without sides.
  void add(const Call& call, const std::vector<Box>& clauses);
  [[nodiscard]] KernelFilter finish() &&;

 private:
  uint16_t group_of(const std::vector<Box>& clauses);
  void write_sides(const std::vector<Box>& clauses, ev_filter_group& group) const;
  void write_sets(ev_dimension dimension, const std::vector<Box>& clauses, ev_filter_group& group);
  void write_tops(const std::vector<Box>& clauses, ev_filter_group& group) const;
  [[nodiscard]] bool tops_are_known(const ClassSet& paths) const;
  void write_paths(const std::vector<Box>& clauses, uint16_t number, ev_filter_group& group);
  void write_classes(ev_class_kind kind);

  const Vocabulary& vocabulary_;
  std::vector<uint32_t> path_parents_;
  std::map<std::vector<Box>, uint16_t> groups_;
  bool has_patterns_ = false;
  KernelFilter filter_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_TABLE_WRITER_H
