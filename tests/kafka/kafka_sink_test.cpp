// SPDX-License-Identifier: Apache-2.0
// KafkaSink against a broker.
#include "outputs/kafka_sink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"
#include "tests/kafka/kafka_broker.h"
#include "tests/kafka/kafka_client.h"
#include "tests/kafka/kafka_delivery.h"
#include "tests/kafka/mock_cluster.h"
#include "tests/support/sink_driver.h"

namespace saker::test {
namespace {

using namespace std::chrono_literals;
using Values = std::vector<std::pair<std::string, std::string>>;
using Clock = std::chrono::steady_clock;

// One broker for all tests; ends with the program.
class KafkaSinkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Result<std::unique_ptr<KafkaBroker>> started = KafkaBroker::start();
    ASSERT_TRUE(started) << started.error().to_string();
    broker_ = std::move(*started);
  }
  static void TearDownTestSuite() { broker_.reset(); }
  void SetUp() override { ASSERT_NE(broker_, nullptr) << "no broker"; }

  // A topic of this test's own.
  static std::string make_topic(int partitions,
                                const std::map<std::string, std::string>& settings = {}) {
    static int count = 0;
    const std::string topic = "topic-" + std::to_string(++count);
    const Result<void> created = broker_->create_topic(topic, partitions, settings);
    EXPECT_TRUE(created) << created.error().to_string();
    return topic;
  }

  static inline std::unique_ptr<KafkaBroker> broker_;
};

std::unique_ptr<Sink> open_sink(const Values& values) {
  Result<std::unique_ptr<Sink>> sink =
      KafkaSink::make(sink_settings("kafka", values), AlertFormat("json", {}));
  SAKER_CHECK(sink);
  const Result<void> opened = (*sink)->open();
  SAKER_CHECK(opened);
  return std::move(*sink);
}

constexpr uint64_t kKeys = 7;

Message make_message(uint64_t seq, const std::string& topic, size_t body_size = 300) {
  Message message;
  message.seq = seq;
  message.id = "id-" + std::to_string(seq);
  message.rule = "Some rule";
  message.priority = Priority::kWarning;
  message.topic = topic;
  message.key = "key-" + std::to_string(seq % kKeys);
  message.body = std::to_string(seq);
  message.body.resize(body_size, ' ');
  return message;
}

std::vector<KafkaRecord> records_of(const KafkaBroker& broker, const std::string& topic) {
  Result<std::vector<KafkaRecord>> records = read_topic(broker.address(), topic);
  EXPECT_TRUE(records) << records.error().to_string();
  return records ? std::move(*records) : std::vector<KafkaRecord>();
}

// Ids 1 to `count` are there, those of a key in one partition and in order.
void expect_all(const std::vector<KafkaRecord>& records, uint64_t count) {
  std::set<uint64_t> seen;
  std::map<std::string, std::pair<int32_t, uint64_t>> last_by_key;
  for (const KafkaRecord& record : records) {
    const uint64_t seq = std::stoull(record.body);
    EXPECT_EQ(record.headers.at("id"), "id-" + std::to_string(seq));
    EXPECT_EQ(record.key, "key-" + std::to_string(seq % kKeys));
    auto [last, is_new] = last_by_key.try_emplace(record.key, record.partition, 0);
    EXPECT_EQ(last->second.first, record.partition);
    if (seen.insert(seq).second) {
      EXPECT_LT(last->second.second, seq) << record.key;
      last->second.second = seq;
    }
  }
  ASSERT_EQ(seen.size(), count);
  EXPECT_EQ(*seen.rbegin(), count);
  EXPECT_EQ(last_by_key.size(), std::min(kKeys, count));
}

double metric_value(const Sink& sink, std::string_view name) {
  double sum = 0;
  for (const Metric& metric : sink.metrics()) {
    for (const Metric::Sample& sample : metric.samples) {
      sum += metric.name == name ? sample.value : 0;
    }
  }
  return sum;
}

void wait_for_trouble(const Sink& sink, KafkaDelivery& delivery) {
  const Clock::time_point deadline = Clock::now() + 20s;
  while (!sink.trouble() && Clock::now() < deadline) {
    delivery.step(100ms);
  }
  EXPECT_TRUE(sink.trouble());
}

TEST_F(KafkaSinkTest, DeliversAllInOrderPerKey) {
  constexpr uint64_t kCount = 20'000;
  const std::string topic = make_topic(4);
  const auto sink =
      open_sink({{"brokers", broker_->address()}, {"properties.statistics.interval.ms", "1000"}});
  KafkaDelivery delivery(*sink);
  for (uint64_t seq = 1; seq <= kCount; ++seq) {
    delivery.add(make_message(seq, topic));
  }
  ASSERT_TRUE(delivery.run());
  EXPECT_EQ(delivery.acknowledged(), kCount);
  EXPECT_TRUE(delivery.failures().empty());
  EXPECT_FALSE(sink->trouble());
  EXPECT_EQ(metric_value(*sink, "saker_kafka_deliveries_total"), kCount);
  const std::vector<KafkaRecord> records = records_of(*broker_, topic);
  EXPECT_EQ(records.size(), kCount);
  expect_all(records, kCount);
  // Statistics come by themselves.
  const Clock::time_point deadline = Clock::now() + 20s;
  while (metric_value(*sink, "saker_kafka_sent_messages_total") < kCount &&
         Clock::now() < deadline) {
    delivery.step(100ms);
  }
  EXPECT_GE(metric_value(*sink, "saker_kafka_sent_messages_total"), kCount);
  EXPECT_GE(metric_value(*sink, "saker_kafka_broker_up"), 1);
}

TEST_F(KafkaSinkTest, MessagesCarryWhatTheAlertIs) {
  const std::string topic = make_topic(1);
  const auto sink =
      open_sink({{"brokers", broker_->address()}, {"topic", topic}, {"key", "{host}/{proc.name}"}});
  Alert alert;
  alert.priority = Priority::kCritical;
  alert.hostname = "web-1";
  alert.fields = {{"proc.name", {std::string("sh")}}};
  Message message = make_message(5, "");
  message.body.clear();
  message.priority = alert.priority;
  sink->render(alert, message);
  KafkaDelivery delivery(*sink);
  delivery.add(message);
  ASSERT_TRUE(delivery.run());
  const std::vector<KafkaRecord> records = records_of(*broker_, topic);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].key, "web-1/sh");
  EXPECT_EQ(records[0].body, message.body);
  EXPECT_EQ(records[0].body.front(), '{');
  EXPECT_EQ(records[0].body.back(), '}');
  EXPECT_EQ(records[0].headers,
            (std::map<std::string, std::string>{{"saker-schema", "saker.json/1"},
                                                {"content-type", "application/json"},
                                                {"id", "id-5"},
                                                {"seq", "5"},
                                                {"rule", "Some rule"},
                                                {"priority", "Critical"}}));
}

TEST_F(KafkaSinkTest, NothingIsLostWhileTheBrokerStopsTwice) {
  constexpr uint64_t kStep = 10'000;
  const std::string topic = make_topic(4);
  const auto sink =
      open_sink({{"brokers", broker_->address()}, {"properties.reconnect.backoff.max.ms", "500"}});
  KafkaDelivery delivery(*sink);
  uint64_t last = 0;
  const auto add_some = [&] {
    for (const uint64_t end = last + kStep; last < end;) {
      delivery.add(make_message(++last, topic));
    }
  };
  for (const int signal : {SIGKILL, SIGTERM}) {
    add_some();
    ASSERT_TRUE(delivery.run(kStep / 2));  // the rest is under way or waits
    broker_->stop(signal);
    add_some();
    wait_for_trouble(*sink, delivery);
    const Result<void> started = broker_->start_again();
    ASSERT_TRUE(started) << started.error().to_string();
  }
  ASSERT_TRUE(delivery.run());
  EXPECT_FALSE(sink->trouble());
  EXPECT_TRUE(delivery.refused().empty());
  const std::vector<KafkaRecord> records = records_of(*broker_, topic);
  expect_all(records, last);
  if (broker_->is_real()) {  // the mock cluster does not find what was sent twice
    EXPECT_EQ(records.size(), last);
  }
}

TEST_F(KafkaSinkTest, NothingIsLostWhileTheBrokerHangs) {
  if (!broker_->is_real()) {
    GTEST_SKIP() << "the mock cluster runs in this process";
  }
  constexpr uint64_t kCount = 20'000;
  const std::string topic = make_topic(4);
  const auto sink = open_sink({{"brokers", broker_->address()},
                               {"properties.socket.timeout.ms", "1000"},
                               {"properties.api.version.request.timeout.ms", "1000"}});
  KafkaDelivery delivery(*sink);
  for (uint64_t seq = 1; seq <= kCount; ++seq) {
    delivery.add(make_message(seq, topic));
  }
  ASSERT_TRUE(delivery.run(kCount / 2));
  broker_->pause();
  wait_for_trouble(*sink, delivery);
  broker_->resume();
  ASSERT_TRUE(delivery.run());
  EXPECT_EQ(delivery.acknowledged(), kCount);
  const std::vector<KafkaRecord> records = records_of(*broker_, topic);
  EXPECT_EQ(records.size(), kCount);
  expect_all(records, kCount);
}

// Takes connections and never answers.
class SilentListener {
 public:
  SilentListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    SAKER_CHECK(::bind(fd_.get(), generic, size) == 0 && ::listen(fd_.get(), 16) == 0 &&
                ::getsockname(fd_.get(), generic, &size) == 0);
    port_ = ::ntohs(address.sin_port);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  UniqueFd fd_;  // the kernel completes connections up to the backlog
  uint16_t port_ = 0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// How much of the CPU was used while something ran: near 1 when it spins.
template <typename Action>
double cpu_share_of(Action action) {
  const double cpu_before = cpu_seconds();
  const Clock::time_point begin = Clock::now();
  action();
  return (cpu_seconds() - cpu_before) / std::chrono::duration<double>(Clock::now() - begin).count();
}

// Such a sink keeps its messages, says why, and does not spin meanwhile.
void expect_trouble(std::string_view text, const Values& values) {
  SCOPED_TRACE(text);
  const auto sink = open_sink(values);
  const std::vector<Message> messages = {make_message(1, "alerts"), make_message(2, "alerts")};
  ASSERT_EQ(sink->send(messages), 2U);
  std::vector<Outcome> outcomes;
  const Clock::time_point deadline = Clock::now() + 20s;
  while (!sink->trouble() && Clock::now() < deadline) {
    sink->poll(100ms, outcomes);
  }
  EXPECT_LT(cpu_share_of([&] {
              for (int i = 0; i < 10; ++i) {
                sink->poll(100ms, outcomes);
              }
            }),
            0.5);
  EXPECT_TRUE(outcomes.empty());
  const std::optional<Error> trouble = sink->trouble();
  ASSERT_TRUE(trouble);
  EXPECT_NE(trouble->to_string().find(text), std::string::npos) << trouble->to_string();
}

TEST_F(KafkaSinkTest, SaysWhyNoBrokerCanBeReached) {
  expect_trouble(
      "Kafka: no connection to a Kafka broker: 127.0.0.1:1/bootstrap: Connect to "
      "ipv4#127.0.0.1:1 failed: Connection refused (check that kafka_output.brokers",
      {{"brokers", "127.0.0.1:1"}});
  expect_trouble("Kafka: the name of a Kafka broker cannot be resolved: ",
                 {{"brokers", "no-such-host.invalid:9092"}});
  const SilentListener silent;
  expect_trouble(
      "ApiVersionRequest failed: Local: Timed out",
      {{"brokers", silent.address()}, {"properties.api.version.request.timeout.ms", "300"}});
}

TEST_F(KafkaSinkTest, SaysWhyALoginFails) {
  if (!broker_->is_real()) {
    GTEST_SKIP() << "the mock cluster has no logins";
  }
  const std::string ca = broker_->certificate("ca.pem");
  const std::string other_ca = broker_->certificate("other-ca.pem");
  expect_trouble("Kafka: the login at a Kafka broker failed: ",
                 {{"brokers", broker_->login_address()},
                  {"security.protocol", "sasl_ssl"},
                  {"security.username", KafkaBroker::kUser},
                  {"security.password", "wrong"},
                  {"tls.ca_file", ca}});
  expect_trouble("Kafka: no TLS connection to a Kafka broker: ",
                 {{"brokers", broker_->mutual_tls_address()},
                  {"security.protocol", "ssl"},
                  {"tls.ca_file", other_ca}});
  expect_trouble("alert bad certificate", {{"brokers", broker_->mutual_tls_address()},
                                           {"security.protocol", "ssl"},
                                           {"tls.ca_file", ca}});
  expect_trouble("connecting to a SSL listener?", {{"brokers", broker_->login_address()}});
  expect_trouble(
      "Kafka: no TLS connection to a Kafka broker: ",
      {{"brokers", broker_->address()}, {"security.protocol", "ssl"}, {"tls.ca_file", ca}});
}

// One message through a sink with these settings.
void expect_delivery(const std::string& topic, const Values& values) {
  const auto sink = open_sink(values);
  KafkaDelivery delivery(*sink);
  delivery.add(make_message(1, topic));
  EXPECT_TRUE(delivery.run()) << testing::PrintToString(values);
  EXPECT_EQ(delivery.acknowledged(), 1U);
}

TEST_F(KafkaSinkTest, LogsIn) {
  if (!broker_->is_real()) {
    GTEST_SKIP() << "the mock cluster has no logins";
  }
  const std::string topic = make_topic(1);
  const std::string ca = broker_->certificate("ca.pem");
  for (const char* mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    expect_delivery(topic, {{"brokers", broker_->login_address()},
                            {"security.protocol", "sasl_ssl"},
                            {"security.mechanism", mechanism},
                            {"security.username", KafkaBroker::kUser},
                            {"security.password", KafkaBroker::kPassword},
                            {"tls.ca_file", ca}});
  }
  expect_delivery(topic, {{"brokers", broker_->login_address()},
                          {"security.protocol", "sasl_ssl"},
                          {"security.mechanism", "OAUTHBEARER"},
                          {"properties.enable.sasl.oauthbearer.unsecure.jwt", "true"},
                          {"properties.sasl.oauthbearer.config", "principal=sensor"},
                          {"tls.ca_file", ca}});
  const std::string certificate = broker_->certificate("client.pem");
  const std::string key = broker_->certificate("client.key");
  expect_delivery(topic, {{"brokers", broker_->mutual_tls_address()},
                          {"security.protocol", "ssl"},
                          {"tls.cert_file", certificate},
                          {"tls.key_file", key},
                          {"tls.ca_file", ca}});
  EXPECT_EQ(records_of(*broker_, topic).size(), 5U);
}

TEST_F(KafkaSinkTest, TopicMayBeMadeLater) {
  if (!broker_->is_real()) {
    GTEST_SKIP() << "the mock cluster makes every topic";
  }
  const auto sink = open_sink({{"brokers", broker_->address()},
                               {"properties.topic.metadata.propagation.max.ms", "500"},
                               {"properties.topic.metadata.refresh.interval.ms", "500"}});
  KafkaDelivery delivery(*sink);
  for (uint64_t seq = 1; seq <= 20; ++seq) {
    delivery.add(make_message(seq, "made-later"));
  }
  const Clock::time_point deadline = Clock::now() + 20s;
  while (delivery.failures().empty() && Clock::now() < deadline) {
    delivery.step(100ms);
  }
  const std::string text =
      "Kafka topic 'made-later': the topic does not exist (create it; it is looked for again every "
      "topic.metadata.refresh.interval.ms)";
  ASSERT_EQ(delivery.failures().count(text), 1U) << delivery.failures().begin()->first;
  EXPECT_EQ(sink->trouble()->to_string(), text);
  ASSERT_TRUE(broker_->create_topic("made-later", 2));
  ASSERT_TRUE(delivery.run());
  EXPECT_FALSE(sink->trouble());
  expect_all(records_of(*broker_, "made-later"), 20);
}

TEST_F(KafkaSinkTest, MessageThatIsTooLargeIsRefusedForGood) {
  const std::string topic = make_topic(1);
  const auto sink =
      open_sink({{"brokers", broker_->address()}, {"properties.message.max.bytes", "2000"}});
  KafkaDelivery delivery(*sink);
  delivery.add(make_message(1, topic));
  delivery.add(make_message(2, topic, 3000));
  delivery.add(make_message(3, topic));
  ASSERT_TRUE(delivery.run());
  EXPECT_EQ(delivery.acknowledged(), 2U);
  EXPECT_EQ(delivery.refused(),
            (std::map<uint64_t, std::string>{
                {2, "Kafka topic '" + topic +
                        "': the message is too large (raise message.max.bytes in "
                        "kafka_output.properties and max.message.bytes of the topic)"}}));
}

TEST_F(KafkaSinkTest, OnlyTheMessageThatIsTooLargeIsLostOfItsBatch) {
  if (!broker_->is_real()) {
    GTEST_SKIP() << "the mock cluster takes messages of any size";
  }
  const std::string topic = make_topic(1, {{"max.message.bytes", "2000"}});
  const auto sink = open_sink(
      {{"brokers", broker_->address()}, {"compression", "none"}, {"properties.linger.ms", "50"}});
  KafkaDelivery delivery(*sink);
  for (uint64_t seq = 1; seq <= 20; ++seq) {
    delivery.add(make_message(seq, topic, seq == 10 ? 5000 : 300));
  }
  ASSERT_TRUE(delivery.run());
  EXPECT_EQ(delivery.acknowledged(), 19U);
  EXPECT_EQ(delivery.refused().size(), 1U);
  EXPECT_EQ(delivery.refused().count(10), 1U);
  EXPECT_EQ(records_of(*broker_, topic).size(), 19U);
}

TEST_F(KafkaSinkTest, TakesNoMoreThanMayBeInFlight) {
  const auto sink = open_sink({{"brokers", "127.0.0.1:1"}, {"max_in_flight", "10"}});
  std::vector<Message> messages;
  for (uint64_t seq = 1; seq <= 30; ++seq) {
    messages.push_back(make_message(seq, "alerts"));
  }
  EXPECT_EQ(sink->send(messages), 10U);
  EXPECT_EQ(sink->send(std::span(messages).subspan(10)), 0U);
  EXPECT_EQ(metric_value(*sink, "saker_kafka_deliveries_total"), 0);
}

TEST(KafkaProducer, IsReplacedWhenTheBrokersRefuseIt) {
  MockCluster cluster;
  cluster.create_topic("alerts", 1);
  cluster.refuse_producer();
  const auto sink = open_sink({{"brokers", cluster.address()}});
  KafkaDelivery delivery(*sink);
  for (uint64_t seq = 1; seq <= 100; ++seq) {
    delivery.add(make_message(seq, "alerts"));
  }
  EXPECT_LT(cpu_share_of([&] { EXPECT_TRUE(delivery.run()); }), 0.5);
  EXPECT_EQ(delivery.acknowledged(), 100U);
  ASSERT_EQ(delivery.failures().size(), 1U);
  const std::string& failure = delivery.failures().begin()->first;
  EXPECT_NE(failure.find("the user may not be an idempotent producer"), std::string::npos)
      << failure;
  EXPECT_FALSE(sink->trouble());
}

}  // namespace
}  // namespace saker::test
