// SPDX-License-Identifier: Apache-2.0
#include "cmd/container_lookup.h"

#include <utility>

#include "engine/base/background_thread.h"

namespace saker {

ContainerLookup::ContainerLookup(LookUp look_up) : look_up_(std::move(look_up)) {
  thread_ = start_background_thread("containers", [this] { run(); });
}

ContainerLookup::~ContainerLookup() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool ContainerLookup::request(const ContainerIdentity& container) {
  {
    const std::scoped_lock lock(mutex_);
    if (requests_.size() >= kMaxWaiting) {
      return false;
    }
    requests_.push_back(container);
  }
  changed_.notify_all();
  return true;
}

bool ContainerLookup::take(ContainerAnswer& answer, std::chrono::nanoseconds wait) {
  if (wait <= std::chrono::nanoseconds::zero() && ready_.load(std::memory_order_acquire) == 0) {
    return false;
  }
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, wait, [&] { return !answers_.empty(); })) {
    return false;
  }
  answer = std::move(answers_.front());
  answers_.pop_front();
  ready_.store(answers_.size(), std::memory_order_release);
  return true;
}

void ContainerLookup::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_stopping_ || !requests_.empty(); });
    if (is_stopping_) {
      return;
    }
    const ContainerIdentity container = std::move(requests_.front());
    requests_.pop_front();
    lock.unlock();
    ContainerAnswer answer = look_up_(container);
    lock.lock();
    answers_.push_back(std::move(answer));
    ready_.store(answers_.size(), std::memory_order_release);
    changed_.notify_all();
  }
}

}  // namespace saker
