// SPDX-License-Identifier: Apache-2.0
// The proof that events and decisions arrive: a child process does what each hook should see, and
// what a rule would refuse.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
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
#include <utility>
#include <vector>

#include "cmd/doctor.h"
#include "cmd/filter_tables.h"
#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/rules/loader.h"
#include "engine/rules/rule_set.h"
#include "probes/features.h"
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

// What a child process did, as long as patience lasts.
class ChildEvents {
 public:
  ChildEvents(EventSource& source, pid_t child)
      : source_(source), child_(static_cast<uint32_t>(child)) {}

  // Null: no further one came in time.
  const Event* next() {
    while (true) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
      std::span<const std::byte> record;
      if (left.count() <= 0) {
        return nullptr;
      }
      const auto next = source_.next(record, static_cast<int>(left.count()));
      if (next == EventSource::Next::kEnd || next == EventSource::Next::kFailed) {
        return nullptr;
      }
      if (next == EventSource::Next::kRecord && event_.decode(record) == DecodeError::kNone &&
          event_.task().vpid == child_ && event_.task().pid_ns == own_namespace_) {
        return &event_;
      }
    }
  }

 private:
  EventSource& source_;
  const uint32_t child_;
  const uint32_t own_namespace_ = pid_namespace();
  const Clock::time_point deadline_ = Clock::now() + kPatience;
  Event event_;
};

uint64_t latency_ns(const Event& event) { return boot_clock_ns() - event.header().boot_ns; }

// Reads until each hook has shown itself.
void collect(ChildEvents& events, std::vector<Evidence>& evidence) {
  while (!std::ranges::all_of(evidence, &Evidence::has_arrived)) {
    const Event* event = events.next();
    if (event == nullptr) {
      return;
    }
    for (Evidence& row : evidence) {
      if (!row.has_arrived && row.proof->shows(*event)) {
        row.has_arrived = true;
        row.latency_ns = latency_ns(*event);
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

// About the connection of connect_child(), which sends nothing.
constexpr std::string_view kRule =
    "{rule: Proof, desc: d, output: o, priority: Debug, action: deny, "
    "condition: 'evt.type=connect and fd.typechar in (4, 6) and fd.rip=127.0.0.1 and fd.rport=9'}";
constexpr uint16_t kDiscardPort = 9;

pid_t connect_child() {
  const pid_t child = ::fork();
  if (child == 0) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(kDiscardPort);
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
    const bool is_connected = fd >= 0 && ::connect(fd, generic, sizeof(address)) == 0;
    ::_exit(is_connected ? 0 : 1);
  }
  return child;
}

std::shared_ptr<const RuleSet> load_proof() {
  LoadOptions options;
  options.enforcement.mode = Enforcement::kAudit;
  const std::string text = "[" + std::string(kRule) + "]";
  LoadResult loaded = load_rules({std::make_shared<const SourceText>("doctor", text)}, options);
  SAKER_CHECK(loaded.rules != nullptr);
  return loaded.rules;
}

Diagnosis diagnose_decision(EventSource& source, HookMeans means) {
  const pid_t child = connect_child();
  ChildEvents events(source, child);
  const Event* event = child > 0 ? events.next() : nullptr;
  while (event != nullptr && event->decision() != EV_DECISION_WOULD_DENY) {
    event = events.next();
  }
  const std::string found = std::string("by programs of ") +
                            (means == HookMeans::kLsm ? "LSM hooks" : "cgroups, for connections") +
                            "; a decision ";
  const Diagnosis diagnosis =
      event != nullptr
          ? Diagnosis{.found = found + "arrived after " +
                               std::to_string(latency_ns(*event) / 1000) + " us"}
          : Diagnosis{Verdict::kFailure, found + "did not arrive", "rules that deny refuse nothing",
                      "look for another program that disturbs it: bpftool prog; dmesg"};
  ::waitpid(child, nullptr, 0);
  return diagnosis;
}

}  // namespace

std::vector<DoctorResult> examine_decisions(uint32_t ring_bytes) {
  const HookMeans means = find_hooks().means;
  if (means == HookMeans::kNone) {
    return {};  // examine_features() says why
  }
  const auto rules = load_proof();
  LiveOptions options;
  options.ring_bytes = ring_bytes;
  options.hook_means = means;
  options.may_decide = true;
  options.hook_calls = hook_calls();
  options.filter = tables_of(rules->filter());
  auto source = open_live_source(options);
  DoctorResult result{"decisions", "whether a rule that denies is asked", {}};
  result.diagnosis =
      source ? diagnose_decision(**source, means)
             : Diagnosis{Verdict::kFailure,
                         Error{source.error().what, source.error().errno_value, ""}.to_string(),
                         "rules that deny refuse nothing", source.error().hint};
  return {std::move(result)};
}

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
    ChildEvents events(**source, child);
    collect(events, evidence);
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
