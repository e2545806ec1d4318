// SPDX-License-Identifier: Apache-2.0
#include "outputs/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/metric.h"
#include "outputs/sink.h"
#include "outputs/sink_stats.h"
#include "outputs/sink_worker.h"

namespace saker {

Dispatcher::~Dispatcher() { stop({std::chrono::milliseconds(0), std::chrono::milliseconds(0)}); }

void Dispatcher::add(std::unique_ptr<Sink> sink, SinkOptions options) {
  workers_.push_back(std::make_shared<SinkWorker>(std::move(sink), std::move(options), on_broken_));
}

Result<void> Dispatcher::start() {
  for (const auto& worker : workers_) {
    if (Result<void> opened = worker->open(); !opened) {
      return opened;
    }
  }
  for (const auto& worker : workers_) {
    SinkWorker::start(worker);
  }
  return {};
}

void Dispatcher::submit(std::shared_ptr<Alert> alert) noexcept {
  alert->id = ids_.next(alert->time_ns);
  const AlertPtr shared = std::move(alert);
  for (const auto& worker : workers_) {
    worker->submit(shared);
  }
}

void Dispatcher::reopen() noexcept {
  for (const auto& worker : workers_) {
    worker->request_reopen();
  }
}

void Dispatcher::stop(const DrainLimits& limits) {
  for (const auto& worker : workers_) {
    worker->request_stop();
  }
  const auto deadline = SinkWorker::Clock::now() + limits.total;
  for (const auto& worker : workers_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SinkWorker::Clock::now());
    worker->stop({std::max(left, std::chrono::milliseconds(0)), limits.idle});
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

std::vector<Metric> Dispatcher::metrics() const {
  std::vector<Metric> all;
  for (const auto& worker : workers_) {
    std::ranges::move(worker->metrics(), std::back_inserter(all));
  }
  return all;
}

std::vector<std::string> Dispatcher::lost_spools() const {
  std::vector<std::string> names;
  for (const auto& worker : workers_) {
    if (worker->has_lost_spool()) {
      names.emplace_back(worker->name());
    }
  }
  return names;
}

}  // namespace saker
