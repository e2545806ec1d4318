// SPDX-License-Identifier: Apache-2.0
#include "outputs/sink_worker.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/background_thread.h"
#include "engine/base/result.h"
#include "outputs/alert_queue.h"
#include "outputs/delivery.h"
#include "outputs/message.h"
#include "outputs/message_source.h"
#include "outputs/sink.h"
#include "outputs/spool.h"

namespace saker {
namespace {

using std::chrono::milliseconds;

// The longest a thread waits for something to do: requests to reopen and the spool's age limit are
// looked at then.
constexpr milliseconds kTick(1000);
// For outcomes, while new messages may come.
constexpr milliseconds kPoll(10);
// Between two tries to write to a disk that refuses.
constexpr milliseconds kDiskRetry(200);
// Alerts that one transaction of the spool takes at most.
constexpr size_t kSpoolBatch = 1024;
// For a thread that is told to end, and does not hang.
constexpr milliseconds kGrace(200);

}  // namespace

SinkWorker::SinkWorker(std::unique_ptr<Sink> sink, SinkOptions options, OnBroken on_broken)
    : sink_(std::move(sink)),
      options_(std::move(options)),
      on_broken_(std::move(on_broken)),
      queue_(options_.queue_capacity, options_.when_full) {
  stats_.name = sink_->name();
  stats_.queue_capacity = options_.queue_capacity;
}

Result<void> SinkWorker::open() {
  if (options_.spool) {
    Result<std::unique_ptr<Spool>> spool = Spool::open(stats_.name, *options_.spool);
    if (!spool) {
      return std::move(spool).error();
    }
    spool_ = std::move(*spool);
    stats_.resumed = spool_->resumed();
  }
  intake_ = std::make_unique<Intake>(queue_, options_.collapse, *sink_,
                                     spool_ == nullptr ? 0 : spool_->last_seq());
  return sink_->open();
}

void SinkWorker::start(const std::shared_ptr<SinkWorker>& worker) {
  const std::string name(worker->name());
  worker->running_threads_ = worker->spool_ == nullptr ? 1 : 2;
  worker->threads_.push_back(
      start_background_thread("sink " + name, [worker] { worker->deliver(); }));
  if (worker->spool_ != nullptr) {
    worker->threads_.push_back(
        start_background_thread("spool " + name, [worker] { worker->fill_spool(); }));
  }
}

void SinkWorker::submit(const AlertPtr& alert) {
  if (!options_.filter.wants(*alert)) {
    filtered_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_.push(alert);
}

void SinkWorker::request_stop() {
  queue_.close();
  const std::lock_guard lock(mutex_);
  last_progress_ = Clock::now();
}

void SinkWorker::stop(const DrainLimits& limits) {
  if (threads_.empty()) {
    return;
  }
  std::unique_lock lock(mutex_);
  bool has_ended = false;
  const Clock::time_point deadline = Clock::now() + limits.total;
  while (!has_ended && Clock::now() < deadline && !is_hopeless(limits.idle)) {
    has_ended = ended_.wait_for(lock, milliseconds(50), [&] { return running_threads_ == 0; });
  }
  if (!has_ended) {
    is_abandoned_.store(true);
    stats_.dropped_shutdown += queue_.clear();
    wake_.notify_all();
    has_ended = ended_.wait_for(lock, kGrace, [&] { return running_threads_ == 0; });
  }
  lock.unlock();
  for (std::thread& thread : threads_) {
    if (has_ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
  if (spool_ != nullptr) {
    const uint64_t lost = spool_->close();
    lock.lock();
    stats_.dropped_shutdown += lost;
  }
}

// Whether the sink has failed for so long that waiting for it makes no sense. mutex_ held.
bool SinkWorker::is_hopeless(milliseconds idle) const {
  return Clock::now() >= last_progress_ + idle && (stats_.failing || sink_->trouble());
}

SinkStats SinkWorker::stats() const {
  const std::lock_guard lock(mutex_);
  SinkStats stats = stats_;
  const AlertQueue::Counts queue = queue_.counts();
  stats.filtered = filtered_.load();
  stats.accepted = queue.accepted + queue.refused;
  stats.dropped_queue_full = queue.dropped;
  stats.dropped_shutdown += queue.refused;
  stats.queued = queue.pending;
  if (spool_ != nullptr) {
    const SpoolStats spool = spool_->stats();
    stats.spooled = spool.messages;
    stats.spool_bytes = spool.bytes;
    stats.spool_oldest_ns = spool.oldest_ns;
    stats.dropped_spool_full = spool.evicted_size;
    stats.dropped_spool_age = spool.evicted_age;
    stats.spool_disk_errors = spool.disk_errors;
  }
  if (std::optional<Error> trouble = sink_->trouble()) {
    stats.failing = true;
    stats.last_error = trouble->to_string();
  }
  return stats;
}

void SinkWorker::fill_spool() {
  std::vector<Message> messages;
  bool has_more = true;
  while (has_more && !is_abandoned_.load()) {
    has_more = intake_->take(kSpoolBatch, Clock::now() + kTick, messages);
    append_to_spool(messages);
  }
  spool_->close_input();
  end_thread();
}

void SinkWorker::append_to_spool(std::vector<Message>& messages) {
  const size_t count = messages.size();
  while (!is_abandoned_.load()) {
    const Result<void> appended = spool_->append(messages);
    const bool is_taken = appended || spool_->append_in_memory(messages);
    if (!appended) {
      note_error(appended.error());
    }
    if (is_taken) {
      settle_taken(count);
      return;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kDiskRetry, [&] { return is_abandoned_.load(); });
  }
}

void SinkWorker::deliver() {
  MessageSource& source = spool_ == nullptr ? static_cast<MessageSource&>(*intake_) : *spool_;
  Delivery delivery(*sink_, sink_->window());
  std::vector<Message> messages;
  bool has_more = true;
  while ((has_more || !delivery.is_empty()) && !is_abandoned_.load()) {
    if (wants_reopen_.exchange(false)) {
      reopen();
    }
    const Clock::time_point wake_at = next_wake(delivery);
    if (has_more && delivery.room() > 0) {
      has_more = source.take(delivery.room(), wake_at, messages);
      delivery.add(messages);
    } else if (!delivery.has_on_its_way()) {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, wake_at, [&] { return is_abandoned_.load(); });
    }
    const Delivery::Progress progress = delivery.step(kPoll);
    apply(progress, delivery.settled_through());
  }
  end_thread();
}

// Until when to wait for new messages.
SinkWorker::Clock::time_point SinkWorker::next_wake(const Delivery& delivery) const {
  const Clock::time_point now = Clock::now();
  if (delivery.is_stuck()) {
    return now + kPoll;
  }
  if (delivery.has_on_its_way() || delivery.has_unsent()) {
    return now;
  }
  return std::min(now + kTick, delivery.retry_at().value_or(now + kTick));
}

void SinkWorker::apply(const Delivery::Progress& progress, uint64_t settled_through) {
  const size_t settled = progress.written + progress.refused;
  if (progress.error) {
    note_error(*progress.error);
  }
  {
    const std::lock_guard lock(mutex_);
    if (is_abandoned_.load()) {
      return;  // stop() has counted these already
    }
    stats_.written += progress.written;
    stats_.dropped_write_failed += progress.refused;
    stats_.retried += progress.retried;
    if (settled > 0) {
      last_progress_ = Clock::now();
    }
    if (progress.written > 0 && !progress.error) {
      stats_.failing = false;
    }
    if (spool_ != nullptr && settled > 0) {
      spool_->settle(settled, settled_through);
    }
  }
  if (spool_ == nullptr) {
    settle_taken(settled);
  }
}

// `count` messages of the intake are accounted for, and so are alerts that will never be one.
void SinkWorker::settle_taken(size_t count) {
  const std::lock_guard lock(mutex_);
  if (!is_abandoned_.load()) {
    const uint64_t collapsed = intake_->collapsed();
    queue_.settle(count + (collapsed - stats_.collapsed));
    stats_.collapsed = collapsed;
  }
}

void SinkWorker::reopen() {
  if (const Result<void> reopened = sink_->reopen(); !reopened) {
    note_error(reopened.error());
  }
}

void SinkWorker::note_error(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (is_abandoned_.load()) {
    return;
  }
  stats_.failing = true;
  stats_.last_error = error.to_string();
  if (sink_->is_broken() && !is_broken_.exchange(true) && on_broken_) {
    on_broken_(error);
  }
}

void SinkWorker::end_thread() {
  const std::lock_guard lock(mutex_);
  --running_threads_;
  ended_.notify_all();
}

}  // namespace saker
