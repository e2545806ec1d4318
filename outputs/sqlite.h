// SPDX-License-Identifier: Apache-2.0
// Database and Statement: SQLite (https://www.sqlite.org/c3ref/intro.html) with owners and Results.
// Owner of SQLite.
//
// Threads: one at a time.
#ifndef SAKER_OUTPUTS_SQLITE_H
#define SAKER_OUTPUTS_SQLITE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace saker {

class Statement {
 public:
  Statement() = default;  // holds nothing: not to be used

  // Parameters count from 1. A text must live until run() or the last row() is done.
  void bind(int parameter, int64_t value);
  void bind(int parameter, std::string_view text);

  // Runs a statement that gives no rows, and makes it ready for the next time.
  Result<void> run();
  // Goes to the next row; false when there is none, which makes it ready for the next time.
  Result<bool> row();
  // Columns of the row, from 0. A text is valid until the next row().
  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  // Leaves the rows that are left.
  void reset();

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // Opens or makes the file, with mode 0600.
  static Result<Database> open(const std::string& path);

  // Runs statements that give no rows that matter.
  Result<void> run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] int64_t changes() const;
  // True when the last error says that the file is no database or is damaged.
  [[nodiscard]] bool is_corrupt() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SQLITE_H
