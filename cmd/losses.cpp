// SPDX-License-Identifier: Apache-2.0
#include "cmd/losses.h"

#include <algorithm>
#include <map>

namespace saker {

uint64_t total(const std::vector<Loss>& losses) noexcept {
  uint64_t sum = 0;
  for (const Loss& loss : losses) {
    sum += loss.count;
  }
  return sum;
}

std::string to_text(const std::vector<Loss>& losses) {
  std::string text;
  for (const Loss& loss : losses) {
    if (loss.count != 0) {
      text += text.empty() ? "" : ", ";
      text += loss.stage + " " + loss.reason + " " + std::to_string(loss.count);
    }
  }
  return text;
}

std::shared_ptr<Alert> make_loss_alert(const std::vector<Loss>& losses, uint64_t events,
                                       const AlertOrigin& origin) {
  std::map<std::string, uint64_t> numbers = {{"n_evts", events}, {"n_drops", total(losses)}};
  for (const Loss& loss : losses) {
    if (loss.count != 0) {
      std::string name = "n_drops_" + loss.stage + "_" + loss.reason;
      std::ranges::replace(name, ' ', '_');
      numbers[name] += loss.count;
    }
  }
  std::map<std::string, std::string> fields;
  for (const auto& [name, number] : numbers) {
    fields[name] = std::to_string(number);
  }
  return make_internal_alert("events lost", Priority::kWarning, origin, fields);
}

bool LossReporter::is_due(const std::vector<Loss>& losses, int64_t now_ns) noexcept {
  const uint64_t now = total(losses);
  if (now <= reported_ || now_ns < next_ns_) {
    return false;
  }
  reported_ = now;
  next_ns_ = now_ns + kIntervalNs;
  return true;
}

}  // namespace saker
