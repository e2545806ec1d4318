// SPDX-License-Identifier: Apache-2.0
#include "outputs/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// The longest are doubles: -2.2250738585072014e-308.
using NumberText = std::array<char, 32>;

template <typename Number>
std::string_view to_text(NumberText& text, Number value) {
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), static_cast<size_t>(end - text.data())};
}

// What may stand in a JSON text as it is, of ASCII.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) {
    plain[c] = c != '"' && c != '\\';
  }
  return plain;
}();

size_t plain_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && kPlain[static_cast<uint8_t>(text[length])]) {
    ++length;
  }
  return length;
}

void append_ascii_escape(std::string& out, char c) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kShortNames = "\"\\bfnrt";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += '\\';
  if (const size_t at = kShort.find(c); at != std::string_view::npos) {
    out += kShortNames[at];
    return;
  }
  const auto code = static_cast<uint8_t>(c);
  out += "u00";
  out += kDigits[code >> 4U];
  out += kDigits[code & 0xfU];
}

}  // namespace

void JsonWriter::separate() {
  if (follows_value_) {
    out_ += ',';
  }
}

void JsonWriter::begin(char bracket) {
  separate();
  out_ += bracket;
  follows_value_ = false;
}

void JsonWriter::end(char bracket) {
  out_ += bracket;
  follows_value_ = true;
}

void JsonWriter::begin_object() { begin('{'); }
void JsonWriter::end_object() { end('}'); }
void JsonWriter::begin_array() { begin('['); }
void JsonWriter::end_array() { end(']'); }

void JsonWriter::key(std::string_view name) {
  separate();
  quoted(name);
  out_ += ':';
  follows_value_ = false;
}

void JsonWriter::literal(std::string_view value) {
  separate();
  out_ += value;
  follows_value_ = true;
}

void JsonWriter::null() { literal("null"); }
void JsonWriter::boolean(bool value) { literal(value ? "true" : "false"); }

void JsonWriter::integer(int64_t value) {
  NumberText text{};
  literal(to_text(text, value));
}

void JsonWriter::unsigned_integer(uint64_t value) {
  NumberText text{};
  literal(to_text(text, value));
}

void JsonWriter::real(double value) {
  if (!std::isfinite(value)) {
    null();
    return;
  }
  NumberText text{};
  const std::string_view number = to_text(text, value);
  literal(number);
  if (number.find_first_of(".e") == std::string_view::npos) {
    out_ += ".0";  // a reader that tells integers apart sees the type
  }
}

void JsonWriter::text(std::string_view value) {
  separate();
  quoted(value);
  follows_value_ = true;
}

void JsonWriter::quoted(std::string_view value) {
  out_ += '"';
  while (!value.empty()) {
    size_t length = plain_length(value);
    if (length > 0) {
      out_ += value.substr(0, length);
    } else if (const CodePoint code_point = decode_utf8(value); code_point.length > 1) {
      length = code_point.length;
      out_ += value.substr(0, length);
    } else {
      length = 1;
      if (code_point.length == 0) {
        out_ += kReplacement;
      } else {
        append_ascii_escape(out_, value.front());
      }
    }
    value.remove_prefix(length);
  }
  out_ += '"';
}

}  // namespace saker
