// SPDX-License-Identifier: Apache-2.0
#include "cmd/summary.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

namespace saker {
namespace {

using Rows = std::vector<std::pair<std::string, uint64_t>>;

void append_row(std::string& out, uint64_t number, std::string_view name) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "  %10llu  ", static_cast<unsigned long long>(number));
  out += text.data();
  out += name;
  out += '\n';
}

// A heading and its rows; nothing when all are 0.
void append_rows(std::string& out, std::string_view heading, const Rows& rows) {
  bool any = false;
  for (const auto& [name, number] : rows) {
    if (number != 0) {
      if (!any) {
        out += heading;
        out += '\n';
        any = true;
      }
      append_row(out, number, name);
    }
  }
}

Rows largest_first(Rows rows) {
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.second > b.second; });
  return rows;
}

uint64_t sum(const Rows& rows) {
  uint64_t all = 0;
  for (const auto& row : rows) {
    all += row.second;
  }
  return all;
}

}  // namespace

std::string render(Summary summary) {
  Rows by_rule;
  std::map<Priority, uint64_t> by_priority;
  for (const RuleCount& count : summary.rules) {
    by_rule.emplace_back(count.rule, count.alerts);
    by_priority[count.priority] += count.alerts;
  }
  Rows priorities;
  for (const auto& [priority, alerts] : by_priority) {
    priorities.emplace_back(to_string(priority), alerts);
  }
  Rows losses;
  for (const Loss& loss : summary.losses) {
    losses.emplace_back(loss.stage + ": " + loss.reason, loss.count);
  }
  std::array<char, 128> head{};
  std::snprintf(head.data(), head.size(), "%llu events in %.1f s, %llu alerts, %llu lost\n",
                static_cast<unsigned long long>(sum(summary.events)), summary.seconds,
                static_cast<unsigned long long>(sum(by_rule)),
                static_cast<unsigned long long>(sum(losses)));
  std::string out = head.data();
  append_rows(out, "events by type:", largest_first(std::move(summary.events)));
  append_rows(out, "alerts by priority:", priorities);
  append_rows(out, "alerts by rule:", largest_first(std::move(by_rule)));
  append_rows(out, "counts:", summary.counts);
  append_rows(out, "losses:", losses);
  return out;
}

}  // namespace saker
