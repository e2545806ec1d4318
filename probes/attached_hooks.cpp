// SPDX-License-Identifier: Apache-2.0
#include "probes/attached_hooks.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace saker {
namespace {

bool is_needed(const HookProgram& row, const FilterTables& filter) {
  if (row.hook == EV_HOOK_AFTER_CALL) {
    return std::ranges::any_of(filter.calls, [](const ev_filter_call& call) {
      return call.kill != 0 || call.would_kill != 0;
    });
  }
  return row.hook < filter.hooks.size() &&
         std::ranges::any_of(
             filter.hooks[row.hook].groups, [](uint16_t group) { return group != 0; });
}

// Also when its sensor is gone: there is more to do than to tell.
bool refuses(const HookProgram& row, const FilterTables& filter) {
  if (row.hook == EV_HOOK_AFTER_CALL) {
    return std::ranges::any_of(filter.calls,
                               [](const ev_filter_call& call) { return call.kill != 0; });
  }
  return row.hook < filter.hooks.size() && (filter.hooks[row.hook].groups[EV_ACT_DENY] != 0 ||
                                            filter.hooks[row.hook].groups[EV_ACT_KILL] != 0);
}

int share_maps(const saker_bpf& from, saker_bpf& to) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, to.obj) {
    const int fd = bpf_object__find_map_fd_by_name(from.obj, bpf_map__name(map));
    if (const int failed = fd < 0 ? fd : bpf_map__reuse_fd(map, fd); failed != 0) {
      return failed;
    }
  }
  return 0;
}

}  // namespace

Result<AttachedHooks::Attached> AttachedHooks::attach(const HookProgram& row,
                                                      const saker_bpf& running) {
  const LogCapture log;
  const auto error = [&](const char* what, int number) {
    return Error{std::string(what) + std::string(row.attach_point), number,
                 row.needs.empty() ? log.tail() : "needs " + std::string(row.needs)};
  };
  Attached attached{&row, Skeleton(saker_bpf__open()), nullptr};
  if (!attached.skeleton) {
    return error("cannot open the program of ", errno);
  }
  if (const int failed = share_maps(running, *attached.skeleton); failed != 0) {
    return error("cannot share maps with the program of ", -failed);
  }
  load_none(*attached.skeleton);
  bpf_program__set_autoload(attached.program(), true);
  if (const int failed = saker_bpf__load(attached.skeleton.get()); failed != 0) {
    return error("cannot decide at the hook ", -failed);
  }
  attached.link.reset(bpf_program__attach(attached.program()));
  if (!attached.link) {
    return error("cannot attach to the hook ", errno);
  }
  return attached;
}

Result<void> AttachedHooks::ensure(const FilterTables& filter, const saker_bpf& running) {
  for (const HookProgram& row : hook_programs()) {
    if (!is_needed(row, filter) ||
        std::ranges::find(attached_, &row, &Attached::row) != attached_.end()) {
      continue;
    }
    Result<Attached> attached = attach(row, running);
    if (!attached) {
      return attached.error();
    }
    attached_.push_back(std::move(*attached));
  }
  return {};
}

void AttachedHooks::retire(const FilterTables& filter) noexcept {
  std::erase_if(attached_,
                [&](const Attached& attached) { return !is_needed(*attached.row, filter); });
}

std::vector<Pin> AttachedHooks::refusing(const FilterTables& filter) const {
  std::vector<Pin> pins;
  for (const Attached& attached : attached_) {
    if (refuses(*attached.row, filter)) {
      pins.push_back({std::string(kRefusingPins) + std::string(attached.row->program),
                      bpf_link__fd(attached.link.get())});
    }
  }
  return pins;
}

uint64_t AttachedHooks::missed_runs() const {
  uint64_t missed = 0;
  for (const Attached& attached : attached_) {
    missed += saker::missed_runs(attached.program());
  }
  return missed;
}

std::vector<ProgramRuns> AttachedHooks::runs() const {
  std::vector<ProgramRuns> runs;
  for (const Attached& attached : attached_) {
    const bpf_prog_info info = info_of(attached.program());
    runs.push_back({attached.row->program, info.run_cnt, info.run_time_ns});
  }
  return runs;
}

}  // namespace saker
