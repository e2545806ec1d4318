// SPDX-License-Identifier: Apache-2.0
#include "cmd/output_watch.h"

namespace saker {

std::vector<OutputWatch::Change> OutputWatch::update(const std::vector<SinkStats>& outputs,
                                                     int64_t now_ns) {
  std::vector<Change> changes;
  for (const SinkStats& output : outputs) {
    State& state = states_[output.name];
    if (output.failing && !state.is_reported && now_ns >= state.next_report_ns) {
      state.is_reported = true;
      state.next_report_ns = now_ns + kIntervalNs;
      changes.push_back({output.name, true, output.last_error});
    } else if (!output.failing && state.is_reported) {
      state.is_reported = false;
      changes.push_back({output.name, false, {}});
    }
  }
  return changes;
}

std::shared_ptr<Alert> make_output_alert(const OutputWatch::Change& change,
                                         const AlertOrigin& origin) {
  return make_internal_alert("output failing", Priority::kWarning, origin,
                             {{"error", change.error}, {"output", change.output}});
}

}  // namespace saker
