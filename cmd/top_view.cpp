// SPDX-License-Identifier: Apache-2.0
#include "cmd/top_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr size_t kNumberWidth = 12;
// Of the lists of events and rules when there is no window to fill.
constexpr size_t kDefaultListRows = 10;
constexpr size_t kMinListRows = 3;

// A label and its value; an empty name: any sample.
struct Label {
  std::string_view name;
  std::string_view value;
};

// One reading, looked at by names.
class Figures {
 public:
  explicit Figures(const MetricsReading& reading) : reading_(reading) {}

  // Sum of the samples of `name` that have the label; `name` with its suffix for histograms.
  [[nodiscard]] double sum(std::string_view name, Label label = {}) const {
    double all = 0;
    for_each(name, [&](const MetricFamily::Sample& sample) {
      if (label.name.empty() || sample.label(label.name) == label.value) {
        all += sample.value;
      }
    });
    return all;
  }

  // Sums by the values of a label, or of two with a blank between them.
  [[nodiscard]] std::map<std::string, double> by(std::string_view name, std::string_view label,
                                                 std::string_view second = {}) const {
    std::map<std::string, double> sums;
    for_each(name, [&](const MetricFamily::Sample& sample) {
      std::string key(sample.label(label));
      if (!second.empty()) {
        key += ' ';
        key += sample.label(second);
      }
      sums[key] += sample.value;
    });
    return sums;
  }

  [[nodiscard]] std::string label(std::string_view name, std::string_view label) const {
    std::string text;
    for_each(name, [&](const MetricFamily::Sample& sample) { text = sample.label(label); });
    return text;
  }

 private:
  void for_each(std::string_view name,
                const std::function<void(const MetricFamily::Sample&)>& visit) const {
    for (const MetricFamily& family : reading_.families) {
      if (name.starts_with(family.name)) {
        for (const MetricFamily::Sample& sample : family.samples) {
          if (sample.name == name) {
            visit(sample);
          }
        }
      }
    }
  }

  const MetricsReading& reading_;
};

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

// "1234", "56.7k", "8.9M": five characters tell enough.
std::string short_number(double value) {
  constexpr std::pair<double, char> kUnits[] = {{1e12, 'T'}, {1e9, 'G'}, {1e6, 'M'}, {1e4, 'k'}};
  for (const auto& [limit, unit] : kUnits) {
    if (value >= limit) {
      const double scaled = value / (unit == 'k' ? 1e3 : limit);
      return format(scaled < 100 ? "%.1f%c" : "%.0f%c", scaled, unit);
    }
  }
  return format(value == std::floor(value) || value >= 100 ? "%.0f" : "%.1f", value);
}

std::string bytes(double value) {
  constexpr std::pair<double, const char*> kUnits[] = {
      {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}};
  for (const auto& [size, unit] : kUnits) {
    if (value >= size) {
      return format("%.1f %s", value / size, unit);
    }
  }
  return format("%.0f B", value);
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  return whole >= 86400
             ? format("%lldd %02lldh", whole / 86400, whole % 86400 / 3600)
             : format("%02lld:%02lld:%02lld", whole / 3600, whole % 3600 / 60, whole % 60);
}

class View {
 public:
  View(const MetricsReading* before, const MetricsReading& now, const TopScreen& screen)
      : now_(now), screen_(screen) {
    if (before != nullptr) {
      before_.emplace(*before);
      seconds_ = std::chrono::duration<double>(now.taken - before->taken).count();
      // What the reader counts was taken some time before it was read.
      constexpr std::string_view kAge = "saker_snapshot_age_seconds";
      reader_seconds_ = seconds_ - now_.sum(kAge) + before_->sum(kAge);
    }
  }

  std::vector<std::string> render() {
    add_head();
    add_cost();
    add_outputs();
    add_losses();
    add_lists();
    return std::move(lines_);
  }

 private:
  // Per second; nothing when there is nothing to compare with, or the sensor was started anew.
  [[nodiscard]] std::optional<double> rate(double earlier, double later, double seconds) const {
    return before_ && seconds > 0 && later >= earlier ? std::optional((later - earlier) / seconds)
                                                      : std::nullopt;
  }
  // Of what the reader counts.
  [[nodiscard]] std::optional<double> reader_rate(std::string_view name) const {
    return before_ ? rate(before_->sum(name), now_.sum(name), reader_seconds_) : std::nullopt;
  }
  // Of what is counted elsewhere, and was up to date when it was read.
  [[nodiscard]] std::optional<double> rate(std::string_view name, Label label = {}) const {
    return before_ ? rate(before_->sum(name, label), now_.sum(name, label), seconds_)
                   : std::nullopt;
  }
  static std::string text(std::optional<double> per_second) {
    return per_second ? short_number(*per_second) : "-";
  }

  void add(std::string_view line, std::string_view style = {}) {
    std::string printable;
    append_printable(printable, line);
    if (screen_.columns != 0) {
      cut(printable, screen_.columns);
    }
    printable.erase(printable.find_last_not_of(' ') + 1);
    lines_.push_back(screen_.has_color && !style.empty()
                         ? std::string(style) + printable + std::string(kPlain)
                         : printable);
  }

  // After so many characters, not in the middle of one.
  static void cut(std::string& line, size_t characters) {
    size_t at = 0;
    for (; characters > 0 && at < line.size(); --characters) {
      at += std::max(decode_utf8(std::string_view(line).substr(at)).length, 1U);
    }
    line.resize(std::min(at, line.size()));
  }

  // The heading of a table, behind an empty line.
  void add_heading(std::string_view first, const std::vector<std::string>& columns) {
    add("");
    add_row(first, columns, kBold);
  }
  void add_row(std::string_view first, const std::vector<std::string>& columns,
               std::string_view style = {}) {
    std::string line;
    for (const std::string& column : columns) {
      line.append(kNumberWidth - std::min(kNumberWidth, column.size()), ' ');
      line += column;
    }
    line += "  ";
    line += first;
    add(line, style);
  }

  void add_head() {
    const auto cpu = rate("process_cpu_seconds_total");
    const auto age =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
    add("saker " + now_.label("saker_build_info", "version") + "  kernel " +
            now_.label("saker_kernel_info", "release") + "  up " +
            duration(std::max(0.0, age.count() - now_.sum("process_start_time_seconds"))) +
            "  rules " + short_number(now_.sum("saker_rules_loaded")),
        kBold);
    add("cpu " + (cpu ? format("%.1f%%", *cpu * 100) : "-") + "  memory " +
        bytes(now_.sum("process_resident_memory_bytes")) + "  processes " +
        short_number(now_.sum("saker_processes")) + "  containers " +
        short_number(now_.sum("saker_containers")));
    const double ring = now_.sum("saker_ring_buffer_size_bytes");
    add("events/s " + text(reader_rate("saker_events_total")) + "  alerts/s " +
        text(reader_rate("saker_rule_matches_total")) + "  ring " +
        (ring > 0 ? format("%.1f%%", now_.sum("saker_ring_buffer_used_bytes") / ring * 100)
                  : std::string("-")) +
        " of " + bytes(ring));
  }

  // What an event costs: in the reader, and in the kernel where that is counted.
  void add_cost() {
    add("evaluation " + mean("saker_evaluation_seconds_sum", "saker_evaluation_seconds_count") +
        " per event  bpf " + mean("saker_bpf_run_seconds_total", "saker_bpf_runs_total") +
        " per run, " + mean("saker_bpf_run_seconds_total", "saker_probe_records_total") +
        " per record");
  }
  // Between the readings or, when nothing was counted there, since the start.
  [[nodiscard]] std::string mean(std::string_view seconds, std::string_view count) const {
    double all_seconds = now_.sum(seconds);
    double all = now_.sum(count);
    if (before_ && all > before_->sum(count)) {
      all_seconds -= before_->sum(seconds);
      all -= before_->sum(count);
    }
    return all > 0 && all_seconds > 0 ? format("%.0f ns", all_seconds / all * 1e9) : "-";
  }

  void add_outputs() {
    add_heading("OUTPUT", {"QUEUED", "WRITTEN/S", "WRITTEN", "DROPPED", "SPOOLED", "OLDEST"});
    for (const auto& [output, written] : now_.by("saker_output_written_total", "output")) {
      const Label label = {"output", output};
      const double dropped = now_.sum("saker_output_dropped_total", label);
      const double oldest = now_.sum("saker_output_spool_oldest_age_seconds", label);
      const bool is_failing = now_.sum("saker_output_failing", label) != 0;
      const bool is_rising = rate("saker_output_dropped_total", label).value_or(0) > 0;
      add_row(output + (is_failing ? " (failing)" : ""),
              {short_number(now_.sum("saker_output_queued_alerts", label)),
               text(rate("saker_output_written_total", label)), short_number(written),
               short_number(dropped), short_number(now_.sum("saker_output_spooled_alerts", label)),
               oldest > 0 ? duration(oldest) : "-"},
              is_rising || is_failing ? kRed : std::string_view());
    }
  }

  void add_losses() {
    const auto all = now_.by("saker_losses_total", "stage", "reason");
    if (std::ranges::all_of(all, [](const auto& loss) { return loss.second == 0; })) {
      add("");
      add("nothing was lost");
      return;
    }
    const auto earlier = before_ ? before_->by("saker_losses_total", "stage", "reason")
                                 : std::map<std::string, double>();
    add_heading("LOST", {"LOST/S", "LOST"});
    for (const auto& [name, count] : all) {
      if (count != 0) {
        const auto found = earlier.find(name);
        const auto per_second =
            rate(found == earlier.end() ? 0 : found->second, count, reader_seconds_);
        add_row(name, {text(per_second), short_number(count)},
                per_second.value_or(0) > 0 ? kRed : std::string_view());
      }
    }
  }

  // Events and rules share the lines that are left.
  void add_lists() {
    size_t rows = kDefaultListRows;
    if (screen_.rows != 0) {
      constexpr size_t kHeadings = 4;  // of both lists, with the empty lines
      const size_t used = lines_.size() + kHeadings;
      rows = std::max(kMinListRows, screen_.rows > used ? (screen_.rows - used) / 2 : 0);
    }
    add_list("EVENT", "saker_events_total", "type", rows);
    add_list("RULE", "saker_rule_matches_total", "rule", rows);
    if (screen_.rows != 0) {
      lines_.resize(std::min(lines_.size(), screen_.rows));
    }
  }

  struct Entry {
    std::string name;
    std::optional<double> per_second;
    double total = 0;
  };

  // The most frequent ones now, then those that were so.
  void add_list(std::string_view title, std::string_view metric, std::string_view label,
                size_t rows) {
    const auto earlier = before_ ? before_->by(metric, label) : std::map<std::string, double>();
    std::vector<Entry> entries;
    for (const auto& [name, total] : now_.by(metric, label)) {
      if (total != 0) {
        const auto found = earlier.find(name);
        entries.push_back({name,
                           rate(found == earlier.end() ? 0 : found->second, total, reader_seconds_),
                           total});
      }
    }
    std::ranges::stable_sort(entries, std::greater(), [](const Entry& entry) {
      return std::pair(entry.per_second.value_or(0), entry.total);
    });
    entries.resize(std::min(entries.size(), rows));
    add_heading(title, {"PER SECOND", "TOTAL"});
    for (const Entry& entry : entries) {
      add_row(entry.name, {text(entry.per_second), short_number(entry.total)});
    }
  }

  std::optional<Figures> before_;
  const Figures now_;
  const TopScreen screen_;
  double seconds_ = 0;         // between the readings
  double reader_seconds_ = 0;  // between the reader's figures in them
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> render_top(const MetricsReading* before, const MetricsReading& now,
                                    const TopScreen& screen) {
  return View(before, now, screen).render();
}

}  // namespace saker
