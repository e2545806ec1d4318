// SPDX-License-Identifier: Apache-2.0
// AlertCollapser: alerts that repeat within a window become one with a count.
//
// The first alert of a rule and key passes at once and opens a window. Those that follow in it are
// held back; when it ends, the last of them passes, with the number of alerts it stands for
// (Alert::repeat_count) and the time of the first of these.
//
// Not thread-safe. The number of open windows is limited: the oldest is ended early.
#ifndef SAKER_OUTPUTS_ALERT_COLLAPSER_H
#define SAKER_OUTPUTS_ALERT_COLLAPSER_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "outputs/alert_queue.h"

namespace saker {

class AlertCollapser {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kMaxWindows = 4096;

  struct Options {
    std::chrono::seconds window{0};       // 0: nothing is collapsed
    std::vector<std::string> key_fields;  // names in Alert::fields, besides the rule
  };
  explicit AlertCollapser(Options options) : options_(std::move(options)) {}

  // Takes an alert and appends what passes now.
  void add(AlertPtr alert, Clock::time_point now, std::vector<AlertPtr>& passing);
  // Ends windows whose time is over, or all, and appends what passes.
  void end_due(Clock::time_point now, std::vector<AlertPtr>& passing);
  void end_all(std::vector<AlertPtr>& passing);
  // When end_due() has something to do next.
  [[nodiscard]] std::optional<Clock::time_point> next_due() const;

  // Alerts that are counted in another one instead of passing themselves.
  [[nodiscard]] uint64_t collapsed() const noexcept { return collapsed_; }
  // Alerts that will pass when their window ends.
  [[nodiscard]] size_t held() const noexcept { return held_; }

 private:
  struct Window {
    std::string key;
    Clock::time_point end{};
    AlertPtr last = nullptr;  // null: nothing followed so far
    uint64_t count = 0;
    int64_t first_time_ns = 0;
  };
  [[nodiscard]] std::string key_of(const Alert& alert) const;
  void end_oldest(std::vector<AlertPtr>& passing);

  const Options options_;
  std::list<Window> windows_;  // oldest first, which is also the order of their ends
  std::unordered_map<std::string, std::list<Window>::iterator> by_key_;
  uint64_t collapsed_ = 0;
  size_t held_ = 0;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_COLLAPSER_H
