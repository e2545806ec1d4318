// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/strings.h"
#include "tests/bench/machine.h"
#include "tests/bench/reference.h"
#include "tests/bench/text_table.h"

namespace saker::bench {
namespace {

// Medians of seven readings differ by chance by about half of the range between the quartiles.
constexpr double kSpreads = 1.5;
// What else differs between two runs of one build, as a part of the figure. A ratio is made within
// one run; the speed of the machine itself drifts by a third; one reading says little.
constexpr double kRatioDrift = 0.05;
constexpr double kMachineDrift = 0.33;
constexpr double kSingleDrift = 0.5;

// Differences that nobody minds, however small the figure was.
struct Negligible {
  std::string_view unit;
  double difference;
};
constexpr Negligible kNegligible[] = {{"% of one", 0.5}, {"ms", 0.1}};

double negligible(std::string_view unit) {
  const auto* found = std::ranges::find(kNegligible, unit, &Negligible::unit);
  return found == std::end(kNegligible) ? 0 : found->difference;
}

// A figure to compare: of a row without the sensor as well it is the ratio.
struct Figure {
  std::string name;
  std::string unit;
  double value = 0;
  double spread = 0;
  double drift = 0;
  bool is_ratio = false;
};

double relative_spread(const Summary& s) { return s.median == 0 ? 0 : s.spread / s.median; }

Figure figure_of(const Row& row, std::string name) {
  const bool is_ratio = row.off.has_value();
  const double drift = row.on.count == 1 ? kSingleDrift : is_ratio ? kRatioDrift : kMachineDrift;
  if (!is_ratio) {
    return {std::move(name), row.unit, row.on.median, row.on.spread, drift};
  }
  const double spread = std::hypot(relative_spread(row.on), relative_spread(*row.off));
  return {std::move(name), "ratio", row.ratio(), row.ratio() * spread, drift, true};
}

// Rows that belong to the last one that is not indented have its name in front of theirs.
std::vector<std::pair<std::string, const Row*>> named_rows(const Report& report) {
  std::vector<std::pair<std::string, const Row*>> named;
  std::string_view owner;
  for (const Row& row : report.rows) {
    if (row.name.starts_with(' ')) {
      named.emplace_back(std::string(owner) + ": " + std::string(trim(row.name)), &row);
    } else {
      owner = row.name;
      named.emplace_back(row.name, &row);
    }
  }
  return named;
}

std::string_view fact(const Report& report, std::string_view name) {
  const auto found = std::ranges::find(
      report.facts, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == report.facts.end() ? std::string_view() : found->second;
}

bool was_busy(const Report& report) {
  return leading_number(fact(report, "load average")).value_or(0) > kBusyLoad;
}

// Notes what differs in the machine, and whether it was busy; false when that makes figures
// incomparable that are not ratios.
bool compare_machines(const Report& before, const Report& after, std::vector<std::string>& notes) {
  struct Fact {
    std::string_view name;
    bool is_speed;
  };
  constexpr Fact kFacts[] = {
      {"processor", true}, {"build", true}, {"kernel", false}, {"rules", false}};
  const bool is_quiet = !was_busy(before) && !was_busy(after);
  if (!is_quiet) {
    notes.emplace_back(was_busy(before) ? "the machine was busy in the minute before the baseline"
                                        : "the machine was busy in the minute before this run");
  }
  bool is_comparable = is_quiet;
  for (const Fact& row : kFacts) {
    const std::string then(fact(before, row.name));
    const std::string now(fact(after, row.name));
    if (then != now) {
      notes.push_back("the baseline has another " + std::string(row.name) + ": " + then);
      is_comparable = is_comparable && !row.is_speed;
    }
  }
  if (!is_comparable) {
    notes.emplace_back("only ratios are compared");
  }
  return is_comparable;
}

constexpr std::string_view verdict_text(Verdict verdict) {
  return verdict == Verdict::kWorse ? "worse" : verdict == Verdict::kBetter ? "better" : "";
}

}  // namespace

Verdict Change::verdict() const noexcept {
  const double difference = after - before;
  return difference > allowed    ? Verdict::kWorse
         : difference < -allowed ? Verdict::kBetter
                                 : Verdict::kSame;
}

bool Comparison::has_regression() const noexcept {
  return std::ranges::any_of(
      changes, [](const Change& change) { return change.verdict() == Verdict::kWorse; });
}

Comparison compare(const Report& before, const Report& after) {
  Comparison comparison;
  const bool same_speed = compare_machines(before, after, comparison.notes);
  std::map<std::string, const Row*> old_rows;
  for (const auto& [name, row] : named_rows(before)) {
    old_rows[name] = row;
  }
  size_t added = 0;
  for (const auto& [name, row] : named_rows(after)) {
    const auto old = old_rows.find(name);
    if (row->is_context) {
      continue;
    }
    if (old == old_rows.end() || old->second->off.has_value() != row->off.has_value()) {
      ++added;
      continue;
    }
    const Figure then = figure_of(*old->second, name);
    const Figure now = figure_of(*row, name);
    if (same_speed || now.is_ratio) {
      const double allowed =
          std::max({kSpreads * std::max(then.spread, now.spread),
                    std::max(then.drift, now.drift) * then.value, negligible(now.unit)});
      comparison.changes.push_back({now.name, now.unit, then.value, now.value, allowed});
    }
  }
  if (added > 0) {
    comparison.notes.push_back("not in the baseline: " + std::to_string(added) + " figures");
  }
  return comparison;
}

std::string to_text(const Comparison& comparison) {
  std::vector<TableLine> lines = {
      {"compared with the baseline", "unit", "then", "now", "allowed", "verdict"}};
  for (const Change& change : comparison.changes) {
    if (change.verdict() != Verdict::kSame) {
      lines.push_back({change.name, change.unit, format_number(change.before),
                       format_number(change.after), "+-" + format_number(change.allowed),
                       std::string(verdict_text(change.verdict()))});
    }
  }
  std::string out;
  append_table(out, lines, {2, 4});
  const size_t changed = lines.size() - 1;
  out += std::to_string(comparison.changes.size() - changed) + " of " +
         std::to_string(comparison.changes.size()) + " figures are the same\n";
  for (const std::string& note : comparison.notes) {
    out += "note: " + note + '\n';
  }
  return out;
}

}  // namespace saker::bench
