// SPDX-License-Identifier: Apache-2.0
#include "probes/live_source.h"

#include <linux/membarrier.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <ctime>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"
#include "probes/attached_hooks.h"
#include "probes/bpf_call.h"
#include "probes/compat_syscalls.h"
#include "probes/features.h"
#include "probes/guard.h"
#include "probes/hooks.h"
#include "probes/host_info.h"
#include "probes/pins.h"
#include "probes/plan_maps.h"
#include "probes/probe_counters.h"
#include "probes/ring_reader.h"
#include "probes/skeleton.h"

namespace saker {
namespace {

// A wake-up costs the producer several times what its record does. When records follow each other
// closely, the reader therefore looks by itself, after naps, and producers do not wake it. A record
// after a quiet time wakes it and is taken at once.
constexpr int64_t kBurstGapNs = 1'000'000;
constexpr int64_t kNapNs = 200'000;

// Parts of the ring: how full it is when senders are throttled, and what each may still send within
// the probes' window of time.
constexpr uint32_t kThrottleFrom = 4;
constexpr uint32_t kSenderPart = 16;
// Of more, the filter knows nothing, and lets their events pass.
constexpr uint32_t kKnownProcesses = 65'536;
constexpr uint32_t kKnownCgroups = 16'384;
constexpr uint32_t kScratchLevels = 4;  // SCRATCH_LEVELS in probes/bpf/lib/policy.h

int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

class KernelSource final : public LiveSource {
 public:
  static Result<std::unique_ptr<LiveSource>> open(const LiveOptions& options);

  const SourceInfo& info() const noexcept override { return info_; }
  Next next(std::span<const std::byte>& record, int timeout_ms) override;
  void stop() noexcept override;
  Error error() const override { return error_; }
  std::vector<SourceCounter> counters() const override;
  std::vector<ProgramRuns> program_runs() const override;
  RingUsage ring_usage() const noexcept override { return ring_->usage(); }
  Result<void> set_plans(std::span<const ev_plan> plans) override;
  Result<void> set_filter(const FilterTables& filter) override;
  uint8_t generation() const noexcept override {
    return static_cast<uint8_t>(
        __atomic_load_n(&skeleton_->bss->filter_generation, __ATOMIC_ACQUIRE));
  }
  void wake() noexcept override;
  Result<LeftDecisions> take_over() override;
  Result<LeftDecisions> end_others() override;
  std::string guarded_object(uint32_t number) const override {
    return guard_ ? guard_->name_of(number) : std::string();
  }
  void tell_process(uint32_t pid, uint64_t start_boot_ns, std::string_view name) override;
  void tell_cgroup(uint64_t cgroup_id, uint32_t place) override;

 private:
  Result<void> load(const LiveOptions& options);
  int load_programs(const LiveOptions& options, uint32_t ring_bytes, bool has_rdonly_cast);
  void configure(const LiveOptions& options, uint32_t ring_bytes);
  void configure_hooks(const LiveOptions& options);
  Result<void> attach_hooks(const FilterTables& filter);
  [[nodiscard]] FilterTables policy_in_use() const;
  [[nodiscard]] std::vector<Pin> kept_by(const FilterTables& filter) const;
  Result<LeftDecisions> remove_others();
  [[nodiscard]] PlanMaps plan_maps() const;
  [[nodiscard]] FilterMaps filter_maps() const;
  void guard_objects();
  [[nodiscard]] HookNeeds needs(std::span<const ev_plan> plans) const {
    return {plans, guard_.has_value()};
  }
  Result<void> attach(std::span<const ev_plan> plans);
  void detach_unneeded(std::span<const ev_plan> plans);
  void detach() noexcept;
  Next wait(int timeout_ms);
  bool nap_for_records();

  SourceInfo info_;
  struct Attached {
    const Hook* hook;
    Link link;
  };

  Skeleton skeleton_;
  std::mutex attached_mutex_;
  // Guarded by attached_mutex_.
  std::vector<Attached> attached_;
  AttachedHooks attached_hooks_{HookMeans::kLsm};
  Pins pins_;
  std::optional<Guard> guard_;  // nothing: the sensor is not guarded
  bool has_taken_over_ = false;
  bool may_decide_ = false;
  OnExit on_exit_ = OnExit::kRelease;
  std::vector<ev_filter_prefix_entry> exempt_;  // executables that nothing is refused to
  std::unique_ptr<RingReader> ring_;
  UniqueFd wake_event_;
  UniqueFd run_counting_;  // the kernel counts while it is open
  std::atomic<bool> stop_requested_ = false;
  bool is_detached_ = false;  // written by the reader, with attached_mutex_
  std::atomic<uint64_t> unattended_ = 0;
  int64_t burst_until_ns_ = 0;  // monotonic clock
  Error error_;
};

Result<std::unique_ptr<LiveSource>> KernelSource::open(const LiveOptions& options) {
  auto source = std::make_unique<KernelSource>();
  source->attached_hooks_ = AttachedHooks(options.hook_means);
  source->info_ = info_of_this_host();
  source->may_decide_ = options.may_decide;
  source->on_exit_ = options.enforcement.on_exit;
  source->wake_event_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!source->wake_event_) {
    return Error{"cannot create an eventfd", errno, ""};
  }
  if (options.count_runs) {
    source->run_counting_ = UniqueFd(::bpf_enable_stats(BPF_STATS_RUN_TIME));
    if (!source->run_counting_) {
      return Error{"cannot have the kernel count the time of BPF programs", errno,
                   "set metrics.libbpf_stats_enabled=false"};
    }
  }
  if (Result<void> loaded = source->load(options); !loaded) {
    return loaded.error();
  }
  return std::unique_ptr<LiveSource>(std::move(source));
}

Result<void> KernelSource::load(const LiveOptions& options) {
  const LogCapture log;
  const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
  const uint32_t ring_bytes = std::bit_ceil(std::clamp(options.ring_bytes, page, 1U << 30));
  // First with direct loads of kernel members; a kernel before 6.2 refuses and gets the other form.
  int failed = load_programs(options, ring_bytes, true);
  if (failed != 0) {
    failed = load_programs(options, ring_bytes, false);
  }
  if (failed != 0) {
    return refused_load("cannot load the BPF programs", -failed, log.tail());
  }
  if (on_exit_ == OnExit::kKeep && may_decide_) {
    if (Result<void> checked = pins_.check(); !checked) {
      return checked;
    }
  }
  if (!options.filter.groups.empty() || !exempt_.empty()) {
    const std::lock_guard lock(attached_mutex_);
    if (Result<void> attached = attach_hooks(options.filter); !attached) {
      return attached;
    }
    if (Result<void> installed = filter_maps().install(options.filter, exempt_); !installed) {
      return installed;
    }
  }
  Result<std::unique_ptr<RingReader>> ring =
      RingReader::open(bpf_map__fd(skeleton_->maps.ring), ring_bytes);
  if (!ring) {
    return ring.error();
  }
  ring_ = std::move(*ring);
  if (options.guard) {
    guard_.emplace(bpf_map__fd(skeleton_->maps.guarded_objects));
    if (Result<void> installed = plan_maps().install_guard(); !installed) {
      return installed;
    }
  }
  if (Result<void> planned = set_plans(options.plans); !planned) {
    return refused_load(planned.error().what, planned.error().errno_value, log.tail());
  }
  if (guard_) {
    Guard::begin();
  }
  return {};
}

// 0 or a negative errno.
int KernelSource::load_programs(const LiveOptions& options, uint32_t ring_bytes,
                                bool has_rdonly_cast) {
  skeleton_ = open_skeleton();
  if (!skeleton_) {
    return -errno;
  }
  configure(options, ring_bytes);
  skeleton_->rodata->has_rdonly_cast = has_rdonly_cast;
  return saker_bpf__load(skeleton_.get());
}

void KernelSource::configure(const LiveOptions& options, uint32_t ring_bytes) {
  const uint32_t reserved = std::min(options.reserved_percent, 100U);
  skeleton_->rodata->high_water_bytes = uint64_t{ring_bytes} * (100 - reserved) / 100;
  skeleton_->rodata->throttle_from_bytes =
      options.throttle ? ring_bytes / kThrottleFrom : std::numeric_limits<uint64_t>::max();
  skeleton_->rodata->sender_bytes_max = ring_bytes / kSenderPart;
  std::ranges::fill(skeleton_->rodata->native_of_compat, uint16_t{EV_SYSCALLS});
  for (const CompatSyscall& compat : compat_syscalls()) {
    skeleton_->rodata->native_of_compat[compat.nr] = compat.native_nr;
  }
  skeleton_->rodata->filter_mode = options.filter_mode;
  bpf_map__set_max_entries(skeleton_->maps.known_processes, kKnownProcesses);
  bpf_map__set_max_entries(skeleton_->maps.known_cgroups, kKnownCgroups);
  skeleton_->rodata->sensor_pid = static_cast<uint32_t>(::getpid());
  skeleton_->rodata->sensor_pid_ns = pid_namespace();
  bpf_map__set_max_entries(skeleton_->maps.ring, ring_bytes);
  if (options.guard) {
    std::ranges::copy(guarded_calls(), skeleton_->rodata->guarded_calls);
  }
  const uint32_t levels = options.may_decide ? kScratchLevels : 1;
  skeleton_->rodata->scratch_levels = levels;
  bpf_map__set_max_entries(skeleton_->maps.scratches,
                           levels * static_cast<uint32_t>(std::max(1, libbpf_num_possible_cpus())));
  configure_hooks(options);
  load_none(*skeleton_);
  for (const Hook& hook : hooks()) {
    bpf_program__set_autoload(find_program(*skeleton_, hook.program), true);
  }
}

void KernelSource::configure_hooks(const LiveOptions& options) {
  SAKER_CHECK(options.hook_calls.size() <= EV_HOOKS);
  for (size_t hook = 0; hook < options.hook_calls.size(); ++hook) {
    const std::vector<uint32_t>& calls = options.hook_calls[hook];
    if (calls.empty()) {
      continue;
    }
    skeleton_->rodata->main_call[hook] = static_cast<uint16_t>(calls.front());
    for (const uint32_t nr : calls) {
      skeleton_->rodata->hook_calls[(hook * EV_SYSCALLS + nr) / 64] |= uint64_t{1} << (nr % 64);
    }
  }
  exempt_.clear();
  for (const std::string& path : options.enforcement.exempt_paths) {
    ev_filter_prefix_entry entry{};
    const size_t size = path.size() + 1;  // the NUL makes it the whole path
    SAKER_CHECK(size <= sizeof(entry.prefix.path));
    path.copy(reinterpret_cast<char*>(entry.prefix.path), path.size());
    entry.prefix.group = EV_PREFIX_EXE;
    entry.prefix.bits = static_cast<uint32_t>((sizeof(entry.prefix.group) + size) * 8);
    exempt_.push_back(entry);
  }
}

Result<void> KernelSource::set_plans(std::span<const ev_plan> plans) {
  const PlanMaps maps = plan_maps();
  if (Result<void> stored = maps.store(plans); !stored) {
    return stored;
  }
  if (Result<void> attached = attach(plans); !attached) {
    return attached;
  }
  maps.want(plans);
  detach_unneeded(plans);
  const std::lock_guard lock(attached_mutex_);
  guard_objects();
  return {};
}

// All that there is now. Requires: attached_mutex_.
void KernelSource::guard_objects() {
  if (!guard_ || is_detached_) {
    return;
  }
  std::vector<GuardedObject> objects;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, skeleton_->obj) {
    objects.push_back({std::string("map ") + bpf_map__name(map), bpf_map__fd(map)});
  }
  for (const Hook& hook : hooks()) {
    objects.push_back({"program " + std::string(hook.program),
                       bpf_program__fd(find_program(*skeleton_, hook.program))});
  }
  for (const Attached& one : attached_) {
    objects.push_back({"link " + std::string(one.hook->program), bpf_link__fd(one.link.get())});
  }
  attached_hooks_.list(objects);
  guard_->guard(objects);
}

PlanMaps KernelSource::plan_maps() const {
  return PlanMaps({.plans = bpf_map__fd(skeleton_->maps.plans),
                   .handlers = bpf_map__fd(skeleton_->maps.handlers),
                   .handler = bpf_program__fd(skeleton_->progs.syscall_generic),
                   .guard_handler = bpf_program__fd(skeleton_->progs.guard_call),
                   .guarded_calls = std::span(skeleton_->rodata->guarded_calls),
                   .exit = {skeleton_->bss->exit_candidates, skeleton_->bss->exit_wanted},
                   .enter = {skeleton_->bss->enter_candidates, skeleton_->bss->enter_wanted},
                   .ruled = skeleton_->bss->exit_ruled});
}

FilterMaps KernelSource::filter_maps() const {
  const auto& maps = skeleton_->maps;
  return FilterMaps({.groups = bpf_map__fd(maps.filter_groups),
                     .sets = bpf_map__fd(maps.filter_sets),
                     .automata = bpf_map__fd(maps.filter_automata),
                     .classes = bpf_map__fd(maps.filter_classes),
                     .prefixes = bpf_map__fd(maps.filter_prefixes),
                     .calls = skeleton_->bss->filter_calls,
                     .hooks = skeleton_->bss->hook_policies,
                     .generation = &skeleton_->bss->filter_generation});
}

// New programs find no policy until the tables are exchanged, and old ones none afterwards. What is
// pinned is all that the policy in force needs, at any moment.
Result<void> KernelSource::set_filter(const FilterTables& filter) {
  const std::lock_guard lock(attached_mutex_);
  if (is_detached_) {
    return Error{"the sensor is about to end", 0, ""};
  }
  if (Result<void> ready = attach_hooks(filter); !ready) {
    return ready;
  }
  if (Result<void> replaced = filter_maps().replace(filter, exempt_); !replaced) {
    return replaced;
  }
  pins_.retain(kept_by(filter));
  attached_hooks_.retire(filter);
  guard_objects();
  return {};
}

// Those of the running filter stay in any case. Requires: attached_mutex_.
Result<void> KernelSource::attach_hooks(const FilterTables& filter) {
  SAKER_CHECK(filter.hooks.empty() || filter.hooks.size() == EV_HOOKS);
  Result<void> ready = attached_hooks_.ensure(filter, *skeleton_);
  if (ready && has_taken_over_) {
    ready = pins_.add(kept_by(filter));
  }
  if (!ready) {
    attached_hooks_.retire(policy_in_use());
  }
  return ready;
}

FilterTables KernelSource::policy_in_use() const {
  FilterTables policy;
  const size_t in_use = skeleton_->bss->filter_generation & 1;
  policy.calls = std::span(skeleton_->bss->filter_calls).subspan(in_use * EV_SYSCALLS, EV_SYSCALLS);
  policy.hooks = std::span(skeleton_->bss->hook_policies).subspan(in_use * EV_HOOKS, EV_HOOKS);
  return policy;
}

// With what refuses: the programs that keep the names of processes, and see the sensor's end.
std::vector<Pin> KernelSource::kept_by(const FilterTables& filter) const {
  std::vector<Pin> refusing = attached_hooks_.refusing(filter);
  if (on_exit_ == OnExit::kRelease || refusing.empty()) {
    return {};
  }
  std::vector<Pin> kept{
      {std::string(kAttendancePin), bpf_map__fd(skeleton_->maps.data_attendance)}};
  for (const Attached& one : attached_) {
    if (one.hook->is_needed({})) {
      kept.push_back({std::string(one.hook->program), bpf_link__fd(one.link.get())});
    }
  }
  std::ranges::move(refusing, std::back_inserter(kept));
  return kept;
}

Result<LeftDecisions> KernelSource::take_over() {
  const std::lock_guard lock(attached_mutex_);
  has_taken_over_ = may_decide_;
  if (!has_taken_over_) {
    return LeftDecisions();
  }
  if (Result<void> kept = pins_.add(kept_by(policy_in_use())); !kept) {
    return std::move(kept).error();
  }
  Result<LeftDecisions> left = remove_others();
  if (!left) {
    pins_.retain({});
  }
  return left;
}

Result<LeftDecisions> KernelSource::end_others() {
  const std::lock_guard lock(attached_mutex_);
  return has_taken_over_ ? remove_others() : LeftDecisions();
}

// Requires: attached_mutex_.
Result<LeftDecisions> KernelSource::remove_others() {
  const Result<std::vector<LeftPins>> removed = remove_left_pins(std::string(kPinRoot));
  if (!removed) {
    return removed.error();
  }
  const LeftDecisions left = decisions_of(*removed);
  unattended_ += left.unreported;
  return left;
}

void KernelSource::tell_process(uint32_t pid, uint64_t start_boot_ns, std::string_view name) {
  ev_known_process known{};
  known.start_boot_ns = start_boot_ns;
  name.copy(known.name, sizeof(known.name) - 1);
  // Without room, or when the kernel knows better, nothing changes.
  static_cast<void>(
      update_map(bpf_map__fd(skeleton_->maps.known_processes), &pid, &known, BPF_NOEXIST));
}

void KernelSource::tell_cgroup(uint64_t cgroup_id, uint32_t place) {
  static_cast<void>(update_map(bpf_map__fd(skeleton_->maps.known_cgroups), &cgroup_id, &place));
}

Result<void> KernelSource::attach(std::span<const ev_plan> plans) {
  const std::lock_guard lock(attached_mutex_);
  if (stop_requested_) {
    return {};
  }
  const size_t before = attached_.size();
  for (const Hook& hook : hooks()) {
    if (hook.attach_point.empty() || !hook.is_needed(needs(plans)) ||
        std::ranges::any_of(attached_, [&](const Attached& one) { return one.hook == &hook; })) {
      continue;
    }
    Link link(bpf_program__attach(find_program(*skeleton_, hook.program)));
    if (!link) {
      const int error = errno;
      attached_.resize(before);
      return Error{"cannot attach " + std::string(hook.attach_point) + " (" +
                       std::string(hook.missing) + ")",
                   error, ""};
    }
    attached_.push_back({&hook, std::move(link)});
  }
  return {};
}

void KernelSource::detach_unneeded(std::span<const ev_plan> plans) {
  const std::lock_guard lock(attached_mutex_);
  std::erase_if(attached_, [&](const Attached& one) { return !one.hook->is_needed(needs(plans)); });
}

void KernelSource::detach() noexcept {
  {
    const std::lock_guard lock(attached_mutex_);
    attached_.clear();
    attached_hooks_.clear();
    std::atomic_ref(skeleton_->data_attendance->attendance.reader_left_boot_ns) = boot_clock_ns();
    is_detached_ = true;
  }
  // Waits until every CPU has left the programs that were still running.
  ::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

EventSource::Next KernelSource::next(std::span<const std::byte>& record, int timeout_ms) {
  if (stop_requested_.load(std::memory_order_relaxed) && !is_detached_) {
    detach();
  }
  if (ring_->take(record)) {
    return Next::kRecord;
  }
  const int64_t since_ns = monotonic_ns();
  int left_ms = timeout_ms;
  while (!is_detached_) {
    if (const Next waited = wait(left_ms); waited != Next::kRecord) {
      return waited;
    }
    if (stop_requested_.load(std::memory_order_relaxed)) {
      detach();
    }
    if (ring_->take(record)) {
      return Next::kRecord;
    }
    // The record was discarded, or its producer still writes it.
    const int64_t waited_ms = (monotonic_ns() - since_ns) / 1'000'000;
    if (timeout_ms >= 0 && waited_ms >= timeout_ms) {
      return Next::kIdle;
    }
    left_ms = timeout_ms < 0 ? timeout_ms : timeout_ms - static_cast<int>(waited_ms);
  }
  return Next::kEnd;
}

// kRecord: something happened.
EventSource::Next KernelSource::wait(int timeout_ms) {
  if (nap_for_records()) {
    return Next::kRecord;
  }
  ring_->release();
  std::array<pollfd, 2> fds = {
      {{bpf_map__fd(skeleton_->maps.ring), POLLIN, 0}, {wake_event_.get(), POLLIN, 0}}};
  const int64_t idle_since_ns = monotonic_ns();
  const int ready = ::poll(fds.data(), fds.size(), timeout_ms);
  if (ready < 0 && errno != EINTR) {
    error_ = Error{"cannot wait for the ring buffer", errno, ""};
    return Next::kFailed;
  }
  if (ready <= 0) {
    return Next::kIdle;
  }
  if (uint64_t calls = 0; fds[1].revents != 0 && !stop_requested_.load(std::memory_order_relaxed) &&
                          ::read(wake_event_.get(), &calls, sizeof(calls)) > 0) {
    return Next::kIdle;
  }
  const int64_t now_ns = monotonic_ns();
  if (now_ns - idle_since_ns < kBurstGapNs) {
    burst_until_ns_ = now_ns + kBurstGapNs;
  }
  return Next::kRecord;
}

// In a burst: looks for records until there has been none for a while. Nothing is released before,
// so nobody wakes the reader. True: there is a record, or stop() was called.
bool KernelSource::nap_for_records() {
  while (monotonic_ns() < burst_until_ns_) {
    pollfd stop = {wake_event_.get(), POLLIN, 0};
    const timespec nap = {0, kNapNs};
    if (::ppoll(&stop, 1, &nap, nullptr) > 0) {
      return true;
    }
    if (ring_->has_more()) {
      burst_until_ns_ = monotonic_ns() + kBurstGapNs;
      return true;
    }
  }
  return false;
}

void KernelSource::stop() noexcept {
  stop_requested_.store(true, std::memory_order_relaxed);
  wake();
}

void KernelSource::wake() noexcept {
  const uint64_t one = 1;
  // Can only fail when the counter is full: then the reader is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_event_.get(), &one, sizeof(one));
}

std::vector<SourceCounter> KernelSource::counters() const {
  const size_t cpus = static_cast<size_t>(std::max(1, libbpf_num_possible_cpus()));
  std::vector<ev_stats> per_cpu(cpus);
  const uint32_t zero = 0;
  if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.stats), &zero, per_cpu.data()) != 0) {
    return {};
  }
  MissedRuns missed{};
  for (const Hook& hook : hooks()) {
    missed[hook.kind] += missed_runs(find_program(*skeleton_, hook.program));
  }
  missed[EV_SYSCALL] += attached_hooks_.missed_runs();
  return probe_counters(per_cpu, missed, unattended_);
}

std::vector<ProgramRuns> KernelSource::program_runs() const {
  std::vector<ProgramRuns> all = attached_hooks_.runs();
  for (const Hook& hook : hooks()) {
    const bpf_program* program = find_program(*skeleton_, hook.program);
    // What is reached by a tail call counts with its caller.
    if (bpf_program__fd(program) >= 0 && !hook.attach_point.empty()) {
      const bpf_prog_info info = info_of(program);
      all.push_back({hook.program, info.run_cnt, info.run_time_ns});
    }
  }
  return all;
}

}  // namespace

Result<std::unique_ptr<LiveSource>> open_live_source(const LiveOptions& options) {
  return KernelSource::open(options);
}

}  // namespace saker
