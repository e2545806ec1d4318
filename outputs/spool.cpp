// SPDX-License-Identifier: Apache-2.0
#include "outputs/spool.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/priority.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/sqlite.h"

namespace saker {
namespace {

// How often settled messages and old ones are deleted when nothing is appended.
constexpr auto kTick = std::chrono::seconds(1);
// Rows that one step of an eviction deletes: few where each could be large, so that no more goes
// than must.
constexpr int64_t kEvictRows = 16;
constexpr int64_t kEvictOldRows = 256;

// exclusive: no second sensor, and no shared memory. Pages of 16 KiB hold some ten messages, so
// that little of each is empty. auto_vacuum gives pages back to the disk.
constexpr const char* kSetup =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA page_size=16384;"
    "PRAGMA auto_vacuum=INCREMENTAL;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA journal_size_limit=16777216;"
    "CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY, spooled_ns INTEGER NOT NULL,"
    " time_ns INTEGER NOT NULL, priority INTEGER NOT NULL, id, rule, topic, key, body);"
    "CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " last_seq INTEGER NOT NULL, is_running INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO state VALUES (1, 0, 0);";

int64_t unix_time_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

int64_t to_signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t to_unsigned(int64_t value) { return static_cast<uint64_t>(value); }

int64_t to_ns(std::chrono::seconds time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

Message read_message(const Statement& row) {
  Message message;
  message.seq = to_unsigned(row.integer(0));
  message.time_ns = row.integer(1);
  message.priority = static_cast<Priority>(
      std::clamp<int64_t>(row.integer(2), 0, static_cast<int64_t>(Priority::kDebug)));
  message.id = row.text(3);
  message.rule = row.text(4);
  message.topic = row.text(5);
  message.key = row.text(6);
  message.body = row.text(7);
  return message;
}

Error spool_error(const std::string& path, const Error& error, const std::string& hint) {
  std::string what = "cannot open the spool '" + path + "'";
  if (!error.what.empty()) {
    what += ": " + error.what;
  }
  return {std::move(what), error.errno_value, error.hint.empty() ? hint : error.hint};
}

}  // namespace

struct Spool::Statements {
  Statement insert;
  Statement select;
  Statement delete_settled;
  Statement evict;
  Statement evict_old;
  Statement update_state;
  Statement oldest;
  Statement used;

  Result<void> prepare(Database& database) {
    const std::pair<Statement*, const char*> all[] = {
        {&insert, "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&select,
         "SELECT seq, time_ns, priority, id, rule, topic, key, body FROM message"
         " WHERE seq > ? ORDER BY seq LIMIT ?"},
        {&delete_settled, "DELETE FROM message WHERE seq <= ?"},
        {&evict,
         "DELETE FROM message WHERE seq IN"
         " (SELECT seq FROM message WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?)"},
        {&evict_old,
         "DELETE FROM message WHERE seq IN"
         " (SELECT seq FROM message WHERE seq > ? ORDER BY seq LIMIT ?) AND spooled_ns < ?"},
        {&update_state, "UPDATE state SET last_seq = ?, is_running = ?"},
        {&oldest, "SELECT spooled_ns FROM message ORDER BY seq LIMIT 1"},
        {&used,
         "SELECT (page_count - freelist_count) * page_size"
         " FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"},
    };
    for (const auto& [statement, sql] : all) {
      Result<Statement> prepared = database.prepare(sql);
      if (!prepared) {
        return std::move(prepared).error();
      }
      *statement = std::move(*prepared);
    }
    return {};
  }

  Result<void> write_state(uint64_t last_seq, bool is_running) {
    update_state.bind(1, to_signed(last_seq));
    update_state.bind(2, is_running ? 1 : 0);
    return update_state.run();
  }

  // The first column of the first row; 0 when there is none.
  static Result<int64_t> read_integer(Statement& statement) {
    const Result<bool> row = statement.row();
    if (!row) {
      return row.error();
    }
    const int64_t value = *row ? statement.integer(0) : 0;
    statement.reset();
    return value;
  }
};

Spool::Spool(SpoolOptions options) : options_(std::move(options)) {}
Spool::~Spool() { close(); }

Result<std::unique_ptr<Spool>> Spool::open(const std::string& name, const SpoolOptions& options) {
  const std::string path = options.directory + "/" + name + ".db";
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) {
    return spool_error(path, {"", failed.value(), ""},
                       "spool.directory must be a directory that the sensor may write to");
  }
  std::unique_ptr<Spool> spool(new Spool(options));
  Result<void> opened = spool->open_file(path);
  if (!opened && spool->database_.is_corrupt()) {
    spool = std::unique_ptr<Spool>(new Spool(options));
    spool->was_damaged_ = true;
    std::filesystem::rename(path, path + ".damaged", failed);
    std::filesystem::remove(path + "-wal", failed);
    opened = spool->open_file(path);
  }
  if (!opened) {
    return spool_error(path, opened.error(), "see spool.directory");
  }
  return spool;
}

Result<void> Spool::open_file(const std::string& path) {
  Result<Database> database = Database::open(path);
  if (!database) {
    return std::move(database).error();
  }
  database_ = std::move(*database);
  if (Result<void> done = database_.run(kSetup); !done) {
    return done;
  }
  const char* sync = options_.sync == SpoolOptions::Sync::kEachBatch ? "PRAGMA synchronous=FULL"
                                                                     : "PRAGMA synchronous=NORMAL";
  if (Result<void> done = database_.run(sync); !done) {
    return done;
  }
  auto statements = std::make_unique<Statements>();
  if (Result<void> done = statements->prepare(database_); !done) {
    return done;
  }
  statements_ = std::move(statements);
  return read_state();
}

// Takes over what an earlier run left, and marks the file as in use.
Result<void> Spool::read_state() {
  Result<Statement> state = database_.prepare(
      "SELECT last_seq, is_running, (SELECT count(*) FROM message),"
      " (SELECT coalesce(min(seq), 0) FROM message) FROM state");
  if (!state) {
    return std::move(state).error();
  }
  const Result<bool> row = state->row();
  if (!row) {
    return row.error();
  }
  if (!*row) {
    return Error{"the row of the table 'state' is missing", 0, "move the file away"};
  }
  last_seq_ = to_unsigned(state->integer(0));
  first_free_seq_ = last_seq_ + 1 + (state->integer(1) != 0 ? 1U : 0U);
  resumed_ = to_unsigned(state->integer(2));
  settled_seq_ = resumed_ == 0 ? last_seq_ : to_unsigned(state->integer(3)) - 1;
  state->reset();
  taken_seq_ = settled_seq_;
  stored_settled_ = settled_seq_;
  stats_.messages = resumed_;
  return transact(last_seq_, [] { return Result<void>(); });
}

Result<void> Spool::transact(uint64_t last_seq, const std::function<Result<void>()>& change) {
  Result<void> done = database_.run("BEGIN IMMEDIATE");
  if (!done) {
    return done;
  }
  done = change();
  if (done) {
    done = statements_->write_state(last_seq, true);
  }
  if (done) {
    done = database_.run("COMMIT");
  }
  if (!done) {
    // Fails when SQLite has rolled back by itself, as it does on a full disk.
    static_cast<void>(database_.run("ROLLBACK"));
    const std::lock_guard lock(state_mutex_);
    ++stats_.disk_errors;
    return done;
  }
  const Result<uint64_t> used = used_bytes();
  const Result<int64_t> oldest = oldest_ns();
  const std::lock_guard lock(state_mutex_);
  stats_.bytes = used ? *used : stats_.bytes;
  stats_.oldest_ns = oldest ? *oldest : stats_.oldest_ns;
  return {};
}

Result<void> Spool::append(std::vector<Message>& messages) {
  if (messages.empty()) {
    return {};
  }
  if (options_.waits_when_full) {
    wait_for_room();
  }
  const std::lock_guard database_lock(database_mutex_);
  if (statements_ == nullptr) {
    return Error{"the spool is closed", 0, ""};
  }
  uint64_t settled = 0;
  {
    const std::lock_guard lock(state_mutex_);
    if (is_tail_needed() && tail_bytes_ >= kTailBytes) {
      return Error{"what the disk refused before is not sent yet", 0, ""};
    }
    settled = settled_seq_;
  }
  uint64_t evicted = 0;
  Result<void> done = transact(messages.back().seq, [&]() -> Result<void> {
    Result<void> changed = delete_settled(settled);
    if (changed) {
      changed = insert(messages);
    }
    if (!changed || options_.waits_when_full) {
      return changed;
    }
    Result<uint64_t> removed = evict_to_size(messages.front().seq);
    if (!removed) {
      return std::move(removed).error();
    }
    evicted = *removed;
    return {};
  });
  if (!done) {
    return done;
  }
  stored_settled_ = settled;
  const std::lock_guard lock(state_mutex_);
  stats_.messages += messages.size() - evicted;
  stats_.evicted_size += evicted;
  // What was evicted may be among these.
  note_appended(messages, evicted == 0);
  return {};
}

// state_mutex_ held.
void Spool::note_appended(std::vector<Message>& messages, bool may_keep) {
  const bool is_tail_whole = may_keep && (!tail_.empty() || taken_seq_ == last_seq_);
  last_seq_ = messages.back().seq;
  if (is_tail_whole && tail_bytes_ < kTailBytes) {
    for (Message& message : messages) {
      tail_bytes_ += message.size_bytes();
      tail_.push_back(std::move(message));
    }
  } else {
    drop_tail();
  }
  messages.clear();
  changed_.notify_all();
}

// From here on take() reads from the disk. state_mutex_ held.
void Spool::drop_tail() {
  tail_.clear();
  tail_bytes_ = 0;
}

// Whether some of what is not taken is not on disk. state_mutex_ held.
bool Spool::is_tail_needed() const {
  return !only_in_memory_.empty() && only_in_memory_.back() > taken_seq_;
}

bool Spool::append_in_memory(std::vector<Message>& messages) {
  const std::lock_guard database_lock(database_mutex_);
  const std::lock_guard lock(state_mutex_);
  const bool is_tail_whole = !tail_.empty() || taken_seq_ == last_seq_;
  if (statements_ == nullptr || !is_tail_whole || tail_bytes_ >= kTailBytes) {
    return false;
  }
  for (const Message& message : messages) {
    only_in_memory_.push_back(message.seq);
  }
  stats_.messages += messages.size();
  note_appended(messages, true);
  return true;
}

void Spool::close_input() {
  const std::lock_guard lock(state_mutex_);
  is_input_closed_ = true;
  changed_.notify_all();
}

bool Spool::take(size_t max, Clock::time_point deadline, std::vector<Message>& messages) {
  if (const auto now = Clock::now(); now >= next_tick_) {
    next_tick_ = now + kTick;
    store_settled();
  }
  std::unique_lock lock(state_mutex_);
  const auto has_more = [&] { return !tail_.empty() || taken_seq_ < last_seq_; };
  changed_.wait_until(lock, deadline, [&] { return has_more() || is_input_closed_; });
  if (!has_more()) {
    return !is_input_closed_;
  }
  if (tail_.empty()) {
    lock.unlock();
    const bool is_read = read_from_disk(max, messages);
    lock.lock();
    if (!is_read) {
      changed_.wait_until(lock, deadline);  // rather than try at once
    }
    return !is_input_closed_ || has_more();
  }
  for (; max > 0 && !tail_.empty(); --max) {
    taken_seq_ = tail_.front().seq;
    tail_bytes_ -= tail_.front().size_bytes();
    messages.push_back(std::move(tail_.front()));
    tail_.pop_front();
  }
  return !is_input_closed_ || has_more();
}

bool Spool::read_from_disk(size_t max, std::vector<Message>& messages) {
  const std::lock_guard database_lock(database_mutex_);
  if (statements_ == nullptr) {
    return false;
  }
  uint64_t taken = 0;
  {
    const std::lock_guard lock(state_mutex_);
    taken = taken_seq_;
  }
  Statement& select = statements_->select;
  select.bind(1, to_signed(taken));
  select.bind(2, to_signed(max));
  size_t count = 0;
  Result<bool> row = select.row();
  for (; row && *row; row = select.row()) {
    messages.push_back(read_message(select));
    taken = messages.back().seq;
    ++count;
  }
  const std::lock_guard lock(state_mutex_);
  // Fewer rows than asked for: there are none behind them.
  taken_seq_ = row && count < max ? last_seq_ : taken;
  stats_.disk_errors += row ? 0U : 1U;
  return row.has_value();
}

void Spool::settle(size_t count, uint64_t through_seq) {
  const std::lock_guard lock(state_mutex_);
  stats_.messages -= count;
  settled_seq_ = std::max(settled_seq_, through_seq);
  while (!only_in_memory_.empty() && only_in_memory_.front() <= settled_seq_) {
    only_in_memory_.pop_front();
  }
  if (options_.waits_when_full) {
    changed_.notify_all();
  }
}

void Spool::store_settled() {
  const std::lock_guard database_lock(database_mutex_);
  if (statements_ == nullptr) {
    return;
  }
  uint64_t settled = 0;
  uint64_t taken = 0;
  {
    const std::lock_guard lock(state_mutex_);
    settled = settled_seq_;
    taken = taken_seq_;
    const bool may_have_old = stats_.oldest_ns != 0 && !is_tail_needed() &&
                              unix_time_ns() - stats_.oldest_ns > to_ns(options_.max_age);
    if (settled == stored_settled_ && !may_have_old) {
      return;
    }
  }
  uint64_t evicted = 0;
  const Result<void> done = transact(last_seq_, [&]() -> Result<void> {
    if (Result<void> deleted = delete_settled(settled); !deleted) {
      return deleted;
    }
    Result<uint64_t> removed = evict_old(taken);
    evicted = removed ? *removed : 0;
    return removed ? Result<void>() : Result<void>(removed.error());
  });
  if (!done) {
    return;  // the next tick tries again; until then a restart would send these once more
  }
  static_cast<void>(database_.run("PRAGMA incremental_vacuum(1024)"));
  stored_settled_ = settled;
  const std::lock_guard lock(state_mutex_);
  stats_.messages -= evicted;
  stats_.evicted_age += evicted;
  if (evicted != 0) {
    drop_tail();
  }
}

uint64_t Spool::close() {
  store_settled();
  const std::lock_guard database_lock(database_mutex_);
  if (statements_ == nullptr) {
    return 0;
  }
  static_cast<void>(statements_->write_state(last_seq_, false));
  statements_.reset();
  database_ = {};
  const std::lock_guard lock(state_mutex_);
  is_input_closed_ = true;
  changed_.notify_all();
  stats_.messages -= only_in_memory_.size();
  return only_in_memory_.size();
}

SpoolStats Spool::stats() const {
  const std::lock_guard lock(state_mutex_);
  SpoolStats stats = stats_;
  stats.oldest_ns = stats.messages == 0 ? 0 : stats.oldest_ns;
  return stats;
}

// Where nothing may be lost: until the output has taken enough from the disk.
void Spool::wait_for_room() {
  while (true) {
    store_settled();
    std::unique_lock lock(state_mutex_);
    if (stats_.bytes < options_.max_bytes || stats_.messages == 0 || is_input_closed_) {
      return;
    }
    const uint64_t settled = settled_seq_;
    changed_.wait(lock, [&] { return settled_seq_ != settled || is_input_closed_; });
  }
}

Result<void> Spool::insert(const std::vector<Message>& messages) {
  Statement& insert = statements_->insert;
  const int64_t now_ns = unix_time_ns();
  for (const Message& message : messages) {
    insert.bind(1, to_signed(message.seq));
    insert.bind(2, now_ns);
    insert.bind(3, message.time_ns);
    insert.bind(4, static_cast<int64_t>(message.priority));
    insert.bind(5, message.id);
    insert.bind(6, message.rule);
    insert.bind(7, message.topic);
    insert.bind(8, message.key);
    insert.bind(9, message.body);
    if (Result<void> done = insert.run(); !done) {
      return done;
    }
  }
  return {};
}

Result<void> Spool::delete_settled(uint64_t through_seq) {
  if (through_seq == stored_settled_) {
    return {};
  }
  statements_->delete_settled.bind(1, to_signed(through_seq));
  return statements_->delete_settled.run();
}

// What the output has taken stays, it may be on its way; and so does what comes just now.
Result<uint64_t> Spool::evict_to_size(uint64_t newest_seq) {
  uint64_t evicted = 0;
  while (true) {
    const Result<uint64_t> used = used_bytes();
    if (!used) {
      return used.error();
    }
    if (*used <= options_.max_bytes) {
      return evicted;
    }
    {
      const std::lock_guard lock(state_mutex_);
      if (is_tail_needed()) {
        return evicted;
      }
      drop_tail();  // take() has to wait for the end of this transaction
      statements_->evict.bind(1, to_signed(taken_seq_));
    }
    statements_->evict.bind(2, to_signed(newest_seq));
    statements_->evict.bind(3, kEvictRows);
    if (Result<void> done = statements_->evict.run(); !done) {
      return std::move(done).error();
    }
    const int64_t changes = database_.changes();
    evicted += to_unsigned(changes);
    if (changes == 0) {
      return evicted;
    }
  }
}

Result<uint64_t> Spool::evict_old(uint64_t taken_seq) {
  uint64_t evicted = 0;
  int64_t changes = kEvictOldRows;
  while (changes == kEvictOldRows) {
    statements_->evict_old.bind(1, to_signed(taken_seq));
    statements_->evict_old.bind(2, kEvictOldRows);
    statements_->evict_old.bind(3, unix_time_ns() - to_ns(options_.max_age));
    if (Result<void> done = statements_->evict_old.run(); !done) {
      return std::move(done).error();
    }
    changes = database_.changes();
    evicted += to_unsigned(changes);
  }
  return evicted;
}

Result<uint64_t> Spool::used_bytes() {
  Result<int64_t> used = statements_->read_integer(statements_->used);
  return used ? Result<uint64_t>(to_unsigned(*used)) : Result<uint64_t>(used.error());
}

Result<int64_t> Spool::oldest_ns() { return statements_->read_integer(statements_->oldest); }

}  // namespace saker
