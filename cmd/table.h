// SPDX-License-Identifier: Apache-2.0
// Table: what `saker list` prints: rows under headings, as aligned text, Markdown or JSON.
#ifndef SAKER_CMD_TABLE_H
#define SAKER_CMD_TABLE_H

#include <string>
#include <string_view>
#include <vector>

namespace saker {

struct TableSection {
  std::string heading;
  std::vector<std::vector<std::string>> rows;  // as many cells each as there are columns
};

struct Table {
  std::string title = {};         // Markdown only
  std::string introduction = {};  // Markdown only
  std::vector<std::string_view> columns;
  std::vector<TableSection> sections;
};

// Columns as wide as their widest cell, the last one open-ended; no title.
[[nodiscard]] std::string to_text(const Table& table);
// A page: title, introduction, one table a section.
[[nodiscard]] std::string to_markdown(const Table& table);
// An array of objects: the columns, and the heading as `section`.
[[nodiscard]] std::string to_json(const Table& table);

}  // namespace saker

#endif  // SAKER_CMD_TABLE_H
