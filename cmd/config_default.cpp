// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_default.h"

#include <algorithm>
#include <ranges>
#include <string_view>
#include <vector>

#include "cmd/config_keys.h"
#include "cmd/config_text.h"
#include "outputs/settings.h"

namespace saker {
namespace {

constexpr size_t kColumns = 100;

constexpr std::string_view kIntroduction =
    "# Configuration of Saker.\n"
    "#\n"
    "# Each key stands here with its default, commented out: as it is, this file changes nothing.\n"
    "# To change a value, remove the # before its key. What is in *.yaml files of\n"
    "# /etc/saker/config.d counts more, and is not touched by an upgrade of the package.\n"
    "#\n"
    "# ${NAME} in a value is the variable of the environment, $${NAME} the text itself.\n"
    "# `saker config check` says what is wrong, `saker config show` what is in force and why.\n"
    "#\n"
    "# yaml-language-server: $schema=/usr/share/saker/schemas/config.schema.json\n";

// A comment of lines that are no longer than the page is wide; those behind the first stand
// `hanging` columns further to the right.
void append_comment(std::string& out, size_t indent, std::string_view text, size_t hanging = 0) {
  std::string line = std::string(indent, ' ') + "#";
  const std::string begin = line + std::string(hanging, ' ');
  for (const auto part : std::views::split(text, ' ')) {
    const std::string_view word(part.begin(), part.end());
    if (line.size() + 1 + word.size() > kColumns) {
      out += line + '\n';
      line = begin;
    }
    line += ' ';
    line += word;
  }
  out += line + '\n';
}

// The page, key by key; keys of a section follow each other.
class Page {
 public:
  void add(const ConfigKey& key);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  // Opens the sections of a key; returns its name in the innermost.
  std::string_view enter_sections(std::string_view name);

  std::string text_{kIntroduction};
  std::vector<std::string> sections_;  // open ones, outermost first
};

std::string_view Page::enter_sections(std::string_view name) {
  size_t depth = 0;
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.'), ++depth) {
    const std::string_view section = name.substr(0, dot);
    name.remove_prefix(dot + 1);
    if (depth < sections_.size() && sections_[depth] == section) {
      continue;
    }
    sections_.resize(depth);
    sections_.emplace_back(section);
    text_ += '\n' + std::string(2 * depth, ' ') + std::string(section) + ":\n";
  }
  sections_.resize(depth);
  return name;
}

void Page::add(const ConfigKey& key) {
  const std::string_view name = enter_sections(key.name);
  const size_t indent = 2 * sections_.size();
  text_ += text_.ends_with(":\n") ? "" : "\n";
  append_comment(text_, indent, key.setting.doc);
  const std::vector<std::string_view> choices = choices_of(key.setting);
  if (!choices.empty()) {
    std::string list = "One of";
    for (const std::string_view choice : choices) {
      list += (list == "One of" ? " " : ", ") + std::string(choice);
    }
    append_comment(text_, indent, list + '.');
  }
  const std::string item_prefix = key.name + "[].";
  for (const ConfigKey& part : config_keys()) {
    if (part.name.starts_with(item_prefix)) {
      append_comment(
          text_, indent,
          "  " + part.name.substr(item_prefix.size()) + ": " + std::string(part.setting.doc), 4);
    }
  }
  text_ += std::string(indent, ' ') + '#' + std::string(name) + ": " + default_as_yaml(key) + '\n';
}

}  // namespace

std::string default_config_text() {
  Page page;
  for (const ConfigKey& key : config_keys()) {
    if (key.instead_of.empty() && key.name.find("[]") == std::string::npos) {
      page.add(key);
    }
  }
  return page.take();
}

}  // namespace saker
