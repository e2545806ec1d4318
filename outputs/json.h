// SPDX-License-Identifier: Apache-2.0
// JsonWriter: writes JSON text (RFC 8259) into a string. Owner of RapidJSON.
//
// Ownership: borrows the string; it holds the text once the outermost value has ended.
//            Texts may have any bytes; what is not UTF-8 becomes U+FFFD.
// Errors:    none; numbers that JSON does not have (NaN, infinities) become null.
#ifndef SAKER_OUTPUTS_JSON_H
#define SAKER_OUTPUTS_JSON_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace saker {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out);
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

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
  // An array of texts. `values`: a range of anything that is one.
  template <typename Texts>
  void texts(const Texts& values) {
    begin_array();
    for (const std::string_view value : values) {
      text(value);
    }
    end_array();
  }

  // The same as a member of the object: its key, then the value.
  void begin_object(std::string_view name) {
    key(name);
    begin_object();
  }
  void begin_array(std::string_view name) {
    key(name);
    begin_array();
  }
  void null(std::string_view name) {
    key(name);
    null();
  }
  void boolean(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }
  void integer(std::string_view name, int64_t value) {
    key(name);
    integer(value);
  }
  void unsigned_integer(std::string_view name, uint64_t value) {
    key(name);
    unsigned_integer(value);
  }
  void real(std::string_view name, double value) {
    key(name);
    real(value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  template <typename Texts>
  void texts(std::string_view name, const Texts& values) {
    key(name);
    texts(values);
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_JSON_H
