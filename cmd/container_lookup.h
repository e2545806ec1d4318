// SPDX-License-Identifier: Apache-2.0
// ContainerLookup: looks up the metadata of containers on a thread of its own, so that a slow disk
// never stops the reader for longer than it chooses to wait.
//
// Threads: the functions are for the reader; `look_up` is called on the lookup's thread, one
//          container after the other.
// Limits:  kMaxWaiting requests; those beyond are refused.
#ifndef SAKER_CMD_CONTAINER_LOOKUP_H
#define SAKER_CMD_CONTAINER_LOOKUP_H

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/state/container_source.h"

namespace saker {

class ContainerLookup : public ContainerSource {
 public:
  // A host has some hundred containers at most, and all are asked for when the sensor starts.
  static constexpr size_t kMaxWaiting = 1024;

  using LookUp = std::function<ContainerAnswer(const ContainerIdentity& container)>;
  explicit ContainerLookup(LookUp look_up);
  ContainerLookup(const ContainerLookup&) = delete;
  ContainerLookup& operator=(const ContainerLookup&) = delete;
  // Waits for the end of the lookup at hand; forgets those that wait.
  ~ContainerLookup() override;

  bool request(const ContainerIdentity& container) override;
  bool take(ContainerAnswer& answer, std::chrono::nanoseconds wait) override;

 private:
  void run();

  LookUp look_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ContainerIdentity> requests_;
  std::deque<ContainerAnswer> answers_;
  std::atomic<size_t> ready_ = 0;  // size of answers_, to be looked at without the lock
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace saker

#endif  // SAKER_CMD_CONTAINER_LOOKUP_H
