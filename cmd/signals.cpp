// SPDX-License-Identifier: Apache-2.0
#include "cmd/signals.h"

#include <signal.h>

#include <atomic>

namespace saker {
namespace {

constexpr int kStopping[] = {SIGINT, SIGTERM, SIGALRM};

std::atomic<EventSource*> source_to_stop = nullptr;
static_assert(std::atomic<EventSource*>::is_always_lock_free);

extern "C" void stop_source(int /*signal*/) {
  if (EventSource* source = source_to_stop.load(); source != nullptr) {
    source->stop();
  }
}

}  // namespace

StopSignals::StopSignals(EventSource& source) {
  source_to_stop.store(&source);
  struct sigaction action{};
  action.sa_handler = stop_source;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (const int number : kStopping) {
    ::sigaction(number, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);
}

StopSignals::~StopSignals() {
  for (const int number : kStopping) {
    ::signal(number, SIG_DFL);
  }
  source_to_stop.store(nullptr);
}

}  // namespace saker
