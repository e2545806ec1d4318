// SPDX-License-Identifier: Apache-2.0
// The proof that events arrive: a child process does what each hook should see.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/doctor.h"
#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/event.h"
#include "engine/event_catalog.h"
#include "probes/hooks.h"
#include "probes/host_info.h"
#include "probes/live_source.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

// Thousands of times what an event takes, so that a busy machine is not taken for a broken one.
constexpr std::chrono::seconds kPatience(10);
// A call that is looked at when it begins and when it returns.
constexpr std::string_view kCall = "unlinkat";

// Which record shows that a hook works.
struct Proof {
  std::string_view program;
  bool (*shows)(const Event& event);
};

bool is_call(const Event& event) { return event.kind() == EV_SYSCALL; }

bool is_act(const Event& event, ev_guard_act act) {
  return event.guard() != nullptr && event.guard()->act == act;
}

constexpr Proof kProofs[] = {
    {"on_exec", [](const Event& event) { return event.kind() == EV_EXEC; }},
    {"on_fork", [](const Event& event) { return event.kind() == EV_FORK; }},
    {"on_exit", [](const Event& event) { return event.kind() == EV_EXIT; }},
    {"on_sys_exit", is_call},
    {"syscall_generic", is_call},
    {"guard_call", [](const Event& event) { return is_act(event, EV_GUARD_ACCESS); }},
    {"on_signal", [](const Event& event) { return is_act(event, EV_GUARD_SIGNAL); }},
    {"on_sys_enter",
     [](const Event& event) {
       return is_call(event) && (event.syscall()->flags & EV_SYSF_ARGS_FROM_ENTER) != 0;
     }},
};

const Proof& proof_of(const Hook& hook) {
  const auto* const row = std::ranges::find(kProofs, hook.program, &Proof::program);
  SAKER_CHECK(row != std::end(kProofs));
  return *row;
}

// What was seen of one hook.
struct Evidence {
  const Hook* hook;
  const Proof* proof;
  bool has_arrived = false;
  uint64_t latency_ns = 0;  // from the hook to here
};

// While it lives, a signal that means nothing reaches this process all the same, and stays pending;
// otherwise the kernel would not even send it.
class HeldSignal {
 public:
  static constexpr int kSignal = SIGWINCH;

  HeldSignal() {
    sigset_t held{};
    ::sigemptyset(&held);
    ::sigaddset(&held, kSignal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignal() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignal(const HeldSignal&) = delete;
  HeldSignal& operator=(const HeldSignal&) = delete;

 private:
  sigset_t before_{};
};

// What the guard tells of, and nothing changes by: limits that are the child's own, too.
void touch_parent() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  ::prlimit(::getppid(), RLIMIT_CORE, &limit, nullptr);
  ::kill(::getppid(), HeldSignal::kSignal);
}

// Makes an event for each hook: a call that fails, a touch of its parent, an exec of this program
// and its end.
pid_t start_child() {
  // On the stack, as a page of the program's file need not be in memory when the hook reads it.
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "/.saker-doctor-%d", ::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    ::unlinkat(AT_FDCWD, name.data(), 0);
    touch_parent();
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0) {
      ::dup2(null, STDOUT_FILENO);
    }
    ::execl("/proc/self/exe", "saker", "version", nullptr);
    ::_exit(127);
  }
  return child;
}

// Reads until each hook has shown itself or patience ends.
void collect(EventSource& source, pid_t child, std::vector<Evidence>& evidence) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  const uint32_t own_namespace = pid_namespace();
  Event event;
  while (!std::ranges::all_of(evidence, &Evidence::has_arrived)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    std::span<const std::byte> record;
    if (left.count() <= 0) {
      return;
    }
    const auto next = source.next(record, static_cast<int>(left.count()));
    if (next == EventSource::Next::kEnd || next == EventSource::Next::kFailed) {
      return;
    }
    if (next == EventSource::Next::kIdle || event.decode(record) != DecodeError::kNone ||
        event.task().vpid != static_cast<uint32_t>(child) || event.task().pid_ns != own_namespace) {
      continue;
    }
    for (Evidence& row : evidence) {
      if (!row.has_arrived && row.proof->shows(event)) {
        row.has_arrived = true;
        row.latency_ns = boot_clock_ns() - event.header().boot_ns;
      }
    }
  }
}

Diagnosis diagnose(const Evidence& evidence) {
  const std::string place = evidence.hook->attach_point.empty()
                                ? "called by another program"
                                : "attached to " + std::string(evidence.hook->attach_point);
  if (!evidence.has_arrived) {
    return {Verdict::kFailure, place + "; its event did not arrive",
            std::string(evidence.hook->missing),
            "look for another program that disturbs it: bpftool prog; dmesg"};
  }
  return {.found = place + "; its event arrived after " +
                   std::to_string(evidence.latency_ns / 1000) + " us"};
}

LiveOptions options_for_all_hooks(uint32_t ring_bytes) {
  LiveOptions options;
  options.plans = EventCatalog::builtin().capture_plans(EventCatalog::builtin().find(kCall));
  options.ring_bytes = ring_bytes;
  options.guard = true;
  return options;
}

}  // namespace

std::vector<DoctorResult> examine_probes(uint32_t ring_bytes) {
  const LiveOptions options = options_for_all_hooks(ring_bytes);
  auto source = open_live_source(options);
  if (!source) {
    const Error& error = source.error();
    return {{"probes",
             "whether the kernel takes the programs",
             {Verdict::kFailure, Error{error.what, error.errno_value, ""}.to_string(),
              "the sensor does not start", error.hint}}};
  }
  std::vector<Evidence> evidence;
  for (const Hook& hook : hooks()) {
    SAKER_CHECK(hook.is_needed({options.plans, options.guard}));
    evidence.push_back({&hook, &proof_of(hook)});
  }
  const HeldSignal held;
  const pid_t child = start_child();
  if (child > 0) {
    collect(**source, child, evidence);
    ::waitpid(child, nullptr, 0);
  }
  std::vector<DoctorResult> results;
  for (const Evidence& row : evidence) {
    results.push_back(
        {std::string(row.hook->program), std::string(row.hook->gives), diagnose(row)});
  }
  return results;
}

}  // namespace saker
