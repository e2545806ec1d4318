// SPDX-License-Identifier: Apache-2.0
// NameResolver: keeps the addresses of the host names that rules compare with up to date, as
// EV_HOST records. The only owner of c-ares.
//
// A thread of its own asks the servers of resolv.conf(5), after hosts(5), again whenever an answer
// expires; at most kMaxInFlight at a time, so ten thousand names neither hold up the start nor
// flood a server.
//
// Threads: take() belongs to the reader, everything else to whoever made it.
#ifndef SAKER_CMD_NAME_RESOLVER_H
#define SAKER_CMD_NAME_RESOLVER_H

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace saker {

class NameResolver {
 public:
  static constexpr size_t kMaxInFlight = 16;

  struct Options {
    std::string servers;  // "ADDRESS:PORT,..."; empty: those of resolv.conf
    // An answer is asked for again when it expires, but not sooner or later than this.
    std::chrono::milliseconds min_age{30'000};
    std::chrono::milliseconds max_age{600'000};
    // When there was no answer.
    std::chrono::milliseconds retry_after{60'000};
  };

  // Starts resolving; null when there are no names.
  [[nodiscard]] static Result<std::unique_ptr<NameResolver>> start(
      const std::set<std::string>& names, Options options);
  // Ends the thread at once, whatever a server does.
  ~NameResolver();
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  // Hands out what was learnt since the last call. Costs one atomic read when that is nothing.
  void take(const std::function<void(std::span<const std::byte> record)>& emit);

 private:
  class Worker;
  explicit NameResolver(std::unique_ptr<Worker> worker);

  std::unique_ptr<Worker> worker_;
};

}  // namespace saker

#endif  // SAKER_CMD_NAME_RESOLVER_H
