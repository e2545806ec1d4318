// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/run_summary.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/base/strings.h"

namespace saker::bench {
namespace {

// Takes the number and the blanks behind it off the front of `text`.
std::optional<uint64_t> take_number(std::string_view& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) {
    return {};
  }
  text = trim(text.substr(static_cast<size_t>(end - text.data())));
  return number;
}

// Rows of the summary that are added up.
struct Counter {
  std::string_view heading;
  std::string_view name;  // how it begins
  uint64_t RunSummary::* sum;
};
constexpr Counter kCounters[] = {{"counts:", "source: filtered", &RunSummary::filtered},
                                 {"losses:", "probe: ", &RunSummary::lost}};

}  // namespace

std::optional<RunSummary> parse_run_summary(std::string_view log) {
  std::optional<RunSummary> summary;
  std::string_view heading;
  while (!log.empty()) {
    std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    heading = line.starts_with(' ') ? heading : line;
    // The first line may stand behind a log level.
    line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
    const auto number = take_number(line);
    if (number && line.starts_with("events in ")) {
      summary = RunSummary{.delivered = *number};
    }
    for (const Counter& counter : kCounters) {
      if (number && summary && heading == counter.heading && line.starts_with(counter.name)) {
        (*summary).*counter.sum += *number;
      }
    }
  }
  return summary;
}

}  // namespace saker::bench
