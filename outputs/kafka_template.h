// SPDX-License-Identifier: Apache-2.0
// KafkaTemplate: a topic or a key with names in braces, filled in from an alert:
// "alerts.{priority}".
//
//   {host} {rule} {source} {priority}   of the alert; the priority in lower case
//   {container} {proc.name} ...         keys only: fields that the alert's output has
//
// A topic is made of names that rules and hosts give, never of values that the watched processes
// choose: these could fill a cluster with topics. In a topic, characters that Kafka does not allow
// become '-' and a value that is empty `none`; in a key such a value is left out.
#ifndef SAKER_OUTPUTS_KAFKA_TEMPLATE_H
#define SAKER_OUTPUTS_KAFKA_TEMPLATE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"

namespace saker {

class KafkaTemplate {
 public:
  enum class Use : uint8_t { kTopic, kKey };

  static constexpr size_t kMaxTopicBytes = 249;  // Kafka's
  static constexpr size_t kMaxKeyBytes = 1024;   // ours: fields may be long

  // A key may be a name alone: `host` is `{host}`, since a fixed key would put all alerts into one
  // partition. An empty one is no key.
  [[nodiscard]] static Result<KafkaTemplate> parse(Use use, std::string_view text);

  [[nodiscard]] std::string fill(const Alert& alert) const;

 private:
  struct Attribute;
  struct Part {
    std::string text;  // as it is, or the name of a field
    bool is_field = false;
    const Attribute* attribute = nullptr;
  };
  static const Attribute kAttributes[];

  explicit KafkaTemplate(Use use) : use_(use) {}
  Result<void> add_name(std::string_view name);
  void append(std::string& out, const Part& part, const Alert& alert) const;

  Use use_;
  std::vector<Part> parts_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_KAFKA_TEMPLATE_H
