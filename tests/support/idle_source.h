// SPDX-License-Identifier: Apache-2.0
// IdleSource: a source that never has a record. `Source`: EventSource or LiveSource.
#ifndef SAKER_TESTS_SUPPORT_IDLE_SOURCE_H
#define SAKER_TESTS_SUPPORT_IDLE_SOURCE_H

#include <cstddef>
#include <span>
#include <vector>

#include "probes/event_source.h"

namespace saker::test {

template <typename Source>
class IdleSource : public Source {
 public:
  const SourceInfo& info() const noexcept override { return info_; }
  EventSource::Next next(std::span<const std::byte>& /*record*/, int /*timeout_ms*/) override {
    return EventSource::Next::kIdle;
  }
  void stop() noexcept override {}
  Error error() const override { return {}; }
  std::vector<SourceCounter> counters() const override { return {}; }

 private:
  SourceInfo info_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_IDLE_SOURCE_H
