// SPDX-License-Identifier: Apache-2.0
// ContainerEnricher: when the metadata of a container are asked for, waited for and given up.
//
// A container is asked for when it is learnt. The first event that rules may match waits for the
// answer, a little and not too often; when the answer is late, the fields have no value until it
// comes. State that is not there yet - a runtime may write it after the container's first process
// has joined the cgroup - is asked for again with growing pauses, and at once at the next exec; so
// is state that is preliminary.
//
// Threads: belongs to the reader. Cost: two comparisons per event when nothing is searched for.
#ifndef SAKER_ENGINE_STATE_CONTAINER_ENRICHER_H
#define SAKER_ENGINE_STATE_CONTAINER_ENRICHER_H

#include <chrono>
#include <cstdint>
#include <functional>

#include "engine/event.h"
#include "engine/state/container.h"
#include "engine/state/container_source.h"
#include "engine/state/rate_limit.h"

namespace saker {

struct ContainerStats {
  uint64_t lookups = 0;
  uint64_t found = 0;      // again for each answer to a container whose state was preliminary
  uint64_t not_found = 0;  // lookups without an answer, so far
  uint64_t invalid = 0;    // lookups that met state of an unexpected shape
  uint64_t late = 0;       // lookups that an event waited for in vain
  uint64_t given_up = 0;   // containers that stay without metadata
};

class ContainerEnricher {
 public:
  // A lookup takes some 100 µs; this is for disks under load. Together with kWaitsPerSecond it
  // keeps the reader from its work for a fifth of the time at most.
  static constexpr std::chrono::milliseconds kMaxWait{10};
  static constexpr uint32_t kWaitsPerSecond = 20;
  // With pauses that start at kFirstPauseNs and grow fourfold: over by 7 s.
  static constexpr uint32_t kMaxTries = 6;
  static constexpr uint64_t kFirstPauseNs = 20'000'000;

  struct Hooks {
    // The container's metadata have just been set; may be empty.
    std::function<void(const Container& container, uint64_t boot_ns)> on_found;
    // No further try is made; may be empty.
    std::function<void(const Container& container)> on_given_up;
  };
  // Borrows both; without a source nothing is ever asked for.
  ContainerEnricher(ContainerSource* source, ContainerTable& containers, Hooks hooks);

  // A cgroup of this container was learnt.
  void learnt(Container& container, uint64_t boot_ns);
  // Takes the answers that are there, and waits if the event's own container needs it.
  void before_match(const Event& event);

  [[nodiscard]] const ContainerStats& stats() const noexcept { return stats_; }

 private:
  void ask(Container& container, uint64_t boot_ns);
  void await(const Container& container, uint64_t boot_ns);
  void apply(ContainerAnswer& answer, uint64_t boot_ns);
  void plan_retry(Container& container, uint64_t boot_ns);

  ContainerSource* source_;
  ContainerTable& containers_;
  Hooks hooks_;
  RateLimit waits_{kWaitsPerSecond};
  uint64_t outstanding_ = 0;          // answers to come
  uint64_t retries_end_boot_ns_ = 0;  // nothing has to be asked for again after this
  ContainerStats stats_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_ENRICHER_H
