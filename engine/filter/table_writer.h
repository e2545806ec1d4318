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

  // The clauses of a call: at most EV_CLAUSES, none of them without sides. Where there is no room,
  // more events pass.
  void add(const Call& call, const std::vector<Box>& clauses);
  // Exact clauses: of a hook; of a call that has returned, for EV_ACT_KILL and EV_ACT_WOULD_KILL.
  // At most EV_CLAUSES. False: there is no room.
  [[nodiscard]] bool add(ev_hook hook, ev_act act, const std::vector<Box>& clauses);
  [[nodiscard]] bool add(const Call& call, ev_act act, const std::vector<Box>& clauses);
  [[nodiscard]] KernelFilter finish() &&;

 private:
  // Where the values of the call come from, in the tables.
  ev_filter_call& entry_of(const Call& call);
  // 0: there is no room.
  uint16_t group_of(const std::vector<Box>& clauses);
  // False: there is no room for the sets.
  [[nodiscard]] bool has_room_for(const std::vector<Box>& clauses) const;
  void write_sides(const std::vector<Box>& clauses, ev_filter_group& group) const;
  void write_sets(ev_dimension dimension, const std::vector<Box>& clauses, ev_filter_group& group);
  void write_tops(const std::vector<Box>& clauses, ev_filter_group& group) const;
  [[nodiscard]] bool tops_are_known(const ClassSet& paths) const;
  // A text that is looked up by its prefixes; gives the clauses of one that has none of them.
  ev_clauses write_prefixes(const std::vector<Box>& clauses, Axis axis, uint16_t group);
  void write_addresses(const std::vector<Box>& clauses, uint16_t number, ev_filter_group& group);
  void write_classes(ev_class_kind kind);

  const Vocabulary& vocabulary_;
  std::vector<uint32_t> path_parents_;
  std::vector<uint32_t> address_parents_;
  std::map<std::vector<Box>, uint16_t> groups_;
  bool has_patterns_ = false;
  KernelFilter filter_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_TABLE_WRITER_H
