// SPDX-License-Identifier: Apache-2.0
#include "cmd/rule_switch.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace saker {

RunningRules::RunningRules(std::shared_ptr<const RuleSet> rule_set, uint8_t of_generation,
                           std::unique_ptr<NameResolver> resolver)
    : rules(std::move(rule_set)),
      generation(of_generation),
      matcher(rules),
      alerts(rules->rules().size()),
      names(std::move(resolver)) {
  for (size_t i = 0; i < alerts.size(); ++i) {
    rule_by_name.emplace(rules->rules()[i].name, i);
  }
}

void RuleOffer::offer(std::unique_ptr<RunningRules> rules) {
  const std::lock_guard lock(mutex_);
  SAKER_CHECK(!is_switching_);
  is_switching_ = true;
  settled_boot_ns_.store(0, std::memory_order_release);
  offered_ = std::move(rules);
}

void RuleOffer::withdraw() {
  const std::lock_guard lock(mutex_);
  SAKER_CHECK(offered_ != nullptr);
  offered_.reset();
  is_switching_ = false;
}

void RuleOffer::settle(uint64_t boot_ns) {
  settled_boot_ns_.store(boot_ns, std::memory_order_release);
}

bool RuleOffer::wait_until_settled(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  given_up_.wait_for(lock, timeout, [&] { return !is_switching_ || is_closed_; });
  old_.reset();
  return !is_switching_;
}

void RuleOffer::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  given_up_.notify_all();
}

std::unique_ptr<RunningRules> RuleOffer::take(uint8_t generation) {
  const std::lock_guard lock(mutex_);
  return offered_ != nullptr && offered_->generation == generation ? std::move(offered_) : nullptr;
}

std::unique_ptr<RunningRules> RuleOffer::take_settled() {
  const std::lock_guard lock(mutex_);
  return settled_boot_ns() != 0 ? std::move(offered_) : nullptr;
}

void RuleOffer::give_up(std::unique_ptr<RunningRules> rules) {
  const std::lock_guard lock(mutex_);
  old_ = std::move(rules);
  is_switching_ = false;
  given_up_.notify_all();
}

RuleSwitch::RuleSwitch(std::unique_ptr<RunningRules> rules, RuleOffer* offer)
    : current_(std::move(rules)), offer_(offer) {}

RunningRules& RuleSwitch::switch_for(const ev_header& header) noexcept {
  if (header.generation == current_->generation) {
    const uint64_t settled_ns = offer_->settled_boot_ns();
    if (settled_ns != 0 && header.boot_ns >= settled_ns) {
      give_up_older();
    }
    return *current_;
  }
  if (older_ != nullptr && header.generation == older_->generation) {
    return *older_;
  }
  if (auto offered = offer_->take(header.generation); offered != nullptr) {
    adopt(std::move(offered));
  }
  return *current_;
}

void RuleSwitch::look_ahead(const EventSource& source) {
  if (offer_ == nullptr) {
    return;
  }
  if (older_ == nullptr) {
    auto offered = offer_->take_settled();
    if (offered == nullptr) {
      return;
    }
    adopt(std::move(offered));
  }
  // In this order: what is not in the ring after the one is none of the older generation.
  if (offer_->settled_boot_ns() != 0 && source.ring_usage().used_bytes == 0) {
    give_up_older();
  }
}

void RuleSwitch::adopt(std::unique_ptr<RunningRules> rules) {
  older_ = std::exchange(current_, std::move(rules));
  carry_alerts(*older_);
}

void RuleSwitch::give_up_older() {
  carry_alerts(*older_);
  offer_->give_up(std::move(older_));
}

void RuleSwitch::carry_alerts(RunningRules& from) {
  for (size_t i = 0; i < from.alerts.size(); ++i) {
    const uint64_t count = std::exchange(from.alerts[i], 0);
    const Rule& rule = from.rules->rules()[i];
    if (count == 0) {
      continue;
    }
    if (const auto same = current_->rule_by_name.find(rule.name);
        same != current_->rule_by_name.end()) {
      current_->alerts[same->second] += count;
      continue;
    }
    const auto known = std::ranges::find(gone_, rule.name, &RuleCount::rule);
    if (known == gone_.end()) {
      gone_.push_back({rule.name, rule.priority, count});
    } else {
      known->alerts += count;
    }
  }
}

}  // namespace saker
