// SPDX-License-Identifier: Apache-2.0
// JsonDocument: a parsed JSON text, and JsonValue, a view into it. Owner of simdjson.
//
// For files that others wrote: nothing is assumed of their shape. What is not there, or of another
// type, is an absent value, an empty text or an empty list.
#ifndef SAKER_ENGINE_BASE_JSON_H
#define SAKER_ENGINE_BASE_JSON_H

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace saker {

// Borrows from its document; copying it copies no text.
class JsonValue {
 public:
  JsonValue() = default;  // absent

  explicit operator bool() const noexcept { return is_present_; }
  // The member of an object; the first one when the key stands there twice.
  [[nodiscard]] JsonValue operator[](std::string_view key) const;
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  // Integers beyond 2^53 are rounded.
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  // The value as JSON text without blanks; empty when absent.
  [[nodiscard]] std::string to_json() const;

  void for_each_item(const std::function<void(JsonValue item)>& visit) const;
  void for_each_member(
      const std::function<void(std::string_view key, JsonValue value)>& visit) const;

 private:
  friend class JsonDocument;
  friend struct JsonAccess;

  std::array<uint64_t, 2> element_{};  // simdjson's, which this header does not name
  bool is_present_ = false;
};

class JsonDocument {
 public:
  // Deeper ones are refused; runtimes of containers nest some ten levels.
  static constexpr uint32_t kMaxDepth = 64;

  // Nothing when the text is not one JSON value in UTF-8.
  [[nodiscard]] static std::optional<JsonDocument> parse(std::string_view text);
  JsonDocument(JsonDocument&& other) noexcept;
  JsonDocument& operator=(JsonDocument&& other) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonValue root() const noexcept { return root_; }

 private:
  class Parser;
  explicit JsonDocument(std::unique_ptr<Parser> parser);

  std::unique_ptr<Parser> parser_;  // owns what values point to
  JsonValue root_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_JSON_H
