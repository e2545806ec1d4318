// SPDX-License-Identifier: Apache-2.0
// Threads beside the reader's.
#ifndef SAKER_ENGINE_BASE_BACKGROUND_THREAD_H
#define SAKER_ENGINE_BASE_BACKGROUND_THREAD_H

#include <pthread.h>
#include <signal.h>

#include <string>
#include <thread>
#include <utility>

namespace saker {

// While it lives, the thread that made it gets no signals, and threads started by it never do.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

// Starts a thread that gets no signals: those are for the reader's thread. The name is cut after
// 15 bytes.
template <typename Run>
[[nodiscard]] std::thread start_background_thread(const std::string& name, Run run) {
  const BlockedSignals blocked;
  std::thread thread(std::move(run));
  ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
  return thread;
}

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_BACKGROUND_THREAD_H
