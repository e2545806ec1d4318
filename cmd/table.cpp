// SPDX-License-Identifier: Apache-2.0
#include "cmd/table.h"

#include <algorithm>

#include "engine/base/strings.h"
#include "outputs/json.h"

namespace saker {
namespace {

// Between `|` of a Markdown row.
std::string markdown_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') {
      cell += "\\|";
    } else if (c == '<') {
      cell += "&lt;";
    } else {
      cell += c;
    }
  }
  return cell;
}

}  // namespace

std::string to_text(const Table& table) {
  std::vector<size_t> widths(table.columns.size(), 0);
  for (const TableSection& section : table.sections) {
    for (const auto& row : section.rows) {
      for (size_t i = 0; i + 1 < row.size(); ++i) {
        widths[i] = std::max(widths[i], row[i].size());
      }
    }
  }
  std::string out;
  for (const TableSection& section : table.sections) {
    for (const auto& row : section.rows) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) {
        const size_t end = line.size() + widths[i] + 2;
        append_printable(line, row[i]);
        if (i + 1 < row.size()) {
          line.resize(std::max(line.size(), end), ' ');
        }
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    }
  }
  return out;
}

std::string to_markdown(const Table& table) {
  std::string out = "# " + table.title + "\n\n" + table.introduction + "\n";
  for (const TableSection& section : table.sections) {
    out += "\n## " + section.heading + "\n\n|";
    for (const std::string_view column : table.columns) {
      out += " " + std::string(column) + " |";
    }
    out += "\n|";
    for (size_t i = 0; i < table.columns.size(); ++i) {
      out += "---|";
    }
    out += '\n';
    for (const auto& row : section.rows) {
      out += '|';
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string cell = markdown_cell(row[i]);
        out += i == 0 ? " `" + row[i] + "` |" : cell.empty() ? " |" : " " + cell + " |";
      }
      out += '\n';
    }
  }
  return out;
}

std::string to_json(const Table& table) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const TableSection& section : table.sections) {
    for (const auto& row : section.rows) {
      json.begin_object();
      for (size_t i = 0; i < row.size(); ++i) {
        json.text(table.columns[i], row[i]);
      }
      json.text("section", section.heading);
      json.end_object();
    }
  }
  json.end_array();
  return out + '\n';
}

}  // namespace saker
