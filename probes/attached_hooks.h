// SPDX-License-Identifier: Apache-2.0
// AttachedHooks: the programs that decide (hooks.h). They come and go with what rules decide about,
// while the other programs stay, so each is opened from a skeleton of its own, which shares all
// maps with the one that runs.
//
// Threads: one at a time.
#ifndef SAKER_PROBES_ATTACHED_HOOKS_H
#define SAKER_PROBES_ATTACHED_HOOKS_H

#include <cstdint>
#include <vector>

#include "engine/base/result.h"
#include "probes/event_source.h"
#include "probes/filter_maps.h"
#include "probes/guard.h"
#include "probes/hooks.h"
#include "probes/pins.h"
#include "probes/skeleton.h"

namespace saker {

class AttachedHooks {
 public:
  explicit AttachedHooks(HookMeans means) : means_(means) {}

  // Attaches what the filter needs and is not there yet.
  Result<void> ensure(const FilterTables& filter, const saker_bpf& running);
  // Detaches what it does not need.
  void retire(const FilterTables& filter) noexcept;
  void clear() noexcept { attached_.clear(); }
  // What must stay attached for the filter to refuse and kill.
  [[nodiscard]] std::vector<Pin> refusing(const FilterTables& filter) const;

  void list(std::vector<GuardedObject>& objects) const;
  [[nodiscard]] uint64_t missed_runs() const;
  [[nodiscard]] std::vector<ProgramRuns> runs() const;

 private:
  struct Attached {
    const HookProgram* row;
    Skeleton skeleton;
    Link link;

    [[nodiscard]] bpf_program* program() const { return find_program(*skeleton, row->program); }
  };
  static Result<Attached> attach(const HookProgram& row, const saker_bpf& running);
  [[nodiscard]] bool is_needed(const HookProgram& row, const FilterTables& filter) const;

  HookMeans means_;
  std::vector<Attached> attached_;
};

}  // namespace saker

#endif  // SAKER_PROBES_ATTACHED_HOOKS_H
