// SPDX-License-Identifier: Apache-2.0
// ReplaySource: the records of a capture file (capture.h) as an EventSource.
#ifndef SAKER_PROBES_REPLAY_SOURCE_H
#define SAKER_PROBES_REPLAY_SOURCE_H

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "probes/event_source.h"

namespace saker {

// Fails when the file cannot be read or its header is not one of ours. A record that is cut off or
// corrupt makes next() return kFailed with the offset.
[[nodiscard]] Result<std::unique_ptr<EventSource>> open_replay_source(const std::string& path);

}  // namespace saker

#endif  // SAKER_PROBES_REPLAY_SOURCE_H
