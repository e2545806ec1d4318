// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/regex.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <cctype>
#include <utility>

namespace saker::lang {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options options() {
  RE2::Options options(RE2::POSIX);
  options.set_log_errors(false);
  // Without it a newline in a file name would hide the file from `/etc/.*`.
  options.set_dot_nl(true);
  return options;
}

// Names no character beyond ASCII, where there are more ways to fold case than ours. An escaped
// letter or digit may be one.
bool is_plain(std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escape = pattern[i] == '\\' && i + 1 < pattern.size();
    i += is_escape ? 1 : 0;
    const auto byte = static_cast<unsigned char>(pattern[i]);
    if (byte >= 0x80 || (is_escape && std::isalnum(byte) != 0)) {
      return false;
    }
  }
  return true;
}

// Appends `text` with each malformed byte replaced.
void append_repaired(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    out += length > 0 ? text.substr(0, length) : kReplacement;
    text.remove_prefix(length > 0 ? length : 1);
  }
}

}  // namespace

struct Regex::Impl {
  explicit Impl(std::string_view pattern) : re(piece(pattern), options()) {}
  RE2 re;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

std::unique_ptr<Regex> Regex::compile(std::string_view pattern, std::string& error) {
  auto impl = std::make_unique<Impl>(pattern);
  if (!impl->re.ok()) {
    error = impl->re.error();
    return nullptr;
  }
  return std::unique_ptr<Regex>(new Regex(std::move(impl)));
}

std::vector<std::string> Regex::required_texts(std::string_view pattern) {
  constexpr int kMinBytes = 4;
  re2::FilteredRE2 filter(kMinBytes);
  int id = 0;
  if (!is_plain(pattern) || filter.Add(piece(pattern), options(), &id) != RE2::NoError) {
    return {};
  }
  std::vector<std::string> texts;
  filter.Compile(&texts);
  std::vector<int> without_any;
  filter.AllPotentials({}, &without_any);
  return without_any.empty() ? texts : std::vector<std::string>();
}

bool Regex::matches(std::string_view text) const noexcept {
  std::string_view checked = text;
  while (!checked.empty()) {
    const size_t length = utf8_length(checked);
    if (length == 0) {
      thread_local std::string repaired;
      repaired.assign(text.substr(0, text.size() - checked.size()));
      append_repaired(repaired, checked);
      return RE2::FullMatch(repaired, impl_->re);
    }
    checked.remove_prefix(length);
  }
  return RE2::FullMatch(piece(text), impl_->re);
}

size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) {
    return 0;
  }
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) {
    return 0;
  }
  // Overlong forms, surrogates and what is above U+10FFFF differ in the second byte.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

}  // namespace saker::lang
