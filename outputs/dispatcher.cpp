// SPDX-License-Identifier: Apache-2.0
#include "outputs/dispatcher.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "engine/base/check.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/sink.h"

namespace saker {

using AlertPtr = std::shared_ptr<const Alert>;
using Clock = std::chrono::steady_clock;

// A sink, its queue and its thread. The queue is a ring, so that submit() never allocates.
class Dispatcher::Worker {
 public:
  Worker(std::unique_ptr<Sink> sink, size_t capacity, WhenFull when_full, OnBroken on_broken)
      : sink_(std::move(sink)),
        on_broken_(std::move(on_broken)),
        when_full_(when_full),
        ring_(capacity) {
    stats_.name = sink_->name();
  }

  Result<void> open() { return sink_->open(); }

  // The thread shares ownership, see stop().
  void start(const std::shared_ptr<Worker>& self) {
    // Signals are for the reader's thread: block them all in this one.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([self] { self->run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_setname_np(thread_.native_handle(), ("sink " + stats_.name).substr(0, 15).c_str());
  }

  void submit(const AlertPtr& alert) {
    std::unique_lock lock(mutex_);
    ++stats_.accepted;
    if (stopping_) {
      ++stats_.dropped_shutdown;
      return;
    }
    if (when_full_ == WhenFull::kWait) {
      room_.wait(lock, [&] { return size_ < ring_.size(); });
    }
    if (size_ == ring_.size()) {
      pop();
      ++stats_.dropped_queue_full;
    }
    ring_[(first_ + size_) % ring_.size()] = {alert, stats_.accepted};
    ++size_;
    work_.notify_one();
  }

  void request_stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }

  // Requires: request_stop() was called.
  void stop(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) {
      return;
    }
    if (ended_cv_.wait_until(lock, deadline, [&] { return ended_; })) {
      lock.unlock();
      thread_.join();
      return;
    }
    abandoned_ = true;
    stats_.dropped_shutdown += size_ + (writing_ ? 1U : 0U);
    while (size_ > 0) {
      pop();
    }
    thread_.detach();
  }

  SinkStats stats() const {
    const std::lock_guard lock(mutex_);
    SinkStats stats = stats_;
    stats.queued = abandoned_ ? 0 : size_ + (writing_ ? 1U : 0U);
    return stats;
  }

 private:
  struct Queued {
    AlertPtr alert;
    uint64_t seq = 0;
  };

  Queued pop() {
    Queued queued = std::move(ring_[first_]);
    first_ = (first_ + 1) % ring_.size();
    --size_;
    return queued;
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!abandoned_) {
      if (size_ > 0) {
        write_one(lock);
      } else if (stopping_) {
        break;
      } else {
        work_.wait(lock);
      }
    }
    ended_ = true;
    ended_cv_.notify_all();
  }

  // Releases the lock while the sink is at work.
  void write_one(std::unique_lock<std::mutex>& lock) {
    const Queued queued = pop();
    writing_ = true;
    room_.notify_one();
    lock.unlock();
    const std::optional<SendFailure> failure = send(queued);
    const bool broken = failure && sink_->is_broken();
    lock.lock();
    writing_ = false;
    if (abandoned_) {
      return;  // stop() has counted this one already
    }
    if (!failure) {
      ++stats_.written;
      return;
    }
    ++stats_.dropped_write_failed;
    stats_.last_error = failure->error.to_string();
    if (broken && !broken_reported_) {
      broken_reported_ = true;
      if (on_broken_) {
        on_broken_(failure->error);
      }
    }
  }

  std::optional<SendFailure> send(const Queued& queued) {
    std::vector<Message> messages(1);
    Message& message = messages.front();
    message.seq = queued.seq;
    message.time_ns = queued.alert->time_ns;
    message.priority = queued.alert->priority;
    message.id = queued.alert->id;
    message.rule = queued.alert->rule;
    sink_->render(*queued.alert, message);
    sink_->send(messages);
    std::vector<Outcome> outcomes;
    while (outcomes.empty()) {
      sink_->poll(std::chrono::seconds(1), outcomes);
    }
    return std::move(outcomes.front().failure);
  }

  const std::unique_ptr<Sink> sink_;
  const OnBroken on_broken_;
  const WhenFull when_full_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  std::condition_variable ended_cv_;
  // All below: guarded by mutex_.
  std::vector<Queued> ring_;
  size_t first_ = 0;
  size_t size_ = 0;
  SinkStats stats_;
  bool writing_ = false;
  bool stopping_ = false;
  bool abandoned_ = false;
  bool ended_ = false;
  bool broken_reported_ = false;
};

Dispatcher::Dispatcher(size_t queue_capacity, WhenFull when_full, OnBroken on_broken)
    : queue_capacity_(queue_capacity), when_full_(when_full), on_broken_(std::move(on_broken)) {
  SAKER_CHECK(queue_capacity > 0);
}

Dispatcher::~Dispatcher() { stop(std::chrono::milliseconds(0)); }

void Dispatcher::add(std::unique_ptr<Sink> sink) {
  workers_.push_back(
      std::make_shared<Worker>(std::move(sink), queue_capacity_, when_full_, on_broken_));
}

Result<void> Dispatcher::start() {
  for (const auto& worker : workers_) {
    if (Result<void> opened = worker->open(); !opened) {
      return opened;
    }
  }
  for (const auto& worker : workers_) {
    worker->start(worker);
  }
  return {};
}

void Dispatcher::submit(std::shared_ptr<Alert> alert) noexcept {
  alert->id = ids_.next(alert->time_ns);
  for (const auto& worker : workers_) {
    worker->submit(alert);
  }
}

void Dispatcher::stop(std::chrono::milliseconds drain) {
  const Clock::time_point deadline = Clock::now() + drain;
  for (const auto& worker : workers_) {
    worker->request_stop();
  }
  for (const auto& worker : workers_) {
    worker->stop(deadline);
  }
}

std::vector<SinkStats> Dispatcher::stats() const {
  std::vector<SinkStats> all;
  all.reserve(workers_.size());
  for (const auto& worker : workers_) {
    all.push_back(worker->stats());
  }
  return all;
}

}  // namespace saker
