// SPDX-License-Identifier: Apache-2.0
// ScenarioRecords: what the probes would have written for a scenario. For a call it follows the
// capture plan of the event catalog, so a record holds what the kernel would have read, no more.
#ifndef SAKER_TESTS_SUPPORT_SCENARIO_RECORDS_H
#define SAKER_TESTS_SUPPORT_SCENARIO_RECORDS_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "engine/event_catalog.h"
#include "engine/record_writer.h"
#include "tests/support/scenario.h"

namespace saker::test {

class ScenarioRecords {
 public:
  using Emit = std::function<void(std::span<const std::byte> record)>;

  // Users and processes, as ProcScan would find them.
  void emit_state(const Scenario& scenario, const Emit& emit);
  // One event; a clone gives two records, that of the child first.
  void emit_event(const ScenarioEvent& event, const Emit& emit);

 private:
  [[nodiscard]] ev_task task_of(const ScenarioProcess& process) const;
  void write_image(ev_kind kind, const ScenarioProcess& process);
  void emit_call(const ScenarioEvent& event, const Emit& emit);
  void write_step(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                  const ScenarioEvent& event);
  void write_descriptor(int64_t fd, uint8_t slot, const ScenarioEvent& event);

  std::map<uint32_t, ScenarioProcess> processes_;
  RecordWriter writer_;
  uint64_t now_boot_ns_ = 0;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SCENARIO_RECORDS_H
