// SPDX-License-Identifier: Apache-2.0
#include "cmd/tampering.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/event_catalog.h"
#include "probes/host_info.h"

namespace saker {
namespace {

using Details = std::vector<std::pair<std::string, std::string>>;

std::string signal_name(uint64_t number) {
  const char* name = ::sigabbrev_np(static_cast<int>(number));
  return name != nullptr ? "SIG" + std::string(name) : std::to_string(number);
}

std::string call_name(uint32_t nr) {
  const EventCatalog& catalog = EventCatalog::builtin();
  const auto code = catalog.by_syscall(nr);
  return code ? std::string(catalog.def(*code).name) : std::to_string(nr);
}

std::string bpf_command(uint64_t number) {
  const ParamDef* param = nullptr;
  const EventCatalog& catalog = EventCatalog::builtin();
  const EventSet bpf = catalog.find("bpf");
  for (size_t code = 0; code < catalog.size() && param == nullptr; ++code) {
    if (bpf.test(code)) {
      const auto& params = catalog.def(static_cast<EventCode>(code)).params;
      const auto found = std::ranges::find(params, "cmd", &ParamDef::name);
      param = found == params.end() ? nullptr : &*found;
    }
  }
  if (param != nullptr) {
    const auto row = std::ranges::find(param->flags, number, &FlagName::value);
    if (row != param->flags.end()) {
      return std::string(row->name);
    }
  }
  return std::to_string(number);
}

Details of_signal(const ev_guard& what, std::string_view /*object*/) {
  return {{"guard.signal", signal_name(what.detail)}};
}

Details of_access(const ev_guard& what, std::string_view /*object*/) {
  return {{"guard.call", call_name(what.nr)}};
}

Details of_object(const ev_guard& what, std::string_view object) {
  Details details{{"guard.call", call_name(what.nr)}, {"guard.object", std::string(object)}};
  if (what.detail != 0) {
    details.emplace_back("guard.command", bpf_command(what.detail));
  }
  return details;
}

// These end the sensor in good order, and it says so itself.
Priority severity_of_signal(const ev_guard& what) {
  return what.detail == SIGTERM || what.detail == SIGINT ? Priority::kNotice : Priority::kCritical;
}

// Whoever lists the BPF objects of the host opens them.
Priority notice(const ev_guard& /*what*/) { return Priority::kNotice; }
Priority critical(const ev_guard& /*what*/) { return Priority::kCritical; }

struct Act {
  ev_guard_act act;
  std::string_view name;
  std::string_view topic;
  Priority (*priority)(const ev_guard& what);
  Details (*details)(const ev_guard& what, std::string_view object);
};

constexpr Act kActs[] = {
    {EV_GUARD_SIGNAL, "signal", "sensor was sent a signal", severity_of_signal, of_signal},
    {EV_GUARD_ACCESS, "access", "process of the sensor was accessed", critical, of_access},
    {EV_GUARD_OBJECT_OPENED, "object_opened", "BPF object of the sensor was opened", notice,
     of_object},
    {EV_GUARD_OBJECT_CHANGED, "object_changed", "BPF object of the sensor was changed", critical,
     of_object},
};

const Act* find_act(uint32_t act) {
  const auto* const row = std::ranges::find(kActs, act, &Act::act);
  return row == std::end(kActs) ? nullptr : row;
}

// The message is left open for the details of what was done.
Rule make_rule(const Act& act) {
  return make_internal_rule(act.topic,
                            "(process=%proc.name pid=%proc.pid executable=%proc.exepath"
                            " command=%proc.cmdline parent=%proc.pname user=%user.name"
                            " user_uid=%user.uid loginuid=%user.loginuid container=%container.id");
}

const Rule& rule_for(const Act& act) {
  static const std::vector<Rule> kRules = [] {
    std::vector<Rule> rules;
    std::ranges::transform(kActs, std::back_inserter(rules), make_rule);
    return rules;
  }();
  return kRules[static_cast<size_t>(&act - kActs)];
}

}  // namespace

std::string_view tampering_name(uint32_t act) noexcept {
  const Act* row = find_act(act);
  return row == nullptr ? std::string_view() : row->name;
}

Tampering::Self this_sensor() {
  return {pid_namespace(), [] { return static_cast<uint32_t>(::getppid()); }};
}

bool Tampering::is_expected(const Event& event) const {
  const ev_guard& what = *event.guard();
  const ev_task& sender = event.task();
  if (what.act != EV_GUARD_SIGNAL) {
    return false;
  }
  const bool is_supervisor =
      sender.pid == 1 ||
      (sender.pid_ns == self_.pid_ns && (sender.vpid == 1 || sender.vpid == self_.parent_pid()));
  return is_supervisor || what.detail == SIGHUP || what.detail == SIGUSR1;
}

bool Tampering::take(const Event& event) {
  if (const uint64_t now = event.header().boot_ns; now >= interval_end_ns_) {
    interval_end_ns_ = now + kIntervalNs;
    told_ = {};
  }
  const ev_guard& what = *event.guard();
  std::vector<Deed>& told = told_[what.act];
  // A process that lists the objects of the host opens all of them.
  const uint32_t object = what.act == EV_GUARD_OBJECT_OPENED ? 0 : what.object;
  const Deed deed{event.task().pid, what.nr, object, what.detail};
  if (told.size() == kMaxAlerts || std::ranges::find(told, deed) != told.end()) {
    return false;
  }
  told.push_back(deed);
  return true;
}

std::shared_ptr<Alert> Tampering::report(const Event& event, std::string_view object) {
  const ev_guard& what = *event.guard();
  const Act* act = find_act(what.act);
  if (act == nullptr || is_expected(event)) {
    return nullptr;
  }
  ++counts_[what.act];
  if (!take(event)) {
    ++rest_[what.act];
    return nullptr;
  }
  std::shared_ptr<Alert> alert = describe(event, rule_for(*act));
  alert->priority = act->priority(what);
  for (auto& [name, value] : act->details(what, object)) {
    alert->message.append(" ").append(name).append("=").append(value);
    alert->fields.emplace_back(name, OutputValue{std::move(value)});
  }
  alert->message += ")";
  std::ranges::sort(alert->fields, {}, &std::pair<std::string, OutputValue>::first);
  return alert;
}

std::shared_ptr<Alert> Tampering::report_rest(uint64_t now_boot_ns, const AlertOrigin& origin) {
  if (now_boot_ns < interval_end_ns_ ||
      std::accumulate(rest_.begin(), rest_.end(), uint64_t{0}) == 0) {
    return nullptr;
  }
  std::map<std::string, std::string> fields;
  for (const Act& act : kActs) {
    fields["n_" + std::string(act.name)] = std::to_string(rest_[act.act]);
  }
  rest_ = {};
  return make_internal_alert("more was done to the sensor than is told one by one",
                             Priority::kCritical, origin, fields);
}

}  // namespace saker
