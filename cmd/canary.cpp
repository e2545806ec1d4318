// SPDX-License-Identifier: Apache-2.0
#include "cmd/canary.h"

#include <string>
#include <utility>

namespace saker {

Canary::News Canary::tend(uint64_t now_boot_ns, bool is_complete) {
  if (is_awaited_ && !is_complete) {
    return News::kNone;
  }
  const bool was_missing = std::exchange(is_missing_, is_awaited_);
  counts_.missing += is_missing_ ? 1U : 0U;
  due_boot_ns_ = now_boot_ns + static_cast<uint64_t>(std::chrono::nanoseconds(interval_).count());
  is_awaited_ = true;
  send_(++counts_.sent);
  return is_missing_ == was_missing ? News::kNone : is_missing_ ? News::kMissing : News::kBack;
}

std::shared_ptr<Alert> make_canary_alert(const Canary& canary, const AlertOrigin& origin) {
  return make_internal_alert("canary did not come back", Priority::kCritical, origin,
                             {{"canary.interval_s", std::to_string(canary.interval().count())},
                              {"canary.missing", std::to_string(canary.counts().missing)},
                              {"canary.sent", std::to_string(canary.counts().sent)}});
}

}  // namespace saker
