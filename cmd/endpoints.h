// SPDX-License-Identifier: Apache-2.0
// Endpoints: what the web server answers, one row each in endpoints.cpp.
//
// Threads: any.
#ifndef SAKER_CMD_ENDPOINTS_H
#define SAKER_CMD_ENDPOINTS_H

#include <chrono>
#include <string>

#include "cmd/config.h"
#include "cmd/metrics_snapshot.h"
#include "cmd/web_server.h"
#include "outputs/dispatcher.h"

namespace saker {

class Endpoints {
 public:
  using Clock = std::chrono::steady_clock;
  // The reader publishes every second; one that was silent for so long hangs.
  static constexpr std::chrono::seconds kMaxSilence{10};

  // Borrows the exchange and the dispatcher.
  Endpoints(const Config& config, const MetricsExchange& snapshots, const Dispatcher& dispatcher);

  [[nodiscard]] HttpResponse respond(const std::string& path, Clock::time_point now) const;

 private:
  struct Row;
  static const Row kRows[];

  [[nodiscard]] HttpResponse health(Clock::time_point now) const;
  [[nodiscard]] HttpResponse readiness(Clock::time_point now) const;
  [[nodiscard]] HttpResponse metrics(Clock::time_point now) const;
  [[nodiscard]] HttpResponse versions(Clock::time_point now) const;
  // Why the reader is not well; empty: it is.
  [[nodiscard]] std::string reader_problem(Clock::time_point now) const;

  // "failing outputs: kafka"; empty: none fails.
  [[nodiscard]] std::string failing_outputs() const;

  const MetricsExchange& snapshots_;
  const Dispatcher& dispatcher_;
  std::string health_path_;
  bool serves_metrics_;
  Clock::time_point started_ = Clock::now();
};

}  // namespace saker

#endif  // SAKER_CMD_ENDPOINTS_H
