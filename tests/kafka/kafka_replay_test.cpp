// SPDX-License-Identifier: Apache-2.0
// The sensor and a broker, both ended while alerts are under way: nothing is lost, and what is
// there twice is what README ("Kafka") says.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/record_writer.h"
#include "probes/capture.h"
#include "tests/kafka/kafka_broker.h"
#include "tests/kafka/kafka_client.h"
#include "tests/support/corpus.h"
#include "tests/support/fake_root.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

constexpr uint64_t kProcesses = 10;  // as many keys
#if defined(__SANITIZE_ADDRESS__)
constexpr uint64_t kAlerts = 20'000;  // each takes much more time and memory
#else
constexpr uint64_t kAlerts = 100'000;
#endif
constexpr uint64_t kAlertsOfMock = 20'000;  // it drops older ones
constexpr const char* kTopic = "replayed";

constexpr std::string_view kRule =
    "- rule: File opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat and fd.name startswith /tmp/\n"
    "  output: opened (file=%fd.name by=%proc.name)\n"
    "  priority: WARNING\n";

ev_task make_task(uint64_t process) {
  ev_task task{};
  task.pid = task.tid = task.vpid = task.vtid = static_cast<uint32_t>(1000 + process);
  task.ppid = 1;
  task.start_boot_ns = task.pid;
  const std::string name = "process-" + std::to_string(process);
  std::strncpy(task.comm, name.c_str(), sizeof(task.comm) - 1);
  return task;
}

// Opens of /tmp/0, /tmp/1 and so on, by the processes in turn.
void make_capture(const std::string& path, uint64_t alerts) {
  Result<std::unique_ptr<CaptureWriter>> capture =
      CaptureWriter::create(path, {.boot_to_epoch_ns = 0, .hostname = "host"});
  ASSERT_TRUE(capture);
  RecordWriter record;
  for (uint64_t i = 0; i < alerts; ++i) {
    const std::string name = "/tmp/" + std::to_string(i);
    ev_syscall call{};
    call.nr = SYS_openat;
    call.ret = 3;
    ev_file file{};
    file.fd = 3;
    file.inode.mode = S_IFREG | 0600;
    record.begin(EV_SYSCALL, i + 1, make_task(i % kProcesses));
    record.body(call);
    record.section(EV_SEC_STRING, 0, name);
    record.file(0, file, name);
    ASSERT_TRUE((*capture)->write(record.finish()));
  }
  ASSERT_TRUE((*capture)->close());
}

struct Arrived {
  uint64_t seq = 0;
  uint64_t file = 0;
  std::string id;
  std::string key;
};

Arrived parse(const KafkaRecord& record) {
  const Json alert = parse_json(record.body);
  Arrived arrived;
  arrived.seq = std::stoull(record.headers.at("seq"));
  arrived.file = std::stoull(alert["output_fields"]["fd.name"].text.substr(sizeof("/tmp/") - 1));
  arrived.id = record.headers.at("id");
  arrived.key = record.key;
  EXPECT_EQ(alert["id"].text, arrived.id);
  EXPECT_EQ(alert["seq"].integer, static_cast<int64_t>(arrived.seq));
  EXPECT_EQ(arrived.key, "process-" + std::to_string(arrived.file % kProcesses));
  return arrived;
}

struct Contents {
  std::map<uint64_t, Arrived> by_seq;
  uint64_t duplicates = 0;
  uint64_t last_duplicate = 0;  // its number
};

// Expects alerts of one key in order, when they are there for the first time.
Contents look_through(const std::vector<KafkaRecord>& records) {
  Contents contents;
  std::map<std::string, uint64_t> last_by_key;
  for (const KafkaRecord& record : records) {
    const Arrived arrived = parse(record);
    const auto [known, is_new] = contents.by_seq.try_emplace(arrived.seq, arrived);
    if (is_new) {
      EXPECT_LT(last_by_key[arrived.key], arrived.seq) << arrived.key;
      last_by_key[arrived.key] = arrived.seq;
    } else {
      EXPECT_EQ(known->second.id, arrived.id);
      ++contents.duplicates;
      contents.last_duplicate = std::max(contents.last_duplicate, arrived.seq);
    }
  }
  return contents;
}

class KafkaReplay : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<KafkaBroker>> started = KafkaBroker::start();
    ASSERT_TRUE(started) << started.error().to_string();
    broker_ = std::move(*started);
    ASSERT_TRUE(broker_->create_topic(kTopic, 4));
    alerts_ = broker_->is_real() ? kAlerts : kAlertsOfMock;
    tail_ = std::make_unique<KafkaTail>(broker_->address(), kTopic);
    root_.file("rules.yaml", std::string(kRule));
    root_.file("saker.yaml", config());
    ASSERT_NO_FATAL_FAILURE(make_capture(root_.path("capture"), alerts_));
  }

  [[nodiscard]] std::string config() const {
    const std::pair<std::string, std::string> lines[] = {
        {"stdout_output: ", "{enabled: false}"},
        {"spool: ", "{directory: " + root_.path("spool") + "}"},
        {"kafka_output:", ""},
        {"  enabled: ", "true"},
        {"  brokers: ", "[" + broker_->address() + "]"},
        {"  topic: ", kTopic},
        {"  key: ", "proc.name"},
        {"  properties: ", "{linger.ms: 50, reconnect.backoff.max.ms: 500}"},
    };
    std::string text;
    for (const auto& [key, value] : lines) {
      text += key + value + "\n";
    }
    return text;
  }

  // `max_in_flight` bounds how many alerts go out in the time of linger.ms.
  [[nodiscard]] std::vector<std::string> args(int max_in_flight) const {
    const std::string limit = "kafka_output.max_in_flight=" + std::to_string(max_in_flight);
    return {"replay", "-c",  root_.path("saker.yaml"), "-r", root_.path("rules.yaml"),
            "-o",     limit, root_.path("capture")};
  }

  FakeRoot root_;
  std::unique_ptr<KafkaBroker> broker_;
  std::unique_ptr<KafkaTail> tail_;
  uint64_t alerts_ = 0;
};

TEST_F(KafkaReplay, NothingIsLostWhenBrokerAndSensorDie) {
  Program killed(args(500));  // for seconds at work
  ASSERT_TRUE(tail_->wait_for(1000));
  broker_->stop(SIGKILL);
  killed.send(SIGKILL);
  EXPECT_EQ(killed.finish().status, -SIGKILL);
  ASSERT_TRUE(broker_->start_again());

  Program second(args(5000));
  ASSERT_TRUE(tail_->wait_for(tail_->count() + alerts_ / 5));
  broker_->stop(SIGTERM);
  ASSERT_TRUE(broker_->start_again());
  const Finished finished = second.finish();
  EXPECT_EQ(finished.status, 0) << finished.err;

  const Result<std::vector<KafkaRecord>> records = read_topic(broker_->address(), kTopic);
  ASSERT_TRUE(records) << records.error().to_string();
  const Contents contents = look_through(*records);
  const auto& by_seq = contents.by_seq;
  std::cout << "[  KAFKA   ] " << by_seq.size() << " alerts, " << contents.duplicates << " twice\n";
  // The second run numbered its alerts without gaps, at the end.
  const uint64_t last = by_seq.rbegin()->first;
  ASSERT_GT(last, alerts_);
  const uint64_t first_of_second = last - alerts_ + 1;
  std::set<std::string> ids;
  uint64_t of_first = 0;
  for (const auto& [seq, arrived] : by_seq) {
    EXPECT_TRUE(ids.insert(arrived.id).second);
    const bool is_second = seq >= first_of_second;
    EXPECT_EQ(arrived.file, is_second ? seq - first_of_second : seq - 1);
    of_first += is_second ? 0U : 1U;
  }
  EXPECT_EQ(by_seq.size(), of_first + alerts_);
  // Of the killed one all numbers are there up to the last, but for the one left out by the spool.
  EXPECT_EQ(of_first, first_of_second - 2);
  // Only the kill made duplicates: the brokers know what they have after a restart.
  if (broker_->is_real()) {
    EXPECT_LT(contents.last_duplicate, first_of_second);
  }
}

}  // namespace
}  // namespace saker::test
