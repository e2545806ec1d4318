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

// Starts a thread that gets no signals: those are for the reader's thread. The name is cut after
// 15 bytes.
template <typename Run>
[[nodiscard]] std::thread start_background_thread(const std::string& name, Run run) {
  sigset_t all{};
  sigset_t before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(run));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
  return thread;
}

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_BACKGROUND_THREAD_H
