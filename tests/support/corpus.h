// SPDX-License-Identifier: Apache-2.0
// Corpus: JSON Lines files of test cases as plain values.
#ifndef SAKER_TESTS_SUPPORT_CORPUS_H
#define SAKER_TESTS_SUPPORT_CORPUS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saker::test {

struct JsonMember;

// A JSON value. Access to what is not there gives null, an empty text or an empty list.
class Json {
 public:
  enum class Kind : uint8_t { kNull, kBool, kInt, kDouble, kText, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Json> items;
  std::vector<JsonMember> members;

  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] const Json& operator[](std::string_view key) const;
  // The text of `key`, or the bytes given in hexadecimal as KEY_hex.
  [[nodiscard]] std::string bytes(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  Json value;
};

// Both abort on malformed JSON, which is a mistake in the test data.
[[nodiscard]] Json parse_json(std::string_view text);
// One value per line.
[[nodiscard]] std::vector<Json> read_json_lines(const std::string& path);

// Path of a file of the shared reference; absent when SAKER_SHARED is not set.
[[nodiscard]] std::optional<std::string> shared_path(std::string_view relative);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_CORPUS_H
