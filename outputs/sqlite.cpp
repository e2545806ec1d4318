// SPDX-License-Identifier: Apache-2.0
#include "outputs/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

// The errno is that of the system call that failed, when it was one.
Error last_error(sqlite3* database) {
  if (sqlite3_errcode(database) == SQLITE_BUSY) {
    return {"the database is in use by another process", 0, "is another saker running?"};
  }
  if (sqlite3_errcode(database) == SQLITE_FULL) {
    return {"", ENOSPC, ""};
  }
  return {sqlite3_errmsg(database), sqlite3_system_errno(database), ""};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Statement::bind(int parameter, int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind(int parameter, std::string_view text) {
  // Not as a text: SQLite would look for its end. SQLITE_STATIC: it is not copied.
  sqlite3_bind_blob64(statement_.get(), parameter, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_STATIC);
}

Result<void> Statement::run() {
  Result<bool> has_row = row();
  reset();
  if (!has_row) {
    return std::move(has_row).error();
  }
  return {};
}

Result<bool> Statement::row() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      reset();
      return false;
    default:
      Error error = last_error(sqlite3_db_handle(statement_.get()));
      reset();
      return error;
  }
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

Result<Database> Database::open(const std::string& path) {
  // Made here, because SQLite's mode would be 0644; its other files get the mode of this one.
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    return Error{"", errno, ""};
  }
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.database_.reset(opened);
  if (code != SQLITE_OK) {
    return last_error(opened);
  }
  return database;
}

Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return last_error(database_.get());
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement;
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) {
    return last_error(database_.get());
  }
  return statement;
}

int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

bool Database::is_corrupt() const {
  const int code = sqlite3_errcode(database_.get());
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

}  // namespace saker
