// SPDX-License-Identifier: Apache-2.0
// Losses: everything that got lost between the kernel and the outputs, in one list, and the
// regular report of what is new in it.
#ifndef SAKER_CMD_LOSSES_H
#define SAKER_CMD_LOSSES_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cmd/internal_alert.h"
#include "engine/alert.h"

namespace saker {

// A loss counter. Stages in the order of the data path: probe, decode, state, match, output NAME.
struct Loss {
  std::string stage;
  std::string reason;
  uint64_t count = 0;

  friend bool operator==(const Loss&, const Loss&) = default;
};

[[nodiscard]] uint64_t total(const std::vector<Loss>& losses) noexcept;
// "probe ring_full 12, output stdout queue_full 3"; counters that are 0 are left out.
[[nodiscard]] std::string to_text(const std::vector<Loss>& losses);

// Numbers are texts, as Falco has them.
[[nodiscard]] std::shared_ptr<Alert> make_loss_alert(const std::vector<Loss>& losses,
                                                     uint64_t events, const AlertOrigin& origin);

// Says when the losses are worth a report: when some are new, and the last report is long ago.
class LossReporter {
 public:
  static constexpr int64_t kIntervalNs = 10'000'000'000;

  // `now_ns`: of any clock, always the same one.
  [[nodiscard]] bool is_due(const std::vector<Loss>& losses, int64_t now_ns) noexcept;

 private:
  uint64_t reported_ = 0;
  int64_t next_ns_ = 0;
};

}  // namespace saker

#endif  // SAKER_CMD_LOSSES_H
