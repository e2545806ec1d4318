// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_config.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "outputs/kafka_sink.h"
#include "tests/support/fake_root.h"
#include "tests/support/sink_driver.h"

namespace saker::test {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

// What librdkafka is told, by the name of the property.
std::map<std::string, std::string> properties_of(const Values& values) {
  const Result<std::vector<KafkaProperty>> properties =
      kafka_properties(sink_settings("kafka", values));
  EXPECT_TRUE(properties) << properties.error().to_string();
  std::map<std::string, std::string> by_name;
  for (const KafkaProperty& property : *properties) {
    by_name[property.name] = property.value;
  }
  return by_name;
}

// Why the sink does not start, or "".
std::string start(const Values& values) {
  const Result<std::unique_ptr<Sink>> sink =
      KafkaSink::make(sink_settings("kafka", values), AlertFormat("json", {}));
  if (!sink) {
    return sink.error().to_string();
  }
  const Result<void> opened = (*sink)->open();
  return opened ? "" : opened.error().to_string();
}

TEST(KafkaConfig, DefaultsLoseNothing) {
  const auto properties = properties_of({{"brokers", "a:9092"}, {"brokers", "b:9092"}});
  const std::map<std::string, std::string> expected = {
      {"bootstrap.servers", "a:9092,b:9092"},
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},
      {"compression.codec", "lz4"},
      {"client.id", "saker"},
      {"queue.buffering.max.messages", "5000"},
      {"queue.buffering.max.kbytes", "32768"},
      {"topic.metadata.refresh.interval.ms", "30000"},
      {"statistics.interval.ms", "5000"},
      {"security.protocol", "plaintext"},
  };
  EXPECT_EQ(properties, expected);
}

TEST(KafkaConfig, SecretsComeFromFiles) {
  FakeRoot root;
  root.file("password", "line one \n");
  root.file("key-password", "k");
  const std::string password = root.path("password");
  const std::string key_password = root.path("key-password");
  const auto properties = properties_of({{"security.protocol", "sasl_ssl"},
                                         {"security.username", "me"},
                                         {"security.password_file", password},
                                         {"tls.key_password_file", key_password}});
  EXPECT_EQ(properties.at("sasl.mechanism"), "SCRAM-SHA-512");
  EXPECT_EQ(properties.at("sasl.username"), "me");
  EXPECT_EQ(properties.at("sasl.password"), "line one ");
  EXPECT_EQ(properties.at("ssl.key.password"), "k");
}

TEST(KafkaConfig, PropertiesWin) {
  const auto properties = properties_of({{"properties.acks", "1"},
                                         {"properties.security.protocol", "sasl_ssl"},
                                         {"security.username", "me"}});
  EXPECT_EQ(properties.at("acks"), "1");
  EXPECT_EQ(properties.at("security.protocol"), "sasl_ssl");
  EXPECT_EQ(properties.at("sasl.username"), "me");
}

TEST(KafkaConfig, MistakesFailTheStart) {
  FakeRoot root;
  root.file("empty", "\n");
  root.file("long", std::string(70'000, 'x'));
  root.file("text", "no certificate");
  const std::string empty = root.path("empty");
  const std::string too_long = root.path("long");
  const std::string text = root.path("text");
  const std::string missing = root.path("missing");
  const std::pair<Values, std::string> cases[] = {
      {{}, "kafka_output.brokers is empty"},
      {{{"topic", "{proc.name}"}},
       "kafka_output.topic: cannot hold {proc.name} ({host}, {rule}, {source} and {priority} only: "
       "other values are chosen by the processes that are watched, who could fill the cluster with "
       "topics)"},
      {{{"key", "{host"}}, "kafka_output.key: '{' without '}' (as in {priority})"},
      {{{"brokers", "a:1"}, {"properties.lingr.ms", "1"}},
       "kafka_output.properties.lingr.ms: No such configuration property: \"lingr.ms\""},
      {{{"brokers", "a:1"}, {"properties.linger.ms", "soon"}},
       "kafka_output.properties.linger.ms: Invalid value for configuration property "
       "\"queue.buffering.max.ms\""},
      {{{"brokers", "a:1"}, {"properties.acks", "0"}},
       "kafka_output: `acks` must be set to `all` when `enable.idempotence` is true"},
      {{{"brokers", "a:1"}, {"properties.delivery.report.only.error", "true"}},
       "kafka_output.properties.delivery.report.only.error: cannot be set: every delivery is "
       "reported"},
      {{{"brokers", "a:1"}, {"security.username", "me"}},
       "kafka_output.security.username has no effect with security.protocol plaintext (nobody "
       "would log in: use sasl_ssl)"},
      {{{"brokers", "a:1"}, {"tls.ca_file", text}},
       "kafka_output.tls.ca_file has no effect with security.protocol plaintext (nothing would be "
       "encrypted: use ssl or sasl_ssl)"},
      {{{"brokers", "a:1"}, {"security.protocol", "ssl"}, {"tls.ca_file", missing}},
       "kafka_output.tls.ca_file: cannot read '" + missing + "': No such file or directory"},
      {{{"security.password_file", missing}},
       "kafka_output.security.password_file: cannot read '" + missing +
           "': No such file or directory"},
      {{{"security.password_file", root.path()}},
       "kafka_output.security.password_file: cannot read '" + root.path() + "': Is a directory"},
      {{{"security.password_file", empty}},
       "kafka_output.security.password_file: '" + empty + "' is empty"},
      {{{"security.password_file", too_long}},
       "kafka_output.security.password_file: '" + too_long + "' is too long"},
      {{{"security.password", "secret"}, {"security.password_file", text}},
       "kafka_output.security.password and kafka_output.security.password_file are both set (only "
       "one can be the password)"},
  };
  for (const auto& [values, expected] : cases) {
    EXPECT_EQ(start(values), expected);
  }
  const std::string bad_ca =
      start({{"brokers", "a:1"}, {"security.protocol", "ssl"}, {"tls.ca_file", text}});
  EXPECT_TRUE(bad_ca.starts_with("kafka_output: ssl.ca.location failed")) << bad_ca;
}

TEST(KafkaConfig, NoLoginAndNoReachableBrokerAreNoMistakes) {
  EXPECT_EQ(start({{"brokers", "127.0.0.1:1"}}), "");
}

}  // namespace
}  // namespace saker::test
