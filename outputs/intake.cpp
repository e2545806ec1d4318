// SPDX-License-Identifier: Apache-2.0
#include "outputs/intake.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "outputs/alert_queue.h"
#include "outputs/message.h"

namespace saker {

bool Intake::take(size_t max, Clock::time_point deadline, std::vector<Message>& messages) {
  alerts_.clear();
  passing_.clear();
  deadline = std::min(deadline, collapser_.next_due().value_or(deadline));
  const AlertQueue::Taken taken = queue_.take(max, deadline, alerts_);
  last_seq_ += taken.dropped;
  const Clock::time_point now = Clock::now();
  for (AlertPtr& alert : alerts_) {
    collapser_.add(std::move(alert), now, passing_);
  }
  collapser_.end_due(now, passing_);
  if (taken.is_ended) {
    collapser_.end_all(passing_);
  }
  collapsed_.store(collapser_.collapsed());
  for (const AlertPtr& alert : passing_) {
    Message& message = messages.emplace_back();
    message.seq = ++last_seq_;
    message.time_ns = alert->time_ns;
    message.priority = alert->priority;
    message.id = alert->id;
    message.rule = alert->rule;
    sink_.render(*alert, message);
  }
  return !taken.is_ended;
}

}  // namespace saker
