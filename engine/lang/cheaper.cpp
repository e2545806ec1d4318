// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/cheaper.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/lang/quoting.h"

namespace saker::lang {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The text that a glob without wildcards stands for.
std::optional<std::string> plain_glob(std::string_view pattern) {
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      text += pattern[++i];
    } else if (std::string_view("*?[\\").find(pattern[i]) != std::string_view::npos) {
      return std::nullopt;
    } else {
      text += pattern[i];
    }
  }
  return text;
}

// "OPERATOR TEXT" for a glob of the form [*] TEXT [*].
std::string cheaper_glob(std::string_view pattern) {
  const bool open_front = pattern.starts_with('*');
  pattern.remove_prefix(open_front ? 1 : 0);
  const bool open_back = pattern.ends_with('*') && !pattern.ends_with("\\*");
  pattern.remove_suffix(open_back ? 1 : 0);
  const std::optional<std::string> text = plain_glob(pattern);
  if (!text.has_value() || text->empty()) {
    return {};
  }
  const std::string_view op = open_front && open_back ? "contains"
                              : open_front            ? "endswith"
                              : open_back             ? "startswith"
                                                      : "=";
  return std::string(op) + " " + quote_if_needed(*text);
}

// The text that a regular expression without anything special stands for.
std::optional<std::string> plain_regex(std::string_view pattern) {
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escaped = pattern[i] == '\\' && i + 1 < pattern.size();
    i += is_escaped ? 1 : 0;
    if ((std::string_view("\\.[]{}()*+?|^$").find(pattern[i]) != std::string_view::npos) !=
        is_escaped) {
      return std::nullopt;
    }
    text += pattern[i];
  }
  return text;
}

// "in (A, B)" for a regular expression A|B, with or without anchors and parentheses around it.
std::string cheaper_alternatives(std::string_view pattern) {
  if (pattern.starts_with("^(") && pattern.ends_with(")$")) {
    pattern = pattern.substr(1, pattern.size() - 2);
  }
  if (pattern.starts_with('(') && pattern.ends_with(')')) {
    pattern = pattern.substr(1, pattern.size() - 2);
  }
  std::string items;
  size_t count = 0;
  for (size_t begin = 0; begin <= pattern.size(); ++count) {
    const size_t end = std::min(pattern.find('|', begin), pattern.size());
    const std::optional<std::string> text = plain_regex(pattern.substr(begin, end - begin));
    if (!text.has_value() || text->empty()) {
      return {};
    }
    items += (items.empty() ? "" : ", ") + quote_if_needed(*text);
    begin = end + 1;
  }
  return count > 1 ? "in (" + items + ")" : std::string();
}

// What all matches of a regular expression begin with, as far as it is written in plain letters.
std::string plain_beginning(std::string_view pattern) {
  constexpr std::string_view kSpecial = "\\.[]{}()*+?|^$";
  constexpr std::string_view kMayRepeat = "*?{+";
  if (pattern.find('|') != std::string_view::npos) {
    return {};
  }
  pattern.remove_prefix(pattern.starts_with('^') ? 1 : 0);
  std::string text;
  while (!pattern.empty()) {
    const bool is_escaped = pattern.size() > 1 && pattern.front() == '\\';
    const char c = pattern[is_escaped ? 1 : 0];
    if ((kSpecial.find(c) != std::string_view::npos) != is_escaped) {
      break;
    }
    pattern.remove_prefix(is_escaped ? 2 : 1);
    if (!pattern.empty() && kMayRepeat.find(pattern.front()) != std::string_view::npos) {
      break;
    }
    text += c;
  }
  return text;
}

}  // namespace

std::string narrowing_form(const Comparison& comparison) {
  constexpr size_t kShortest = 2;  // a slash alone says nothing
  const auto* constant = std::get_if<Constant>(&comparison.rhs.node);
  if (constant == nullptr || comparison.op != "regex") {
    return {};
  }
  const std::string text = plain_beginning(constant->text);
  return text.size() < kShortest ? std::string()
                                 : to_text(comparison.lhs) + " startswith " + quote_if_needed(text);
}

std::string cheaper_form(const Comparison& comparison) {
  const auto* constant = std::get_if<Constant>(&comparison.rhs.node);
  if (constant == nullptr) {
    return {};
  }
  const std::string& text = constant->text;
  const bool has_case = std::any_of(text.begin(), text.end(), is_letter);
  std::string cheaper;
  if (comparison.op == "glob" || (comparison.op == "iglob" && !has_case)) {
    cheaper = cheaper_glob(text);
  } else if (comparison.op == "icontains" && !has_case) {
    cheaper = "contains " + quote_if_needed(text);
  } else if (comparison.op == "regex") {
    cheaper = cheaper_alternatives(text);
  }
  return cheaper.empty() ? cheaper : to_text(comparison.lhs) + " " + cheaper;
}

}  // namespace saker::lang
