// SPDX-License-Identifier: Apache-2.0
// TestSink: a sink that does what the test says, and tells what it did.
#ifndef SAKER_TESTS_SUPPORT_TEST_SINK_H
#define SAKER_TESTS_SUPPORT_TEST_SINK_H

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "outputs/sink.h"
#include "outputs/sink_stats.h"

namespace saker::test {

// A bound for a hung test, never waited for.
constexpr std::chrono::milliseconds kLong(30'000);

// An alert whose rule is its number.
inline std::shared_ptr<Alert> numbered(int number) {
  auto alert = std::make_shared<Alert>();
  alert->rule = std::to_string(number);
  alert->message = "alert " + std::to_string(number);
  return alert;
}

// What a TestSink did and shall do; shared with the test, which outlives the sink.
struct SinkControl {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> written;  // rule names
  std::vector<uint64_t> seqs;
  std::vector<uint64_t> repeat_counts;
  int writing = 0;  // writes begun
  int reopened = 0;
  bool gate_open = true;
  bool fail_open = false;
  bool fail_write = false;
  bool is_failure_final = true;
  bool broken = false;

  template <typename Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kLong, condition);
  }
  void open_gate() {
    const std::lock_guard lock(mutex);
    gate_open = true;
    changed.notify_all();
  }
  void set_fail_write(bool fails) {
    const std::lock_guard lock(mutex);
    fail_write = fails;
  }
};

class TestSink : public BlockingSink {
 public:
  explicit TestSink(SinkControl& control) : control_(control) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "test"; }
  Result<void> open() override {
    return control_.fail_open ? Result<void>(Error{"cannot open", 0, ""}) : Result<void>();
  }
  void render(const Alert& alert, Message& message) const override {
    message.body = alert.rule;
    message.key = std::to_string(alert.repeat_count);
  }
  Result<void> reopen() override {
    const std::lock_guard lock(control_.mutex);
    ++control_.reopened;
    control_.changed.notify_all();
    return {};
  }
  [[nodiscard]] bool is_broken() const noexcept override { return control_.broken; }

 protected:
  Written write(std::span<const Message> messages) override {
    std::unique_lock lock(control_.mutex);
    ++control_.writing;
    control_.changed.notify_all();
    control_.changed.wait(lock, [&] { return control_.gate_open; });
    if (control_.fail_write) {
      return {0, SendFailure{{"cannot write", ENOSPC, ""}, control_.is_failure_final}};
    }
    for (const Message& message : messages) {
      control_.written.push_back(message.body);
      control_.seqs.push_back(message.seq);
      control_.repeat_counts.push_back(std::stoull(message.key));
    }
    control_.changed.notify_all();
    return {messages.size(), {}};
  }

 private:
  SinkControl& control_;
};

// 0 when every alert is accounted for (sink_stats.h).
inline int64_t unaccounted(const SinkStats& stats) {
  return static_cast<int64_t>(stats.accepted + stats.resumed) -
         static_cast<int64_t>(stats.written + stats.collapsed + stats.lost() + stats.queued +
                              stats.spooled);
}

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_TEST_SINK_H
