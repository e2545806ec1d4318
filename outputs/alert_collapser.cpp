// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_collapser.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/alert.h"

namespace saker {
namespace {

// Unequal values give unequal texts: each begins with its type.
void append_value(std::string& out, const OutputValue& value) {
  out += static_cast<char>('0' + value.value.index());
  if (const auto* text = std::get_if<std::string>(&value.value)) {
    out += std::to_string(text->size()) + ':' + *text;
  } else if (const auto* list = std::get_if<OutputList>(&value.value)) {
    out += std::to_string(list->size()) + ':';
    for (const OutputValue& item : *list) {
      append_value(out, item);
    }
  } else if (const auto* real = std::get_if<double>(&value.value)) {
    out += std::to_string(*real);
  } else if (const auto* number = std::get_if<int64_t>(&value.value)) {
    out += std::to_string(*number);
  } else if (const auto* natural = std::get_if<uint64_t>(&value.value)) {
    out += std::to_string(*natural);
  } else if (const auto* flag = std::get_if<bool>(&value.value)) {
    out += *flag ? '1' : '0';
  }
  out += ';';
}

}  // namespace

std::string AlertCollapser::key_of(const Alert& alert) const {
  std::string key = alert.rule + '\0' + std::string(alert.decision) + '\0';
  for (const std::string& name : options_.key_fields) {
    const OutputValue* value = find_field(alert, name);
    append_value(key, value == nullptr ? OutputValue{} : *value);
  }
  return key;
}

void AlertCollapser::add(AlertPtr alert, Clock::time_point now, std::vector<AlertPtr>& passing) {
  if (options_.window.count() == 0) {
    passing.push_back(std::move(alert));
    return;
  }
  end_due(now, passing);
  std::string key = key_of(*alert);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    Window& window = *found->second;
    if (window.last == nullptr) {
      window.first_time_ns = alert->time_ns;
      ++held_;
    } else {
      ++collapsed_;
    }
    window.last = std::move(alert);
    ++window.count;
    return;
  }
  if (windows_.size() == kMaxWindows) {
    end_oldest(passing);
  }
  windows_.push_back({.key = key, .end = now + options_.window});
  by_key_.emplace(std::move(key), std::prev(windows_.end()));
  passing.push_back(std::move(alert));
}

void AlertCollapser::end_due(Clock::time_point now, std::vector<AlertPtr>& passing) {
  while (!windows_.empty() && windows_.front().end <= now) {
    end_oldest(passing);
  }
}

void AlertCollapser::end_all(std::vector<AlertPtr>& passing) {
  while (!windows_.empty()) {
    end_oldest(passing);
  }
}

std::optional<AlertCollapser::Clock::time_point> AlertCollapser::next_due() const {
  return windows_.empty() ? std::nullopt : std::optional(windows_.front().end);
}

void AlertCollapser::end_oldest(std::vector<AlertPtr>& passing) {
  const Window& window = windows_.front();
  if (window.last != nullptr) {
    auto alert = std::make_shared<Alert>(*window.last);
    alert->repeat_count = window.count;
    alert->first_time_ns = window.first_time_ns;
    passing.push_back(std::move(alert));
    --held_;
  }
  by_key_.erase(window.key);
  windows_.pop_front();
}

}  // namespace saker
