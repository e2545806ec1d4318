// SPDX-License-Identifier: Apache-2.0
// Intake: from the alerts in an output's queue to messages: collapsed, numbered, rendered.
//
// Threads: take() on one, the rest on any.
#ifndef SAKER_OUTPUTS_INTAKE_H
#define SAKER_OUTPUTS_INTAKE_H

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "outputs/alert_collapser.h"
#include "outputs/alert_queue.h"
#include "outputs/message_source.h"
#include "outputs/sink.h"

namespace saker {

class Intake : public MessageSource {
 public:
  // Borrows queue and sink. `last_seq`: the number behind which to go on.
  Intake(AlertQueue& queue, AlertCollapser::Options collapse, const Sink& sink, uint64_t last_seq)
      : queue_(queue), collapser_(std::move(collapse)), sink_(sink), last_seq_(last_seq) {}

  // Alerts that had to leave the queue leave out their numbers.
  bool take(size_t max, Clock::time_point deadline, std::vector<Message>& messages) override;
  // Alerts that are counted in others; they need not be settled one by one.
  [[nodiscard]] uint64_t collapsed() const noexcept { return collapsed_.load(); }

 private:
  AlertQueue& queue_;
  AlertCollapser collapser_;
  const Sink& sink_;
  uint64_t last_seq_;
  std::atomic<uint64_t> collapsed_ = 0;
  std::vector<AlertPtr> alerts_;
  std::vector<AlertPtr> passing_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_INTAKE_H
