// SPDX-License-Identifier: Apache-2.0
#include "probes/attached_hooks.h"

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <string>
#include <utility>

#include "engine/base/unique_fd.h"
#include "probes/cgroup_root.h"

namespace saker {
namespace {

bool has_policy(const FilterTables& filter, uint32_t hook) {
  return hook < filter.hooks.size() &&
         std::ranges::any_of(filter.hooks[hook].groups, [](uint16_t group) { return group != 0; });
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

// A cgroup's programs are told where: at the root, besides those of others.
Result<Link> attach_program(const HookProgram& row, const bpf_program* program) {
  Link link;
  if (row.means() == HookMeans::kCgroups) {
    const Result<UniqueFd> root = open_cgroup_root();
    if (!root) {
      return root.error();
    }
    link.reset(bpf_program__attach_cgroup(program, root->get()));
  } else {
    link.reset(bpf_program__attach(program));
  }
  if (!link) {
    return Error{"cannot attach to the hook " + std::string(row.attach_point), errno, ""};
  }
  return link;
}

}  // namespace

bool AttachedHooks::is_needed(const HookProgram& row, const FilterTables& filter) const {
  if (row.hook == EV_HOOK_AFTER_CALL) {
    return std::ranges::any_of(filter.calls, [](const ev_filter_call& call) {
      return call.kill != 0 || call.would_kill != 0;
    });
  }
  return row.means() == means_ && has_policy(filter, row.hook);
}

Result<AttachedHooks::Attached> AttachedHooks::attach(const HookProgram& row,
                                                      const saker_bpf& running) {
  const LogCapture log;
  const auto error = [&](const char* what, int number) {
    return Error{std::string(what) + std::string(row.attach_point), number,
                 row.needs.empty() ? log.tail() : "needs " + std::string(row.needs)};
  };
  Attached attached{&row, open_skeleton(), nullptr};
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
  Result<Link> link = attach_program(row, attached.program());
  if (!link) {
    return link.error();
  }
  attached.link = std::move(*link);
  return attached;
}

Result<void> AttachedHooks::ensure(const FilterTables& filter, const saker_bpf& running) {
  const std::bitset<EV_HOOKS> there_are = hooks_by(means_);
  for (uint32_t hook = 0; hook < EV_HOOKS; ++hook) {
    if (has_policy(filter, hook) && !there_are[hook]) {
      return Error{"no program can decide at hook " + std::to_string(hook) + " here", 0, ""};
    }
  }
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

void AttachedHooks::list(std::vector<GuardedObject>& objects) const {
  for (const Attached& attached : attached_) {
    const std::string name(attached.row->program);
    objects.push_back({"program " + name, bpf_program__fd(attached.program())});
    objects.push_back({"link " + name, bpf_link__fd(attached.link.get())});
  }
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
