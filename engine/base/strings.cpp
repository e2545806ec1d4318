// SPDX-License-Identifier: Apache-2.0
#include "engine/base/strings.h"

#include <algorithm>

namespace saker {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct ShortEscape {
  char32_t code_point;
  std::string_view text;
};
constexpr ShortEscape kShortEscapes[] = {
    {'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"},
};

void append_control(std::string& out, char32_t code_point) {
  for (const ShortEscape& escape : kShortEscapes) {
    if (escape.code_point == code_point) {
      out += escape.text;
      return;
    }
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kDigits[(code_point >> shift) & 0xf];
  }
}

// Of what stands at the begin of the text: most texts are nothing else.
size_t printable_ascii_length(std::string_view text) noexcept {
  const auto end = std::ranges::find_if(text, [](char c) { return c < 0x20 || c > 0x7e; });
  return static_cast<size_t>(end - text.begin());
}

uint8_t byte_at(std::string_view text, size_t index) noexcept {
  return static_cast<uint8_t>(text[index]);
}

}  // namespace

CodePoint decode_utf8(std::string_view text) noexcept {
  if (text.empty()) {
    return {};
  }
  const uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    return {first, 1};
  }
  const uint32_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) {
    return {};
  }
  char32_t value = first & (0xffu >> (length + 1));
  for (uint32_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) {
      return {};
    }
    value = (value << 6) | (byte_at(text, i) & 0x3fu);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return {};
  }
  return {value, length};
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<uint8_t>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3f));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
}

size_t find_invalid_utf8(std::string_view text) noexcept {
  size_t at = 0;
  while (at < text.size()) {
    if (byte_at(text, at) < 0x80) {
      ++at;
      continue;
    }
    const CodePoint code_point = decode_utf8(text.substr(at));
    if (code_point.length == 0) {
      return at;
    }
    at += code_point.length;
  }
  return std::string_view::npos;
}

bool is_control(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void append_printable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const CodePoint code_point = decode_utf8(text);
    const size_t length = code_point.length == 0 ? 1 : code_point.length;
    if (code_point.value == '\t') {
      out += ' ';
    } else if (code_point.length == 0 || is_control(code_point.value)) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    size_t length = printable_ascii_length(text);
    if (length == 0) {
      const CodePoint code_point = decode_utf8(text);
      length = code_point.length == 0 ? 1 : code_point.length;
      if (code_point.length == 0) {
        out += kReplacement;
      } else if (is_control(code_point.value)) {
        append_control(out, code_point.value);
      } else {
        out += text.substr(0, length);
      }
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
}

bool matches_wildcard(std::string_view text, std::string_view pattern) noexcept {
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;
  size_t star_at = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_at = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr size_t kGroup = 3;  // bytes, for four digits
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kGroup, bytes.size()))) {
    uint32_t bits = 0;
    for (size_t i = 0; i < kGroup; ++i) {
      bits = bits << 8U | (i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0U);
    }
    for (size_t i = 0; i <= kGroup; ++i) {
      out += i <= bytes.size() ? kDigits[bits >> (18 - 6 * i) & 0x3fU] : '=';
    }
  }
}

std::string_view trim(std::string_view text) noexcept {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace saker
