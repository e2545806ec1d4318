// SPDX-License-Identifier: Apache-2.0
// Tampering: what others do to the sensor, as its probes tell it (probes/guard.h), made into
// alerts.
//
// What is as it should be gives none: signals of whoever supervises the sensor, that is init and
// the process that has started it, and those by which it is asked to load its rules anew (SIGHUP)
// and its outputs to open their files anew (SIGUSR1).
//
// Not thread-safe: belongs to the reader.
#ifndef SAKER_CMD_TAMPERING_H
#define SAKER_CMD_TAMPERING_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "cmd/internal_alert.h"
#include "engine/alert.h"
#include "engine/event.h"
#include "probes/wire.h"

namespace saker {

// "signal", "access", "object_opened", "object_changed"; empty: of EV_GUARD_CANARY.
[[nodiscard]] std::string_view tampering_name(uint32_t act) noexcept;

class Tampering {
 public:
  // So many alerts of one kind in an interval, and one of what a process does again and again; the
  // rest is counted, and told of at its end.
  static constexpr size_t kMaxAlerts = 10;
  static constexpr uint64_t kIntervalNs = 10'000'000'000;

  using Counts = std::array<uint64_t, EV_GUARD_ACTS>;  // by enum ev_guard_act

  // Of the sensor: its pid namespace, and who started it, 0 if that is in another one.
  struct Self {
    uint32_t pid_ns = 0;
    uint32_t (*parent_pid)() = nullptr;
  };
  explicit Tampering(const Self& self) : self_(self) {}

  // Null: it is as it should be, or left for later. `object`: the name of what the event speaks of.
  // Requires: the event is an EV_GUARD, and the tracker has applied it.
  [[nodiscard]] std::shared_ptr<Alert> report(const Event& event, std::string_view object);
  // Of what was left for later, when it is time; else null.
  [[nodiscard]] std::shared_ptr<Alert> report_rest(uint64_t now_boot_ns, const AlertOrigin& origin);

  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  // Which process has done what.
  struct Deed {
    uint32_t pid = 0;
    uint32_t nr = 0;
    uint32_t object = 0;
    uint64_t detail = 0;

    friend bool operator==(const Deed&, const Deed&) = default;
  };
  [[nodiscard]] bool is_expected(const Event& event) const;
  // Whether there is an alert of it in this interval.
  [[nodiscard]] bool take(const Event& event);

  Self self_;
  Counts counts_{};
  Counts rest_{};
  uint64_t interval_end_ns_ = 0;
  std::array<std::vector<Deed>, EV_GUARD_ACTS> told_;  // in the interval
};

// Of this process.
[[nodiscard]] Tampering::Self this_sensor();

}  // namespace saker

#endif  // SAKER_CMD_TAMPERING_H
