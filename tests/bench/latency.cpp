// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "tests/bench/clock.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"
#include "tests/bench/sensor_run.h"

namespace saker::bench {
namespace {

constexpr double kMs = 1e6;  // nanoseconds

// Time between two alerts: long enough that each is an event of its own on an idle machine, and
// random so that no timer of the sensor stays in step with it.
constexpr long kMinGapNs = 5'000'000;
constexpr long kMaxGapNs = 10'000'000;

// The load beside the alerts: 20,000 open+close per second in small bursts.
constexpr int kBurst = 20;
constexpr long kBurstGapNs = 1'000'000;

int64_t realtime_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

void pace(long ns) {
  const timespec gap = {0, ns};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, nullptr);
}

void open_and_close(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY);
  SAKER_CHECK(fd >= 0);
  ::close(fd);
}

// A child process that runs `body`, then exits; killed when this object goes.
class Child {
 public:
  explicit Child(const std::function<void()>& body) : pid_(::fork()) {
    SAKER_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      body();
      ::_exit(0);
    }
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  pid_t pid_;
};

// Files whose opening the rule reports, and when each was about to be opened, in memory that is
// shared with the child that opens them.
class Needles {
 public:
  Needles(const ScratchDir& dir, size_t count)
      : rule_(dir.write("rule.yaml",
                        "- rule: Bench needle opened\n"
                        "  desc: A file of the latency benchmark was opened\n"
                        "  condition: evt.type in (open, openat, openat2) and fd.name startswith " +
                            dir.file("needle-") +
                            "\n"
                            "  output: needle (file=%fd.name)\n"
                            "  priority: NOTICE\n")) {
    for (size_t i = 0; i < count; ++i) {
      std::array<char, 32> name{};
      std::snprintf(name.data(), name.size(), "needle-%06zu", i);
      paths_.push_back(dir.write(name.data(), ""));
    }
    void* memory = ::mmap(nullptr, count * sizeof(int64_t), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    SAKER_CHECK(memory != MAP_FAILED);
    opened_ns_ = static_cast<int64_t*>(memory);
  }
  ~Needles() { ::munmap(opened_ns_, paths_.size() * sizeof(int64_t)); }
  Needles(const Needles&) = delete;
  Needles& operator=(const Needles&) = delete;

  [[nodiscard]] const std::string& rule() const noexcept { return rule_; }
  [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }
  [[nodiscard]] int64_t opened_ns(size_t i) const noexcept { return opened_ns_[i]; }

  void open(size_t i) const {
    opened_ns_[i] = realtime_ns();
    open_and_close(paths_[i]);
  }

 private:
  std::string rule_;
  std::vector<std::string> paths_;
  int64_t* opened_ns_ = nullptr;
};

void open_all(const Needles& needles) {
  std::minstd_rand random(1);
  std::uniform_int_distribution<long> gap_ns(kMinGapNs, kMaxGapNs);
  for (size_t i = 0; i < needles.paths().size(); ++i) {
    pace(gap_ns(random));
    needles.open(i);
  }
}

[[noreturn]] void open_in_bursts(const std::string& path) {
  while (true) {
    pace(kBurstGapNs);
    for (int i = 0; i < kBurst; ++i) {
      open_and_close(path);
    }
  }
}

// Latencies in ms of the alerts that came. An alert is found by the name of its file.
std::vector<double> latencies_ms(const test::Sensor& sensor, const Needles& needles) {
  std::vector<double> result;
  for (size_t i = 0; i < needles.paths().size(); ++i) {
    const auto alert = std::ranges::find_if(sensor.alerts(), [&](const std::string& line) {
      return line.find(needles.paths()[i]) != std::string::npos;
    });
    if (alert != sensor.alerts().end()) {
      const auto index = static_cast<size_t>(alert - sensor.alerts().begin());
      const int64_t ns = sensor.alert_times_ns()[index] - needles.opened_ns(i);
      result.push_back(static_cast<double>(ns) / kMs);
    }
  }
  return result;
}

struct Situation {
  const char* name;
  const char* reference;
  bool beside_load;
  std::optional<double> p50_budget_ms;
  std::optional<double> p99_budget_ms;
};
constexpr Situation kSituations[] = {
    {"alert latency, quiet", "alert latency, quiet", false, 0.3, 1.0},
    {"alert latency, 20k open+close/s", "alert latency under 20 k", true, {}, {}},
};

Result<std::vector<double>> measure_alerts(const BenchOptions& options, const ScratchDir& dir,
                                           bool beside_load) {
  const Needles needles(dir, static_cast<size_t>(options.alerts));
  const std::string plain = dir.write("plain", "");
  auto sensor = start_sensor(options, needles.rule());
  if (!sensor) {
    return sensor.error();
  }
  std::unique_ptr<Child> load;
  if (beside_load) {
    load = std::make_unique<Child>([&] { open_in_bursts(plain); });
  }
  const Child opener([&] { open_all(needles); });
  constexpr auto kPatience = std::chrono::seconds(5);
  const auto longest = std::chrono::nanoseconds(kMaxGapNs) * options.alerts + kPatience;
  (*sensor)->wait_for_alert({needles.paths().back()},
                            std::chrono::duration_cast<std::chrono::milliseconds>(longest));
  load.reset();
  if (auto stopped = stop_sensor(**sensor); !stopped) {
    return stopped.error();
  }
  return latencies_ms(**sensor, needles);
}

}  // namespace

Result<void> measure_latency(const BenchRun& run) {
  for (const Situation& situation : kSituations) {
    const ScratchDir dir;
    const auto ms = measure_alerts(run.options, dir, situation.beside_load);
    if (!ms) {
      return ms.error();
    }
    const size_t expected = static_cast<size_t>(run.options.alerts);
    if (ms->empty()) {
      return Error{std::string(situation.name) + ": no alert came", 0, ""};
    }
    if (ms->size() < expected) {
      run.report.notes.push_back(std::string(situation.name) + ": " +
                                 std::to_string(expected - ms->size()) + " of " +
                                 std::to_string(expected) + " alerts did not come");
    }
    const auto add = [&](const std::string& what, double percent, std::optional<double> budget) {
      run.report.rows.push_back({situation.name + what,
                                 "ms",
                                 {},
                                 single(percentile(*ms, percent)),
                                 budget,
                                 run.reference.cell(situation.reference, "")});
    };
    add(", p50", 50, situation.p50_budget_ms);
    add(", p99", 99, situation.p99_budget_ms);
    add(", max", 100, {});
  }
  return {};
}

Result<void> measure_start(const BenchRun& run) {
  std::vector<double> ms;
  for (int i = 0; i < run.options.rounds; ++i) {
    const ScratchDir dir;
    const Needles needles(dir, 1);
    // Once a millisecond, so that the first alert comes as soon as the sensor can give one.
    const Child opener([&] {
      while (true) {
        pace(1'000'000);
        open_and_close(needles.paths().front());
      }
    });
    const int64_t began = realtime_ns();
    auto sensor = start_sensor(run.options, needles.rule());
    if (!sensor) {
      return sensor.error();
    }
    const std::string alert =
        (*sensor)->wait_for_alert({needles.paths().front()}, std::chrono::seconds(10));
    if (alert.empty()) {
      return Error{"start: no alert came: " + (*sensor)->log(), 0, ""};
    }
    const auto index =
        std::ranges::find(sensor.value()->alerts(), alert) - sensor.value()->alerts().begin();
    const int64_t came = (*sensor)->alert_times_ns()[static_cast<size_t>(index)];
    ms.push_back(static_cast<double>(came - began) / kMs);
    if (auto stopped = stop_sensor(**sensor); !stopped) {
      return stopped;
    }
  }
  run.report.rows.push_back({"start to first alert",
                             "ms",
                             {},
                             summarise(ms),
                             400,
                             run.reference.cell("start to first alert", "")});
  return {};
}

}  // namespace saker::bench
