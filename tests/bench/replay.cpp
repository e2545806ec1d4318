// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/event.h"
#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"
#include "probes/replay_source.h"
#include "tests/bench/clock.h"
#include "tests/bench/generated_rules.h"
#include "tests/bench/mix.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

// 5,000 commands are 205,000 records: 75 MB, more than any cache, as the ring is for a reader that
// falls behind.
constexpr size_t kCommands = 5000;

// All records of a capture in one block, as they lie in the ring.
class Records {
 public:
  static Result<Records> read(const std::string& path) {
    auto source = open_replay_source(path);
    if (!source) {
      return source.error();
    }
    Records records;
    std::span<const std::byte> record;
    while (true) {
      switch ((*source)->next(record, 0)) {
        case EventSource::Next::kRecord:
          records.add(record);
          break;
        case EventSource::Next::kFailed:
          return (*source)->error();
        default:
          return records;
      }
    }
  }

  // The first `count` of them, in order.
  template <typename Body>
  void for_each(size_t count, Body body) const {
    const auto* bytes = reinterpret_cast<const std::byte*>(words_.data());
    for (size_t i = 0; i < std::min(count, size()); ++i) {
      body(std::span(bytes + offsets_[i], offsets_[i + 1] - offsets_[i]));
    }
  }
  [[nodiscard]] size_t size() const noexcept { return offsets_.size() - 1; }

 private:
  void add(std::span<const std::byte> record) {
    words_.resize((offsets_.back() + record.size()) / sizeof(uint64_t));
    std::memcpy(reinterpret_cast<std::byte*>(words_.data()) + offsets_.back(), record.data(),
                record.size());
    offsets_.push_back(offsets_.back() + record.size());
  }

  std::vector<uint64_t> words_;  // of EV_ALIGN bytes each
  std::vector<size_t> offsets_ = {0};
};

// How far along the data path a pass goes.
enum class Depth : uint8_t { kDecode, kTrack, kMatch };

struct Pass {
  double ns_per_record = 0;
  uint64_t undecodable = 0;
  uint64_t matched = 0;
};

Pass run_pass(const Records& records, const std::shared_ptr<const RuleSet>& rules, Depth depth,
              size_t count) {
  Pass pass;
  Event event;
  Tracker tracker({});
  Matcher matcher(rules);
  const double began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  records.for_each(count, [&](std::span<const std::byte> record) {
    if (event.decode(record) != DecodeError::kNone) {
      ++pass.undecodable;
      return;
    }
    if (depth >= Depth::kTrack) {
      tracker.apply(event);
      if (depth == Depth::kMatch && event.is_matchable()) {
        pass.matched += matcher.match(event).size();
      }
      tracker.finish(event);
    }
  });
  const double spent = clock_ns(CLOCK_THREAD_CPUTIME_ID) - began;
  pass.ns_per_record = spent / static_cast<double>(std::min(count, records.size()));
  return pass;
}

using Files = std::vector<std::shared_ptr<const SourceText>>;

Result<std::shared_ptr<const RuleSet>> compile(const Files& files) {
  LoadResult loaded = load_rules(files, {});
  if (loaded.rules == nullptr) {
    const auto& items = loaded.diagnostics.items();
    return Error{"the rules do not load: " + (items.empty() ? "" : render(items.front())), 0, ""};
  }
  return std::move(loaded.rules);
}

Result<std::shared_ptr<const RuleSet>> compile_files(const std::vector<std::string>& paths) {
  Files files;
  for (const std::string& path : paths) {
    auto read = read_rule_files(path);
    if (!read) {
      return read.error();
    }
    files.insert(files.end(), read->begin(), read->end());
  }
  return compile(files);
}

// Rules that each name a file of their own, which nobody opens.
Result<std::shared_ptr<const RuleSet>> compile_anchored(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    text += "- rule: Anchored " + number +
            "\n  desc: Benchmark\n  condition: evt.type in (open, openat, openat2) and fd.name = "
            "/srv/anchor/" +
            number + "\n  output: opened\n  priority: INFO\n";
  }
  return compile({std::make_shared<const SourceText>("anchored.yaml", std::move(text))});
}

Result<std::shared_ptr<const RuleSet>> compile_generated(size_t count) {
  return compile({std::make_shared<const SourceText>("generated.yaml", generate_rules(count))});
}

Result<void> add_stage_rows(const BenchRun& run, const Records& records) {
  const auto rules = compile_files(run.options.rules);
  if (!rules) {
    return rules.error();
  }
  std::vector<double> decode;
  std::vector<double> track;
  std::vector<double> match;
  Pass last;
  for (int i = 0; i < run.options.rounds; ++i) {
    decode.push_back(run_pass(records, *rules, Depth::kDecode, records.size()).ns_per_record);
    track.push_back(run_pass(records, *rules, Depth::kTrack, records.size()).ns_per_record);
    last = run_pass(records, *rules, Depth::kMatch, records.size());
    match.push_back(last.ns_per_record);
  }
  const std::string reference = run.reference.cell("rule evaluation", "");
  const auto add = [&](const char* what, const std::vector<double>& ns,
                       std::optional<double> budget, std::string text) {
    run.report.rows.push_back({what, "ns", {}, summarise(ns), budget, std::move(text)});
  };
  add("user space per event", match, 250, "");
  add("  decode", decode, {}, "");
  add("  track", differences(track, decode), {}, "");
  add("  match", differences(match, track), {}, reference);
  if (last.undecodable > 0 || last.matched > 0) {
    run.report.notes.push_back("replay: of " + std::to_string(records.size()) + " records " +
                               std::to_string(last.undecodable) + " could not be decoded and " +
                               std::to_string(last.matched) + " matched a rule");
  }
  return {};
}

// One row for each number of rules. The budget of the last one: what the second one takes, plus
// this part of it.
struct Scaling {
  const char* rules;
  std::vector<size_t> counts;
  Result<std::shared_ptr<const RuleSet>> (*compile)(size_t count);
  std::optional<double> growth = {};
};

Result<void> add_scaling_rows(const BenchRun& run, const Records& records, const Scaling& scaling) {
  constexpr size_t kRecords = 20'000;  // enough for the ratio
  std::vector<std::shared_ptr<const RuleSet>> sets;
  for (const size_t count : scaling.counts) {
    auto rules = scaling.compile(count);
    if (!rules) {
      return rules.error();
    }
    sets.push_back(std::move(*rules));
  }
  std::vector<std::vector<double>> ns(sets.size());
  for (int round = 0; round < run.options.rounds; ++round) {
    for (size_t i = 0; i < sets.size(); ++i) {
      ns[i].push_back(run_pass(records, sets[i], Depth::kMatch, kRecords).ns_per_record);
    }
  }
  const double base = summarise(ns[ns.size() - 2]).median;
  for (size_t i = 0; i < ns.size(); ++i) {
    const bool is_bounded = scaling.growth && i + 1 == ns.size();
    run.report.rows.push_back(
        {"user space per event, " + std::to_string(scaling.counts[i]) + " " + scaling.rules,
         "ns",
         {},
         summarise(ns[i]),
         is_bounded ? std::optional(base * (1 + *scaling.growth)) : std::nullopt,
         ""});
  }
  return {};
}

Result<void> add_scaling_rows(const BenchRun& run, const Records& records) {
  constexpr double kFifth = 0.2;
  if (auto anchored = add_scaling_rows(
          run, records, {"rules with an anchor", {100, 10'000}, compile_anchored, kFifth});
      !anchored) {
    return anchored;
  }
  return add_scaling_rows(run, records,
                          {"generated rules", {10, 100, 1'000, 10'000}, compile_generated});
}

}  // namespace

Result<void> measure_replay(const BenchRun& run) {
  const ScratchDir dir;
  std::string path = run.options.capture;
  if (path.empty()) {
    path = dir.file("mix.cap");
    if (auto written = write_mix(path, kCommands); !written) {
      return written;
    }
  }
  const auto records = Records::read(path);
  if (!records) {
    return records.error();
  }
  if (records->size() == 0) {
    return Error{path + " holds no records", 0, ""};
  }
  if (auto stages = add_stage_rows(run, *records); !stages) {
    return stages;
  }
  return add_scaling_rows(run, *records);
}

}  // namespace saker::bench
