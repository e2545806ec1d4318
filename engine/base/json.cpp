// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"

#include <simdjson.h>

#include <bit>
#include <type_traits>
#include <utility>

namespace saker {

using Element = simdjson::dom::element;

static_assert(sizeof(Element) == sizeof(uint64_t[2]) && std::is_trivially_copyable_v<Element>,
              "a value keeps a copy of it without naming its type");

struct JsonAccess {
  static JsonValue wrap(const Element& element) {
    JsonValue value;
    value.element_ = std::bit_cast<std::array<uint64_t, 2>>(element);
    value.is_present_ = true;
    return value;
  }
  // False when the value is absent or of another type.
  template <typename T>
  static bool read(const JsonValue& value, T& out) {
    return value.is_present_ &&
           std::bit_cast<Element>(value.element_).get<T>().get(out) == simdjson::SUCCESS;
  }
};

JsonValue JsonValue::operator[](std::string_view key) const {
  simdjson::dom::object object;
  Element member;
  return JsonAccess::read(*this, object) && object.at_key(key).get(member) == simdjson::SUCCESS
             ? JsonAccess::wrap(member)
             : JsonValue();
}

std::string_view JsonValue::text() const {
  std::string_view text;
  return JsonAccess::read(*this, text) ? text : std::string_view();
}

std::optional<bool> JsonValue::boolean() const {
  bool value = false;
  return JsonAccess::read(*this, value) ? std::optional(value) : std::nullopt;
}

std::optional<double> JsonValue::number() const {
  double value = 0;
  return JsonAccess::read(*this, value) ? std::optional(value) : std::nullopt;
}

bool JsonValue::is_object() const {
  simdjson::dom::object object;
  return JsonAccess::read(*this, object);
}

bool JsonValue::is_array() const {
  simdjson::dom::array array;
  return JsonAccess::read(*this, array);
}

std::string JsonValue::to_json() const {
  return is_present_ ? simdjson::minify(std::bit_cast<Element>(element_)) : std::string();
}

void JsonValue::for_each_item(const std::function<void(JsonValue item)>& visit) const {
  simdjson::dom::array array;
  if (JsonAccess::read(*this, array)) {
    for (const Element item : array) {
      visit(JsonAccess::wrap(item));
    }
  }
}

void JsonValue::for_each_member(
    const std::function<void(std::string_view key, JsonValue value)>& visit) const {
  simdjson::dom::object object;
  if (JsonAccess::read(*this, object)) {
    for (const auto member : object) {
      visit(member.key, JsonAccess::wrap(member.value));
    }
  }
}

class JsonDocument::Parser {
 public:
  bool parse(std::string_view text) {
    return parser_.allocate(text.size(), kMaxDepth) == simdjson::SUCCESS &&
           parser_.parse(text.data(), text.size()).get(root_) == simdjson::SUCCESS;
  }
  [[nodiscard]] const Element& root() const noexcept { return root_; }

 private:
  simdjson::dom::parser parser_;
  Element root_;
};

JsonDocument::JsonDocument(std::unique_ptr<Parser> parser)
    : parser_(std::move(parser)), root_(JsonAccess::wrap(parser_->root())) {}
JsonDocument::JsonDocument(JsonDocument&& other) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&& other) noexcept = default;
JsonDocument::~JsonDocument() = default;

std::optional<JsonDocument> JsonDocument::parse(std::string_view text) {
  auto parser = std::make_unique<Parser>();
  if (!parser->parse(text)) {
    return std::nullopt;
  }
  return JsonDocument(std::move(parser));
}

}  // namespace saker
