// SPDX-License-Identifier: Apache-2.0
#include "cmd/tampering.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/record_writer.h"
#include "engine/state/tracker.h"

namespace saker {
namespace {

constexpr uint32_t kOwnPidNs = 7;
constexpr uint32_t kParent = 20;
constexpr uint32_t kStranger = 42;

ev_guard signal(uint64_t number) { return {number, EV_GUARD_SIGNAL, 0, 0, 0}; }
ev_guard call(uint32_t nr) { return {0, EV_GUARD_ACCESS, nr, 0, 0}; }
ev_guard object(ev_guard_act act, uint64_t command, uint32_t number = 3) {
  return {command, act, SYS_bpf, number, 0};
}

std::string field(const Alert& alert, std::string_view name) {
  const OutputValue* value = find_field(alert, name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->value);
  return text == nullptr ? "" : *text;
}

class TamperingTest : public testing::Test {
 protected:
  std::shared_ptr<Alert> report(const ev_guard& what, uint32_t pid = kStranger,
                                uint32_t pid_ns = kOwnPidNs) {
    ev_task task{};
    task.pid = task.tid = pid + host_offset;
    task.vpid = pid;
    task.pid_ns = pid_ns;
    task.start_boot_ns = 1;
    writer_.begin(EV_GUARD, now, task);
    writer_.body(what);
    EXPECT_EQ(event_.decode(writer_.finish()), DecodeError::kNone);
    tracker_.apply(event_);
    auto alert = tampering.report(event_, "map ring");
    tracker_.finish(event_);
    return alert;
  }

  uint64_t now = Tampering::kIntervalNs;
  uint32_t host_offset = 0;  // of numbers in the host's pid namespace
  Tampering tampering{Tampering::Self{kOwnPidNs, [] { return kParent; }}};

 private:
  Tracker tracker_{Tracker::Options{}};
  RecordWriter writer_;
  Event event_;
};

struct Reported {
  ev_guard what;
  Priority priority;
  std::string rule;
  std::vector<std::pair<std::string, std::string>> fields;
};

TEST_F(TamperingTest, EachActSaysWhatWasDone) {
  const std::string opened = "Saker internal: BPF object of the sensor was opened";
  const std::vector<Reported> rows = {
      {signal(SIGSTOP),
       Priority::kCritical,
       "Saker internal: sensor was sent a signal",
       {{"guard.signal", "SIGSTOP"}}},
      {signal(SIGTERM),
       Priority::kNotice,
       "Saker internal: sensor was sent a signal",
       {{"guard.signal", "SIGTERM"}}},
      {signal(63),
       Priority::kCritical,
       "Saker internal: sensor was sent a signal",
       {{"guard.signal", "63"}}},
      {call(SYS_ptrace),
       Priority::kCritical,
       "Saker internal: process of the sensor was accessed",
       {{"guard.call", "ptrace"}}},
      {object(EV_GUARD_OBJECT_OPENED, 14),
       Priority::kNotice,
       opened,
       {{"guard.call", "bpf"},
        {"guard.command", "BPF_MAP_GET_FD_BY_ID"},
        {"guard.object", "map ring"}}},
      {ev_guard{0, EV_GUARD_OBJECT_OPENED, SYS_pidfd_getfd, 3, 0},
       Priority::kNotice,
       opened,
       {{"guard.call", "pidfd_getfd"}, {"guard.object", "map ring"}}},
      {object(EV_GUARD_OBJECT_CHANGED, 2),
       Priority::kCritical,
       "Saker internal: BPF object of the sensor was changed",
       {{"guard.command", "BPF_MAP_UPDATE_ELEM"}, {"guard.object", "map ring"}}},
  };
  for (const Reported& row : rows) {
    now += Tampering::kIntervalNs;
    const auto alert = report(row.what);
    ASSERT_NE(alert, nullptr) << row.rule;
    EXPECT_EQ(alert->rule, row.rule);
    EXPECT_EQ(alert->priority, row.priority) << alert->message;
    EXPECT_EQ(alert->source, "internal");
    for (const auto& [name, value] : row.fields) {
      EXPECT_EQ(field(*alert, name), value) << alert->message;
      EXPECT_NE(alert->message.find(name + "=" + value), std::string::npos) << alert->message;
    }
    EXPECT_TRUE(
        std::ranges::is_sorted(alert->fields, {}, &std::pair<std::string, OutputValue>::first));
  }
}

TEST_F(TamperingTest, WhoSupervisesTheSensorMaySignalIt) {
  EXPECT_EQ(report(signal(SIGTERM), kParent), nullptr);
  EXPECT_EQ(report(signal(SIGKILL), 1), nullptr) << "init of the namespace";
  EXPECT_EQ(report(signal(SIGABRT), 1, 1), nullptr) << "init of the host";
  EXPECT_EQ(tampering.counts()[EV_GUARD_SIGNAL], 0U);

  EXPECT_NE(report(signal(SIGTERM), kParent, 99), nullptr) << "a number of another namespace";
  host_offset = 1000;
  EXPECT_NE(report(signal(SIGTERM), 1, 99), nullptr) << "init of another namespace";
  EXPECT_NE(report(call(SYS_ptrace), kParent), nullptr) << "no signal";
}

TEST_F(TamperingTest, RequestsAreNoTampering) {
  EXPECT_EQ(report(signal(SIGHUP)), nullptr);
  EXPECT_EQ(report(signal(SIGUSR1)), nullptr);
}

TEST_F(TamperingTest, RepetitionsAreCountedAndToldLater) {
  EXPECT_NE(report(call(SYS_ptrace)), nullptr);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(report(call(SYS_ptrace)), nullptr);
  }
  EXPECT_NE(report(call(SYS_ptrace), kStranger + 1), nullptr) << "another process";
  EXPECT_NE(report(call(SYS_process_vm_writev)), nullptr) << "another call";
  EXPECT_EQ(tampering.counts()[EV_GUARD_ACCESS], 8U);

  EXPECT_EQ(tampering.report_rest(now + Tampering::kIntervalNs - 1, {}), nullptr);
  const auto rest = tampering.report_rest(now + Tampering::kIntervalNs, {});
  ASSERT_NE(rest, nullptr);
  EXPECT_EQ(rest->message,
            "Saker internal: more was done to the sensor than is told one by one (n_access=5 "
            "n_object_changed=0 n_object_opened=0 n_signal=0)");
  EXPECT_EQ(tampering.report_rest(now + 2 * Tampering::kIntervalNs, {}), nullptr) << "told";
  now += Tampering::kIntervalNs;
  EXPECT_NE(report(call(SYS_ptrace)), nullptr) << "a new interval";
}

TEST_F(TamperingTest, AFloodOfOneKindHidesNoOther) {
  size_t alerts = 0;
  for (uint32_t pid = 100; pid < 1100; ++pid) {
    alerts += report(call(SYS_ptrace), pid) != nullptr ? 1U : 0U;
  }
  EXPECT_EQ(alerts, Tampering::kMaxAlerts);
  EXPECT_NE(report(signal(SIGSTOP)), nullptr);
  EXPECT_NE(report(object(EV_GUARD_OBJECT_CHANGED, 2)), nullptr);
}

TEST_F(TamperingTest, WhoListsAllObjectsIsToldOfOnce) {
  EXPECT_NE(report(object(EV_GUARD_OBJECT_OPENED, 14, 1)), nullptr);
  EXPECT_EQ(report(object(EV_GUARD_OBJECT_OPENED, 14, 2)), nullptr);
  EXPECT_NE(report(object(EV_GUARD_OBJECT_CHANGED, 2, 1)), nullptr);
  EXPECT_NE(report(object(EV_GUARD_OBJECT_CHANGED, 2, 2)), nullptr);
}

TEST_F(TamperingTest, ACanaryIsNone) {
  ev_guard canary{};
  canary.act = EV_GUARD_CANARY;
  EXPECT_EQ(report(canary), nullptr);
}

}  // namespace
}  // namespace saker
