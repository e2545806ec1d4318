// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_enricher.h"

#include <memory>
#include <utility>

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

// The pause after this many tries.
constexpr uint64_t pause_ns(uint32_t tries) {
  return ContainerEnricher::kFirstPauseNs << (2 * (tries - 1));
}
// Longer than all pauses together: a container may be silent in between.
constexpr uint64_t kRetryWindowNs = 60'000'000'000;

}  // namespace

ContainerEnricher::ContainerEnricher(ContainerSource* source, ContainerTable& containers,
                                     Hooks hooks)
    : source_(source), containers_(containers), hooks_(std::move(hooks)) {}

void ContainerEnricher::learnt(Container& container, uint64_t boot_ns) {
  if (source_ == nullptr || container.search.tries != 0) {
    return;
  }
  if (is_hex_id(container.identity.full_id)) {
    ask(container, boot_ns);
  } else {
    container.missing_reason = "its runtime leaves no state that could be read";
  }
}

void ContainerEnricher::before_match(const Event& event) {
  const uint64_t now = event.header().boot_ns;
  if (outstanding_ == 0 && now >= retries_end_boot_ns_) {
    return;
  }
  ContainerAnswer answer;
  while (outstanding_ > 0 && source_->take(answer, std::chrono::nanoseconds(0))) {
    apply(answer, now);
  }
  Container* container = containers_.find_container(event.task().cgroup_id);
  if (container == nullptr || container->search.is_over) {
    return;
  }
  ContainerSearch& search = container->search;
  const bool may_retry = !search.is_asked && search.tries > 0;
  if (may_retry && (event.kind() == EV_EXEC || now >= search.retry_boot_ns)) {
    ask(*container, now);
  }
  if (search.is_asked && !search.is_awaited && container->metadata == nullptr) {
    search.is_awaited = true;
    await(*container, now);
  }
}

void ContainerEnricher::ask(Container& container, uint64_t boot_ns) {
  ContainerSearch& search = container.search;
  ++search.tries;
  if (!source_->request(container.identity)) {
    container.missing_reason = "too many containers are looked up at the moment";
    plan_retry(container, boot_ns);
    return;
  }
  ++stats_.lookups;
  ++outstanding_;
  search.is_asked = true;
  search.is_awaited = false;
  container.missing_reason = "the lookup has not ended yet";
}

void ContainerEnricher::await(const Container& container, uint64_t boot_ns) {
  const auto deadline = Clock::now() + kMaxWait;
  ContainerAnswer answer;
  const bool may_wait = waits_.allow(boot_ns);
  while (may_wait && container.search.is_asked) {
    const auto left = deadline - Clock::now();
    if (left <= Clock::duration::zero() || !source_->take(answer, left)) {
      break;
    }
    apply(answer, boot_ns);
  }
  stats_.late += container.search.is_asked ? 1 : 0;
}

void ContainerEnricher::apply(ContainerAnswer& answer, uint64_t boot_ns) {
  --outstanding_;
  Container* container = containers_.find_container(answer.container);
  if (container == nullptr) {
    return;  // its cgroups were evicted meanwhile
  }
  container->search.is_asked = false;
  if (answer.outcome == ContainerOutcome::kFound) {
    ++stats_.found;
    container->search.is_over = !answer.metadata.is_preliminary;
    container->metadata = std::make_unique<const ContainerMetadata>(std::move(answer.metadata));
    if (hooks_.on_found) {
      hooks_.on_found(*container, boot_ns);
    }
  } else {
    ++(answer.outcome == ContainerOutcome::kInvalid ? stats_.invalid : stats_.not_found);
    container->missing_reason = std::move(answer.reason);
  }
  if (!container->search.is_over) {
    plan_retry(*container, boot_ns);
  }
}

void ContainerEnricher::plan_retry(Container& container, uint64_t boot_ns) {
  ContainerSearch& search = container.search;
  if (search.tries < kMaxTries) {
    search.retry_boot_ns = boot_ns + pause_ns(search.tries);
    retries_end_boot_ns_ = boot_ns + kRetryWindowNs;
    return;
  }
  search.is_over = true;
  if (container.metadata != nullptr) {
    return;
  }
  ++stats_.given_up;
  if (hooks_.on_given_up) {
    hooks_.on_given_up(container);
  }
}

}  // namespace saker
