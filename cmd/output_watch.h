// SPDX-License-Identifier: Apache-2.0
// OutputWatch: says when an output begins to fail, and when it works again.
//
// Not thread-safe: belongs to the reader.
#ifndef SAKER_CMD_OUTPUT_WATCH_H
#define SAKER_CMD_OUTPUT_WATCH_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cmd/internal_alert.h"
#include "outputs/dispatcher.h"

namespace saker {

class OutputWatch {
 public:
  // One that comes and goes is reported this often at most.
  static constexpr int64_t kIntervalNs = 60'000'000'000;

  struct Change {
    std::string output;
    bool is_failing = false;  // false: it works again
    std::string error;        // of an output that fails
  };

  // What is worth a report since the last call. `now_ns`: of any clock, always the same one.
  [[nodiscard]] std::vector<Change> update(const std::vector<SinkStats>& outputs, int64_t now_ns);

 private:
  struct State {
    bool is_reported = false;
    int64_t next_report_ns = 0;
  };
  std::map<std::string, State> states_;  // by output
};

// Requires: the change is a failure.
[[nodiscard]] std::shared_ptr<Alert> make_output_alert(const OutputWatch::Change& change,
                                                       const AlertOrigin& origin);

}  // namespace saker

#endif  // SAKER_CMD_OUTPUT_WATCH_H
