// SPDX-License-Identifier: Apache-2.0
#include "outputs/utf8.h"

#include <cstddef>
#include <cstdint>

namespace saker {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// What stands at the front of a text: a well-formed character or an ill-formed part.
struct Part {
  size_t size = 1;
  bool well_formed = false;
};

bool in_range(std::string_view text, size_t at, uint8_t low, uint8_t high) {
  return at < text.size() && static_cast<uint8_t>(text[at]) >= low &&
         static_cast<uint8_t>(text[at]) <= high;
}

// Table 3-7 of the Unicode standard: only the second byte has special bounds.
Part front(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) {
    return {1, true};
  }
  if (lead < 0xc2 || lead > 0xf4) {
    return {1, false};
  }
  const size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!in_range(text, 1, low, high)) {
    return {1, false};
  }
  for (size_t i = 2; i < size; ++i) {
    if (!in_range(text, i, 0x80, 0xbf)) {
      return {i, false};
    }
  }
  return {size, true};
}

void append_escape(std::string& out, uint8_t code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (code) {
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[code >> 4];
      out += kHex[code & 0xf];
  }
}

// The code point if `character` is a control character, else 0x20.
uint8_t control_code(std::string_view character) {
  const auto lead = static_cast<uint8_t>(character[0]);
  if (lead < 0x20 || lead == 0x7f) {
    return lead;
  }
  if (lead == 0xc2 && static_cast<uint8_t>(character[1]) < 0xa0) {
    return static_cast<uint8_t>(character[1]);
  }
  return 0x20;
}

}  // namespace

void append_valid_utf8(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Part part = front(text);
    out += part.well_formed ? text.substr(0, part.size) : kReplacement;
    text.remove_prefix(part.size);
  }
}

void append_printable_utf8(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Part part = front(text);
    if (!part.well_formed) {
      out += kReplacement;
    } else if (const uint8_t code = control_code(text.substr(0, part.size)); code != 0x20) {
      append_escape(out, code);
    } else {
      out += text.substr(0, part.size);
    }
    text.remove_prefix(part.size);
  }
}

}  // namespace saker
