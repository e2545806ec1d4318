// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_template.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace saker {
namespace {

using Use = KafkaTemplate::Use;

Alert make_alert() {
  Alert alert;
  alert.priority = Priority::kCritical;
  alert.rule = "Shell in /tmp (web)";
  alert.source = "syscall";
  alert.hostname = "web-1.example";
  alert.fields = {
      {"container.id", {std::string("3ad7b26ded6d")}},
      {"fd.types", {OutputList{{std::string("file")}, {true}, {int64_t{-3}}}}},
      {"proc.exe", {std::monostate{}}},
      {"proc.name", {std::string("\xff../x\n")}},
      {"proc.pid", {uint64_t{42}}},
  };
  return alert;
}

std::string fill(Use use, std::string_view text) {
  const Result<KafkaTemplate> parsed = KafkaTemplate::parse(use, text);
  return parsed ? parsed.value().fill(make_alert()) : parsed.error().to_string();
}

TEST(KafkaTemplate, FillsInTopics) {
  constexpr std::string_view kOthers =
      " (letters, digits, '.', '_' and '-', and names as in {priority})";
  const std::pair<std::string_view, std::string> cases[] = {
      {"saker.alerts", "saker.alerts"},
      {"saker.{priority}", "saker.critical"},
      {"{source}_{host}", "syscall_web-1.example"},
      {"{rule}", "Shell-in--tmp--web-"},
      {"", "kafka_output.topic: must not be empty"},
      {"a b",
       "kafka_output.topic: has characters that Kafka does not allow" + std::string(kOthers)},
      {"a}", "kafka_output.topic: has characters that Kafka does not allow" + std::string(kOthers)},
      {"a{host", "kafka_output.topic: '{' without '}' (as in {priority})"},
      {"{proc.name}",
       "kafka_output.topic: cannot hold {proc.name} ({host}, {rule}, {source} and {priority} only: "
       "other values are chosen by the processes that are watched, who could fill the cluster with "
       "topics)"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(fill(Use::kTopic, text), expected) << text;
  }
  EXPECT_TRUE(fill(Use::kTopic, "{container}").starts_with("kafka_output.topic: cannot hold"));
}

TEST(KafkaTemplate, FillsInKeys) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"host", "web-1.example"},
      {"{host}", "web-1.example"},
      {"rule", "Shell in /tmp (web)"},
      {"container", "3ad7b26ded6d"},
      {"proc.name", "\xff../x\n"},
      {"{priority}/{proc.pid}", "critical/42"},
      {"fd.types", "file,true,-3"},
      {"proc.exe", ""},
      {"{host}:{no.such.field}", "web-1.example:"},
      {"{host", "kafka_output.key: '{' without '}' (as in {priority})"},
      {"{}", "kafka_output.key: a name is missing in {} (as in {proc.name})"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(fill(Use::kKey, text), expected) << text;
  }
}

TEST(KafkaTemplate, TopicsAndKeysAreBounded) {
  Alert alert;
  alert.rule = std::string(5000, 'r');
  for (const auto& [use, size] : {std::pair(Use::kTopic, KafkaTemplate::kMaxTopicBytes),
                                  std::pair(Use::kKey, KafkaTemplate::kMaxKeyBytes)}) {
    const Result<KafkaTemplate> parsed = KafkaTemplate::parse(use, "{rule}");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed.value().fill(alert).size(), size);
  }
}

TEST(KafkaTemplate, TopicOfAnEmptyValueHasAName) {
  const Result<KafkaTemplate> parsed = KafkaTemplate::parse(Use::kTopic, "{host}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().fill(Alert()), "none");
}

}  // namespace
}  // namespace saker
