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

std::atomic<Dispatcher*> dispatcher_to_reopen = nullptr;
static_assert(std::atomic<Dispatcher*>::is_always_lock_free);

extern "C" void reopen_outputs(int /*signal*/) {
  if (Dispatcher* dispatcher = dispatcher_to_reopen.load(); dispatcher != nullptr) {
    dispatcher->reopen();
  }
}

std::atomic<Reloader*> reloader_to_call = nullptr;
static_assert(std::atomic<Reloader*>::is_always_lock_free);

extern "C" void request_reload(int /*signal*/) {
  if (Reloader* reloader = reloader_to_call.load(); reloader != nullptr) {
    reloader->request(ReloadCause::kSignal);
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

ReopenSignal::ReopenSignal(Dispatcher& dispatcher) {
  dispatcher_to_reopen.store(&dispatcher);
  struct sigaction action{};
  action.sa_handler = reopen_outputs;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGUSR1, &action, nullptr);
}

ReopenSignal::~ReopenSignal() {
  ::signal(SIGUSR1, SIG_IGN);
  dispatcher_to_reopen.store(nullptr);
}

ReloadSignal::ReloadSignal(Reloader& reloader) {
  reloader_to_call.store(&reloader);
  struct sigaction action{};
  action.sa_handler = request_reload;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGHUP, &action, nullptr);
}

ReloadSignal::~ReloadSignal() {
  ::signal(SIGHUP, SIG_IGN);
  reloader_to_call.store(nullptr);
}

}  // namespace saker
