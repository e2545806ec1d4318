// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/unique_fd.h"
#include "outputs/dispatcher.h"
#include "tests/bench/clock.h"
#include "tests/bench/command.h"
#include "tests/bench/mix.h"
#include "tests/bench/parts.h"
#include "tests/bench/scratch_dir.h"
#include "tests/kafka/kafka_broker.h"
#include "tests/kafka/kafka_client.h"
#include "tests/support/sample_alerts.h"

namespace saker::bench {
namespace {

constexpr size_t kCommands = 4000;
constexpr size_t kAlerts = kCommands * kMixOpensPerCommand;

// What 100,000 alerts a second leave for each, and 50,000.
constexpr double kStdoutBudgetNs = 10'000;
constexpr double kSpoolBudgetNs = 20'000;

// Wall time of a `saker replay` that gives kAlerts alerts, with its stdout on `out`.
Result<double> replay_ns(const std::vector<std::string>& args, std::optional<int> out) {
  std::vector<std::string_view> words = {SAKER_BINARY, "replay"};
  words.insert(words.end(), args.begin(), args.end());
  const double began = clock_ns(CLOCK_MONOTONIC);
  if (Result<void> done = run_command(words, "/", out); !done) {
    return std::move(done).error();
  }
  return clock_ns(CLOCK_MONOTONIC) - began;
}

// Reads a pipe to its end; the number of lines.
uint64_t count_lines(int fd) {
  uint64_t lines = 0;
  std::vector<char> buffer(1U << 16U);
  for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    lines += static_cast<uint64_t>(std::count(buffer.begin(), buffer.begin() + n, '\n'));
  }
  return lines;
}

Result<double> stdout_ns_per_alert(const std::vector<std::string>& args) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{"cannot make a pipe", errno, ""};
  }
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  uint64_t lines = 0;
  std::thread counter([&] { lines = count_lines(reader.get()); });
  const Result<double> spent = replay_ns(args, writer.get());
  writer.reset();
  counter.join();
  if (spent && lines != kAlerts) {
    return Error{std::to_string(lines) + " alerts instead of " + std::to_string(kAlerts), 0, ""};
  }
  return spent ? Result<double>(*spent / static_cast<double>(kAlerts)) : spent;
}

Result<double> quiet_ns_per_alert(const std::vector<std::string>& args) {
  const Result<double> spent = replay_ns(args, {});
  return spent ? Result<double>(*spent / static_cast<double>(kAlerts)) : spent;
}

// Arguments of the replay, of which each -o stands for one of `settings`.
std::vector<std::string> with(std::vector<std::string> args,
                              const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    args.insert(args.end(), {"-o", setting});
  }
  return args;
}

// Adds a row of what one alert takes, over the rounds.
template <typename Measure>
Result<void> add_row(const BenchRun& run, const char* name, double budget, Measure measure) {
  std::vector<double> ns;
  for (int i = 0; i < run.options.rounds; ++i) {
    const Result<double> one = measure();
    if (!one) {
      return one.error();
    }
    ns.push_back(*one);
  }
  run.report.rows.push_back({name, "ns", {}, summarise(ns), budget, ""});
  return {};
}

Result<void> add_kafka_row(const BenchRun& run, const std::vector<std::string>& args) {
  const auto broker = test::KafkaBroker::start();
  if (!broker) {
    return broker.error();
  }
  if (!(*broker)->is_real()) {
    run.report.notes.emplace_back("Kafka: librdkafka's mock cluster, since no broker can be had");
  }
  constexpr const char* kTopic = "alerts";
  if (Result<void> created = (*broker)->create_topic(kTopic, 3); !created) {
    return created;
  }
  const std::vector<std::string> words = with(
      args, {"kafka_output.enabled=true", "kafka_output.brokers=[" + (*broker)->address() + "]",
             std::string("kafka_output.topic=") + kTopic});
  test::KafkaTail tail((*broker)->address(), kTopic);
  size_t expected = 0;
  return add_row(run, "replay to Kafka through the spool, per alert", kSpoolBudgetNs,
                 [&]() -> Result<double> {
                   const Result<double> spent = quiet_ns_per_alert(words);
                   expected += kAlerts;
                   return !spent || tail.wait_for(expected)
                              ? spent
                              : Result<double>(Error{"alerts are missing in Kafka", 0, ""});
                 });
}

Result<void> add_throughput_rows(const BenchRun& run) {
  const ScratchDir scratch;
  const std::string capture = scratch.file("capture");
  if (Result<void> written = write_mix(capture, kCommands); !written) {
    return written;
  }
  const std::vector<std::string> piped =
      with({capture, "-r", scratch.write("rules.yaml", kMixRules)}, {"json_output=true"});
  const std::vector<std::string> spooled =
      with(piped, {"stdout_output.enabled=false", "spool.directory=" + scratch.file("spool")});
  Result<void> added = add_row(run, "replay to stdout as JSON, per alert", kStdoutBudgetNs,
                               [&] { return stdout_ns_per_alert(piped); });
  if (added) {
    const std::vector<std::string> to_file = with(
        spooled,
        {"file_output.enabled=true", "file_output.spool=true", "file_output.filename=/dev/null"});
    added = add_row(run, "replay to a file through the spool, per alert", kSpoolBudgetNs,
                    [&] { return quiet_ns_per_alert(to_file); });
  }
  return added ? add_kafka_row(run, spooled) : added;
}

// A number that one thread raises and another waits for.
class Progress {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// Notes how long after Alert::time_ns, which is a monotonic time here, a message came.
class TimedSink : public BlockingSink {
 public:
  TimedSink(std::vector<double>& latencies_us, Progress& written)
      : latencies_us_(latencies_us), written_(written) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "timed"; }
  Result<void> open() override { return {}; }
  void render(const Alert& alert, Message& message) const override {
    message.time_ns = alert.time_ns;
  }

 protected:
  Written write(std::span<const Message> messages) override {
    for (const Message& message : messages) {
      latencies_us_.push_back((clock_ns(CLOCK_MONOTONIC) - static_cast<double>(message.time_ns)) /
                              1000);
      written_.raise();
    }
    return {messages.size(), {}};
  }

 private:
  std::vector<double>& latencies_us_;
  Progress& written_;
};

// A reader that has stopped to read.
class BlockedSink : public BlockingSink {
 public:
  explicit BlockedSink(Progress& released) : released_(released) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "blocked"; }
  Result<void> open() override { return {}; }
  void render(const Alert& alert, Message& message) const override { message.body = alert.message; }

 protected:
  Written write(std::span<const Message> messages) override {
    released_.wait_for(1);
    return {messages.size(), {}};
  }

 private:
  Progress& released_;
};

constexpr int kLatencyAlerts = 2000;
constexpr DrainLimits kDrain{std::chrono::minutes(1), std::chrono::minutes(1)};

// Median time from submit() to the sink's write(), in microseconds, with or without a second sink
// that hangs.
double sink_latency_us(bool beside_blocked) {
  std::vector<double> latencies_us;
  Progress written;
  Progress released;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TimedSink>(latencies_us, written), {});
  if (beside_blocked) {
    dispatcher.add(std::make_unique<BlockedSink>(released), {.queue_capacity = 100});
  }
  SAKER_CHECK(dispatcher.start().has_value());
  for (int i = 0; i < kLatencyAlerts; ++i) {
    auto alert = std::make_shared<Alert>(test::typical_alert());
    alert->time_ns = static_cast<int64_t>(clock_ns(CLOCK_MONOTONIC));
    dispatcher.submit(std::move(alert));
    written.wait_for(i + 1);
  }
  released.raise();
  dispatcher.stop(kDrain);
  return summarise(latencies_us).median;
}

void add_latency_row(const BenchRun& run) {
  std::vector<double> alone;
  std::vector<double> beside;
  for (int i = 0; i < run.options.rounds; ++i) {
    alone.push_back(sink_latency_us(false));
    beside.push_back(sink_latency_us(true));
  }
  run.report.rows.push_back({"queue to sink, alone and beside a sink that hangs",
                             "us",
                             summarise(alone),
                             summarise(beside),
                             {},
                             ""});
}

}  // namespace

Result<void> measure_outputs(const BenchRun& run) {
  // A sensor's reader and its outputs run at the same time.
  const OnBothCpus both(run.options.cpus);
  add_latency_row(run);
  return add_throughput_rows(run);
}

}  // namespace saker::bench
