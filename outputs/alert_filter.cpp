// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_filter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

bool AlertFilter::wants(const Alert& alert) const {
  if (alert.priority > least_severe || (!sources.empty() && !has(sources, alert.source))) {
    return false;
  }
  if (!tags.empty() &&
      std::ranges::none_of(tags, [&](const std::string& tag) { return has(alert.tags, tag); })) {
    return false;
  }
  return rules.empty() || std::ranges::any_of(rules, [&](const std::string& pattern) {
           return matches_wildcard(alert.rule, pattern);
         });
}

}  // namespace saker
