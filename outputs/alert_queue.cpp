// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_queue.h"

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/base/check.h"

namespace saker {

AlertQueue::AlertQueue(size_t capacity, WhenFull when_full)
    : when_full_(when_full), ring_(capacity) {
  SAKER_CHECK(capacity > 0);
}

void AlertQueue::push(const AlertPtr& alert) {
  std::unique_lock lock(mutex_);
  if (when_full_ == WhenFull::kWait) {
    room_.wait(lock, [&] { return size_ < ring_.size() || is_closed_; });
  }
  if (is_closed_) {
    ++refused_;
    return;
  }
  ++accepted_;
  if (size_ == ring_.size()) {
    pop();
    ++dropped_;
  }
  ring_[(first_ + size_) % ring_.size()] = alert;
  ++size_;
  if (is_taker_waiting_) {
    is_taker_waiting_ = false;
    lock.unlock();
    work_.notify_one();
  }
}

AlertQueue::Taken AlertQueue::take(size_t max, Clock::time_point deadline,
                                   std::vector<AlertPtr>& alerts) {
  std::unique_lock lock(mutex_);
  while (size_ == 0 && !is_closed_) {
    is_taker_waiting_ = true;
    if (work_.wait_until(lock, deadline) == std::cv_status::timeout) {
      break;
    }
  }
  is_taker_waiting_ = false;
  for (; max > 0 && size_ > 0; --max) {
    alerts.push_back(pop());
    ++unsettled_;
  }
  const Taken taken{dropped_ - std::exchange(dropped_told_, dropped_), is_closed_ && size_ == 0};
  lock.unlock();
  room_.notify_one();
  return taken;
}

void AlertQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  work_.notify_all();
  room_.notify_all();
}

size_t AlertQueue::clear() {
  const std::lock_guard lock(mutex_);
  const size_t pending = size_ + std::exchange(unsettled_, 0);
  while (size_ > 0) {
    pop();
  }
  return pending;
}

void AlertQueue::settle(size_t count) {
  const std::lock_guard lock(mutex_);
  unsettled_ -= count;
}

AlertQueue::Counts AlertQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return {accepted_, refused_, dropped_, size_ + unsettled_};
}

AlertPtr AlertQueue::pop() {
  AlertPtr alert = std::move(ring_[first_]);
  first_ = (first_ + 1) % ring_.size();
  --size_;
  return alert;
}

}  // namespace saker
