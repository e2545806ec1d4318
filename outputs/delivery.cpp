// SPDX-License-Identifier: Apache-2.0
#include "outputs/delivery.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "outputs/message.h"
#include "outputs/sink.h"

namespace saker {

size_t Delivery::room() const noexcept {
  const size_t held = entries_.size() - first_;
  return held >= max_messages_ || bytes_ >= kMaxBytes ? 0 : max_messages_ - held;
}

void Delivery::add(std::vector<Message>& messages) {
  for (Message& message : messages) {
    bytes_ += message.size_bytes();
    entries_.push_back(std::move(message));
    states_.push_back(State::kWaiting);
  }
  messages.clear();
  last_seq_ = entries_.empty() ? last_seq_ : entries_.back().seq;
}

Delivery::Progress Delivery::step(std::chrono::milliseconds timeout) {
  Progress progress;
  bool has_more_to_send = false;
  if (!has_failed_ && (!retry_at_ || Clock::now() >= *retry_at_)) {
    retry_at_.reset();
    has_more_to_send = send();
  }
  outcomes_.clear();
  const bool waits = has_on_its_way() && !has_more_to_send;
  sink_.poll(waits ? timeout : std::chrono::milliseconds(0), outcomes_);
  for (Outcome& outcome : outcomes_) {
    apply(outcome, progress);
  }
  forget_settled();
  if (has_failed_ && on_its_way_ == 0) {
    prepare_retry();
  }
  return progress;
}

bool Delivery::send() {
  const size_t count = std::min(entries_.size() - unsent_, kMaxBatch);
  is_refused_ = false;
  if (count == 0) {
    return false;
  }
  const size_t taken = sink_.send(std::span(entries_).subspan(unsent_, count));
  std::fill_n(states_.begin() + static_cast<std::ptrdiff_t>(unsent_), taken, State::kOnItsWay);
  is_refused_ = taken == 0;
  unsent_ += taken;
  on_its_way_ += taken;
  return taken == count && unsent_ < entries_.size();
}

void Delivery::apply(Outcome& outcome, Progress& progress) {
  const size_t index = find(outcome.seq);
  SAKER_CHECK(states_[index] == State::kOnItsWay);
  --on_its_way_;
  if (!outcome.failure) {
    states_[index] = State::kSettled;
    ++progress.written;
    back_off_ = kFirstBackOff;
    return;
  }
  progress.error = std::move(outcome.failure->error);
  if (outcome.failure->is_final) {
    states_[index] = State::kSettled;
    ++progress.refused;
  } else {
    states_[index] = State::kFailed;
    ++progress.retried;
    has_failed_ = true;
  }
}

// Outcomes mostly come in order, and numbers mostly have no gaps.
size_t Delivery::find(uint64_t seq) const {
  const uint64_t offset = seq - entries_[first_].seq;
  if (first_ + offset < unsent_ && entries_[first_ + offset].seq == seq) {
    return first_ + offset;
  }
  const auto found = std::ranges::lower_bound(entries_, seq, {}, &Message::seq);
  SAKER_CHECK(found != entries_.end() && found->seq == seq);
  return static_cast<size_t>(found - entries_.begin());
}

void Delivery::forget_settled() {
  while (first_ < unsent_ && states_[first_] == State::kSettled) {
    settled_through_ = entries_[first_].seq;
    bytes_ -= entries_[first_].size_bytes();
    ++first_;
  }
  if (is_empty()) {
    settled_through_ = last_seq_;
  }
  if (is_empty() || first_ > max_messages_ / 2) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
    states_.erase(states_.begin(), states_.begin() + static_cast<std::ptrdiff_t>(first_));
    unsent_ -= first_;
    first_ = 0;
  }
}

// Leaves what failed and what was not sent, in this order.
void Delivery::prepare_retry() {
  size_t kept = first_;
  for (size_t i = first_; i < entries_.size(); ++i) {
    if (states_[i] == State::kSettled) {
      bytes_ -= entries_[i].size_bytes();
    } else {
      if (kept != i) {
        entries_[kept] = std::move(entries_[i]);
      }
      states_[kept++] = State::kWaiting;
    }
  }
  entries_.resize(kept);
  states_.resize(kept);
  unsent_ = first_;
  has_failed_ = false;
  retry_at_ = Clock::now() + back_off_;
  back_off_ = std::min<std::chrono::milliseconds>(back_off_ * 2, kLongestBackOff);
}

}  // namespace saker
