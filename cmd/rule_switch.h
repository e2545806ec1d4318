// SPDX-License-Identifier: Apache-2.0
// RuleSwitch: the rules in force, and how new ones take their place while events go on.
//
// Each record of the probes says with which filter it was made (ev_header.generation), and is
// judged by the rules that this filter was made of, and by no others:
//
//   1. The reloading thread offers the new rules, with the generation that their filter is going to
//      have. The reader does not use them yet.
//   2. The kernel gets the new filter. From then on records come with its generation. The first one
//      makes the reader take the offer; those with the older one, of probes that were running at
//      that moment, may stand among them, and get the older rules.
//   3. When no probe works with the older filter any more, the reloading thread says what time it
//      is. All of the older generation is in the ring then, so behind the first record that was
//      made later, and behind an empty ring, there are none: the older rules go.
//
// The next reload waits for this, so there are never more than two sets of rules.
#ifndef SAKER_CMD_RULE_SWITCH_H
#define SAKER_CMD_RULE_SWITCH_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cmd/name_resolver.h"
#include "cmd/summary.h"
#include "engine/matcher.h"
#include "engine/rules/rule_set.h"
#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {

// A set of rules in use. Belongs to the reader once it has taken it.
struct RunningRules {
  RunningRules(std::shared_ptr<const RuleSet> rule_set, uint8_t of_generation,
               std::unique_ptr<NameResolver> resolver);

  std::shared_ptr<const RuleSet> rules;
  uint8_t generation;
  Matcher matcher;
  std::vector<uint64_t> alerts;         // by rule
  std::unique_ptr<NameResolver> names;  // of hosts that these rules name; null: none
  std::unordered_map<std::string_view, size_t> rule_by_name;
};

// Between the reloading thread and the reader.
class RuleOffer {
 public:
  // The reloading thread. Requires: is_settled().
  void offer(std::unique_ptr<RunningRules> rules);
  // The kernel did not take their filter.
  void withdraw();
  // No probe works with the filter before any more since `boot_ns`.
  void settle(uint64_t boot_ns);
  // Waits until the reader has given up the rules before, and frees them. False: it did not.
  [[nodiscard]] bool wait_until_settled(std::chrono::milliseconds timeout);
  // From any thread: the reader has ended, and nobody shall wait for it.
  void close();

  // The reader. Null: nothing is on offer, or rules of another generation.
  [[nodiscard]] std::unique_ptr<RunningRules> take(uint8_t generation);
  // When settle() was called since the last offer: its time; else 0.
  [[nodiscard]] uint64_t settled_boot_ns() const noexcept {
    return settled_boot_ns_.load(std::memory_order_acquire);
  }
  // Of whatever generation; null before settle().
  [[nodiscard]] std::unique_ptr<RunningRules> take_settled();
  // The reader does not need these any more; they are freed on the other thread.
  void give_up(std::unique_ptr<RunningRules> rules);

 private:
  std::mutex mutex_;
  std::condition_variable given_up_;
  std::unique_ptr<RunningRules> offered_;
  std::unique_ptr<RunningRules> old_;
  bool is_switching_ = false;  // from offer() to give_up() or withdraw()
  bool is_closed_ = false;
  std::atomic<uint64_t> settled_boot_ns_ = 0;
};

// Belongs to the reader.
class RuleSwitch {
 public:
  // `offer`: borrowed; null: the rules stay, whatever records say (a replay).
  RuleSwitch(std::unique_ptr<RunningRules> rules, RuleOffer* offer);

  // The rules that judge the record.
  [[nodiscard]] RunningRules& rules_for(const ev_header& header) noexcept {
    if (offer_ == nullptr || (header.generation == current_->generation && older_ == nullptr)) {
      return *current_;
    }
    return switch_for(header);
  }
  // When there is no record to tell: takes what the kernel works with already, and gives up the
  // older rules when nothing is left in the ring.
  void look_ahead(const EventSource& source);

  // The newest.
  [[nodiscard]] RunningRules& current() noexcept { return *current_; }
  [[nodiscard]] const RunningRules& current() const noexcept { return *current_; }
  // What rules have found that are not in force any more.
  [[nodiscard]] const std::vector<RuleCount>& gone() const noexcept { return gone_; }

 private:
  RunningRules& switch_for(const ev_header& header) noexcept;
  void adopt(std::unique_ptr<RunningRules> rules);
  void give_up_older();
  void carry_alerts(RunningRules& from);

  std::unique_ptr<RunningRules> current_;
  std::unique_ptr<RunningRules> older_;  // null: no switch is going on
  RuleOffer* offer_;
  std::vector<RuleCount> gone_;
};

}  // namespace saker

#endif  // SAKER_CMD_RULE_SWITCH_H
