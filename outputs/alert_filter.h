// SPDX-License-Identifier: Apache-2.0
// AlertFilter: which alerts an output wants.
#ifndef SAKER_OUTPUTS_ALERT_FILTER_H
#define SAKER_OUTPUTS_ALERT_FILTER_H

#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/priority.h"

namespace saker {

// All criteria must hold; an empty list holds for every alert.
struct AlertFilter {
  Priority least_severe = Priority::kDebug;
  std::vector<std::string> tags{};     // the alert has one of them
  std::vector<std::string> rules{};    // its rule's name is one of them; `*` stands for any text
  std::vector<std::string> sources{};  // its source is one of them

  [[nodiscard]] bool wants(const Alert& alert) const;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_FILTER_H
