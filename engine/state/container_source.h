// SPDX-License-Identifier: Apache-2.0
// ContainerSource: where the metadata of containers come from. Live runs look them up on a thread
// of their own; replays have none, their captures hold the answers.
//
// Threads: both functions are called by the reader.
#ifndef SAKER_ENGINE_STATE_CONTAINER_SOURCE_H
#define SAKER_ENGINE_STATE_CONTAINER_SOURCE_H

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/state/container.h"
#include "engine/state/container_metadata.h"

namespace saker {

enum class ContainerOutcome : uint8_t { kFound, kNotFound, kInvalid };

struct ContainerAnswer {
  ContainerIdentity container;
  ContainerOutcome outcome = ContainerOutcome::kNotFound;
  ContainerMetadata metadata;  // completed; kFound only
  std::string reason;          // why there is none
};

class ContainerSource {
 public:
  virtual ~ContainerSource() = default;

  // Asks for a container's metadata and returns at once. False: too many are asked for.
  // Requires: is_hex_id(container.full_id).
  virtual bool request(const ContainerIdentity& container) = 0;
  // The next answer, in the order in which they are ready; waits for one up to `wait`. False: none
  // is there. Each request() that gave true has one answer.
  virtual bool take(ContainerAnswer& answer, std::chrono::nanoseconds wait) = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_SOURCE_H
