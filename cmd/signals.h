// SPDX-License-Identifier: Apache-2.0
// StopSignals: while it lives, SIGINT, SIGTERM and SIGALRM stop a source, so that the run drains
// and ends in order. The second signal of a kind kills, for the case that draining hangs. SIGPIPE
// is ignored: a closed pipe is an error of the write.
//
// Threads: one at a time.
#ifndef SAKER_CMD_SIGNALS_H
#define SAKER_CMD_SIGNALS_H

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

}  // namespace saker

#endif  // SAKER_CMD_SIGNALS_H
