// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/reference.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "engine/base/strings.h"

namespace saker::bench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split_row(std::string_view line) {
  std::vector<std::string> cells;
  line.remove_prefix(1);
  for (size_t bar = line.find('|'); bar != std::string_view::npos; bar = line.find('|')) {
    cells.emplace_back(trim(line.substr(0, bar)));
    line.remove_prefix(bar + 1);
  }
  return cells;
}

bool is_rule(std::string_view line) {
  return line.find('-') != std::string_view::npos &&
         line.find_first_not_of("|-: ") == std::string_view::npos;
}

}  // namespace

Reference::Reference(std::string_view markdown) {
  bool in_table = false;
  while (!markdown.empty()) {
    const size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = trim(markdown.substr(0, end));
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (!line.starts_with('|')) {
      in_table = false;
    } else if (!in_table) {
      tables_.push_back({split_row(line), {}});
      in_table = true;
    } else if (!is_rule(line)) {
      tables_.back().rows.push_back(split_row(line));
    }
  }
}

Reference Reference::from_environment() {
  const char* shared = std::getenv("SAKER_SHARED");
  if (shared == nullptr) {
    return {};
  }
  std::vector<fs::path> pages;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(fs::path(shared) / "baseline", missing)) {
    if (entry.path().extension() == ".md") {
      pages.push_back(entry.path());
    }
  }
  if (pages.empty()) {
    return {};
  }
  const fs::path first = *std::ranges::min_element(pages);
  std::ifstream in(first);
  Reference reference(std::string(std::istreambuf_iterator<char>(in), {}));
  reference.name_ = first.stem();
  return reference;
}

std::string Reference::cell(std::string_view row, std::string_view column) const {
  if (row.empty()) {
    return {};
  }
  for (const Table& table : tables_) {
    for (const Cells& cells : table.rows) {
      if (cells.empty() || !cells.front().starts_with(row)) {
        continue;
      }
      for (size_t i = 1; i < std::min(cells.size(), table.titles.size()); ++i) {
        if (table.titles[i].find(column) != std::string::npos) {
          return cells[i];
        }
      }
    }
  }
  return {};
}

std::optional<double> leading_number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == '.') {
      digits += c;
    } else if (c != ',') {
      break;
    }
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? std::optional<double>(value) : std::nullopt;
}

}  // namespace saker::bench
