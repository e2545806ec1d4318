// SPDX-License-Identifier: Apache-2.0
// JsonWriter: writes JSON text (RFC 8259) into a string.
//
// Ownership: borrows the string. Texts may hold any bytes; what is not UTF-8 becomes U+FFFD.
// Errors:    none; numbers that JSON does not have (NaN, infinities) become null.
// Cost:      allocates nothing but what the string needs.
#ifndef SAKER_OUTPUTS_JSON_H
#define SAKER_OUTPUTS_JSON_H

#include <cstdint>
#include <string>
#include <string_view>

namespace saker {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter() = default;

  // Begins and ends must nest; in an object each value follows a key().
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);

  void null();
  void boolean(bool value);
  void integer(int64_t value);
  void unsigned_integer(uint64_t value);
  void real(double value);
  void text(std::string_view value);

 private:
  // The comma that belongs in front of what comes now.
  void separate();
  void begin(char bracket);
  void end(char bracket);
  void literal(std::string_view value);
  void quoted(std::string_view value);

  std::string& out_;
  bool follows_value_ = false;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_JSON_H
