// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_template.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "engine/base/result.h"

namespace saker {
namespace {

bool is_topic_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

void append_scalar(std::string& out, const OutputValue& value) {
  std::visit(
      [&out](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) {
          out += held;
        } else if constexpr (std::is_same_v<T, bool>) {
          out += held ? "true" : "false";
        } else if constexpr (std::is_arithmetic_v<T>) {
          out += std::to_string(held);
        }
      },
      value.value);
}

// Items of a list with commas between them; nothing for a field that the alert does not have.
void append_field(std::string& out, const Alert& alert, std::string_view name) {
  const OutputValue* value = find_field(alert, name);
  if (value == nullptr) {
    return;
  }
  const auto* list = std::get_if<OutputList>(&value->value);
  if (list == nullptr) {
    append_scalar(out, *value);
    return;
  }
  for (const OutputValue& item : *list) {
    if (&item != list->data()) {
      out += ',';
    }
    append_scalar(out, item);
  }
}

Error mistake(KafkaTemplate::Use use, std::string_view what, std::string hint) {
  std::string text =
      use == KafkaTemplate::Use::kTopic ? "kafka_output.topic: " : "kafka_output.key: ";
  return {text.append(what), 0, std::move(hint)};
}

}  // namespace

struct KafkaTemplate::Attribute {
  std::string_view name;
  bool for_topics;  // takes few values, and none that a watched process chooses
  void (*append)(std::string& out, const Alert& alert);
};

const KafkaTemplate::Attribute KafkaTemplate::kAttributes[] = {
    {"host", true, [](std::string& out, const Alert& alert) { out += alert.hostname; }},
    {"rule", true, [](std::string& out, const Alert& alert) { out += alert.rule; }},
    {"source", true, [](std::string& out, const Alert& alert) { out += alert.source; }},
    {"priority", true,
     [](std::string& out, const Alert& alert) {
       std::ranges::transform(to_string(alert.priority), std::back_inserter(out), [](char c) {
         return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
       });
     }},
    {"container", false,
     [](std::string& out, const Alert& alert) { append_field(out, alert, "container.id"); }},
};

Result<KafkaTemplate> KafkaTemplate::parse(Use use, std::string_view text) {
  KafkaTemplate made(use);
  if (use == Use::kKey && !text.empty() && text.find_first_of("{}") == std::string_view::npos) {
    if (Result<void> added = made.add_name(text); !added) {
      return std::move(added).error();
    }
    return made;
  }
  while (!text.empty()) {
    if (text.front() == '{') {
      const size_t end = text.find('}');
      if (end == std::string_view::npos) {
        return mistake(use, "'{' without '}'", "as in {priority}");
      }
      if (Result<void> added = made.add_name(text.substr(1, end - 1)); !added) {
        return std::move(added).error();
      }
      text.remove_prefix(end + 1);
      continue;
    }
    const std::string_view literal = text.substr(0, text.find('{'));
    if (use == Use::kTopic && !std::ranges::all_of(literal, is_topic_char)) {
      return mistake(use, "has characters that Kafka does not allow",
                     "letters, digits, '.', '_' and '-', and names as in {priority}");
    }
    made.parts_.push_back({std::string(literal)});
    text.remove_prefix(literal.size());
  }
  if (use == Use::kTopic && made.parts_.empty()) {
    return mistake(use, "must not be empty", "");
  }
  return made;
}

Result<void> KafkaTemplate::add_name(std::string_view name) {
  const auto* attribute = std::ranges::find(kAttributes, name, &Attribute::name);
  const bool is_attribute = attribute != std::end(kAttributes);
  if (use_ == Use::kTopic && !(is_attribute && attribute->for_topics)) {
    return mistake(use_, "cannot hold {" + std::string(name) + "}",
                   "{host}, {rule}, {source} and {priority} only: other values are chosen by the "
                   "processes that are watched, who could fill the cluster with topics");
  }
  if (name.empty()) {
    return mistake(use_, "a name is missing in {}", "as in {proc.name}");
  }
  parts_.push_back({std::string(name), !is_attribute, is_attribute ? attribute : nullptr});
  return {};
}

void KafkaTemplate::append(std::string& out, const Part& part, const Alert& alert) const {
  const size_t begin = out.size();
  if (part.attribute != nullptr) {
    part.attribute->append(out, alert);
  } else if (part.is_field) {
    append_field(out, alert, part.text);
  } else {
    out += part.text;
  }
  if (use_ == Use::kTopic) {
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
        [](char c) { return !is_topic_char(c); }, '-');
    if (out.size() == begin) {
      out += "none";
    }
  }
}

std::string KafkaTemplate::fill(const Alert& alert) const {
  std::string out;
  for (const Part& part : parts_) {
    append(out, part, alert);
  }
  out.resize(std::min(out.size(), use_ == Use::kTopic ? kMaxTopicBytes : kMaxKeyBytes));
  return out;
}

}  // namespace saker
