// SPDX-License-Identifier: Apache-2.0
// StopSignals: while it lives, SIGINT, SIGTERM and SIGALRM stop a source, so that the run drains
// and ends in order. The second signal of a kind kills, for the case that draining hangs. SIGPIPE
// is ignored: a closed pipe is an error of the write.
//
// Threads: one at a time.
#ifndef SAKER_CMD_SIGNALS_H
#define SAKER_CMD_SIGNALS_H

#include "cmd/reloader.h"
#include "outputs/dispatcher.h"
#include "probes/event_source.h"

namespace saker {

class StopSignals {
 public:
  // Borrows the source, which must outlive this.
  explicit StopSignals(EventSource& source);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
};

// While it lives, SIGUSR1 makes the outputs open anew what they have open, as logrotate wants it.
class ReopenSignal {
 public:
  // Borrows the dispatcher, which must be started.
  explicit ReopenSignal(Dispatcher& dispatcher);
  ~ReopenSignal();
  ReopenSignal(const ReopenSignal&) = delete;
  ReopenSignal& operator=(const ReopenSignal&) = delete;
};

// While it lives, SIGHUP makes the rules and the configuration be loaded anew.
class ReloadSignal {
 public:
  // Borrows the reloader.
  explicit ReloadSignal(Reloader& reloader);
  ~ReloadSignal();
  ReloadSignal(const ReloadSignal&) = delete;
  ReloadSignal& operator=(const ReloadSignal&) = delete;
};

}  // namespace saker

#endif  // SAKER_CMD_SIGNALS_H
