// SPDX-License-Identifier: Apache-2.0
// CaseRecords: what the probes would have written for a case. For a call it follows the capture
// plan of the event catalog, so a record holds what the kernel would have read, no more.
//
// Times are made up: processes started in the order of their pids, events are a second apart.
#ifndef SAKER_ENGINE_CASES_CASE_RECORDS_H
#define SAKER_ENGINE_CASES_CASE_RECORDS_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "engine/cases/case.h"
#include "engine/event_catalog.h"
#include "engine/record_writer.h"

namespace saker {

class CaseRecords {
 public:
  using Emit = std::function<void(std::span<const std::byte> record)>;

  // Users, processes and containers, as they would be found at the start.
  void emit_state(const Case& test_case, const Emit& emit);
  // One event; a clone that makes a process gives two records, that of the child first.
  void emit_event(const CaseEvent& event, const Emit& emit);

 private:
  [[nodiscard]] ev_task task_of(const CaseProcess& process) const;
  void emit_users(const Case& test_case, const Emit& emit);
  void emit_container(const CaseContainer& container, const Emit& emit);
  void emit_exec(const CaseEvent& event, const Emit& emit);
  void emit_clone(const CaseEvent& event, const Emit& emit);
  void emit_exit(const CaseEvent& event, const Emit& emit);
  void write_image(ev_kind kind, const CaseProcess& process);
  void emit_call(const CaseEvent& event, const Emit& emit);
  void write_step(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                  const CaseEvent& event);
  void write_base(const ev_plan_step& step, std::span<const ev_plan_step> plan,
                  const CaseEvent& event);
  void write_new_cwd(const CaseEvent& event);
  void write_descriptor(int64_t fd, uint8_t slot, const CaseEvent& event);

  std::map<uint32_t, CaseProcess> processes_;
  RecordWriter writer_;
  uint64_t now_boot_ns_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_RECORDS_H
