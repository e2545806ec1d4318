// SPDX-License-Identifier: Apache-2.0
// AlertIds: unique ids for alerts, in rising order: UUIDs of version 7 (RFC 9562, 5.7), which hold
// the time of the alert in milliseconds.
//
// Not thread-safe.
#ifndef SAKER_OUTPUTS_ALERT_ID_H
#define SAKER_OUTPUTS_ALERT_ID_H

#include <cstdint>
#include <string>

namespace saker {

class AlertIds {
 public:
  AlertIds();  // random per run

  // "0197a3c2-5d1e-7000-8000-3f9a51c07d2b". `time_ns`: Unix time.
  [[nodiscard]] std::string next(int64_t time_ns);

 private:
  // The 74 bits beside the time: a counter, which no run exhausts, in front of random ones.
  uint64_t count_ = 0;
  uint32_t random_ = 0;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_ID_H
