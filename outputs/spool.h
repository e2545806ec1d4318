// SPDX-License-Identifier: Apache-2.0
// Spool: the messages of one output on disk, from when they are accepted until they are where they
// shall be. An SQLite database in WAL mode, locked while it is open.
//
//   message  a row per message, by its number
//   state    one row: the last number given out, and whether a sensor is running with it
//
// A restart goes on with what is left, and with the numbers. After a kill, what was sent within the
// last second may be sent again, and one number is left out, because what had not come to the disk
// then is not known (README, "What can be lost").
//
// Threads: append() and close_input() on one thread, take() and settle() on another, the rest on
//          any. Only append(), take() and close() wait for the disk; stats() does not.
// Memory:  the newest messages are kept in memory as well, up to kTailBytes, so that an output that
//          keeps up never makes the disk read.
#ifndef SAKER_OUTPUTS_SPOOL_H
#define SAKER_OUTPUTS_SPOOL_H

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/message_source.h"
#include "outputs/sqlite.h"

namespace saker {

struct SpoolOptions {
  // When an append counts as done: when it is on the medium, which survives a loss of power; or
  // when the kernel has it, which survives a kill of the sensor only.
  enum class Sync : uint8_t { kEachBatch, kCheckpoint };

  std::string directory;
  uint64_t max_bytes = 1U << 30U;  // beside what is on its way
  std::chrono::seconds max_age = std::chrono::hours(168);
  Sync sync = Sync::kEachBatch;
  // Full: the oldest that were not sent yet go, counted; or append() waits (a replay).
  bool waits_when_full = false;
};

struct SpoolStats {
  uint64_t messages = 0;  // neither settled nor evicted
  uint64_t bytes = 0;     // of disk, at the last append
  int64_t oldest_ns = 0;  // Unix time at which the first of them was appended; 0: none
  uint64_t evicted_size = 0;
  uint64_t evicted_age = 0;
  uint64_t disk_errors = 0;  // transactions and reads that failed; they are tried again
};

class Spool : public MessageSource {
 public:
  static constexpr size_t kTailBytes = 4U << 20U;

  // Opens or makes DIRECTORY/NAME.db. A damaged file is set aside as NAME.db.damaged, and
  // was_damaged() says so: its messages are lost.
  static Result<std::unique_ptr<Spool>> open(const std::string& name, const SpoolOptions& options);
  ~Spool() override;

  // What the last message had, or the number left out after a kill.
  [[nodiscard]] uint64_t last_seq() const noexcept { return first_free_seq_ - 1; }
  // Messages of an earlier run.
  [[nodiscard]] uint64_t resumed() const noexcept { return resumed_; }
  [[nodiscard]] bool was_damaged() const noexcept { return was_damaged_; }

  // Takes all the messages, or none when it fails. Numbers must rise.
  Result<void> append(std::vector<Message>& messages);
  // For messages that the disk refused: takes them into memory only, if the output has everything
  // before them, and there is room. False: nothing was taken.
  bool append_in_memory(std::vector<Message>& messages);
  // After the last append: take() ends when it has given out everything.
  void close_input();

  bool take(size_t max, Clock::time_point deadline, std::vector<Message>& messages) override;
  // `count` more messages need not be kept; all with numbers up to `through_seq` are among those
  // that need not.
  void settle(size_t count, uint64_t through_seq);

  // Stores what is settled and that the run has ended in order. Returns how many messages are lost
  // because they are in memory only. Later calls do nothing.
  uint64_t close();
  [[nodiscard]] SpoolStats stats() const;

 private:
  struct Statements;
  explicit Spool(SpoolOptions options);
  Result<void> open_file(const std::string& path);
  Result<void> read_state();
  // From here to transact(): database_mutex_ held; what changes rows is within a transaction.
  Result<void> insert(const std::vector<Message>& messages);
  Result<void> delete_settled(uint64_t through_seq);
  Result<uint64_t> evict_to_size(uint64_t newest_seq);
  Result<uint64_t> evict_old(uint64_t taken_seq);
  Result<uint64_t> used_bytes();
  Result<int64_t> oldest_ns();
  // Runs `change` as one transaction, and rolls it back when it fails.
  Result<void> transact(uint64_t last_seq, const std::function<Result<void>()>& change);
  void note_appended(std::vector<Message>& messages, bool may_keep);
  void drop_tail();
  [[nodiscard]] bool is_tail_needed() const;
  bool read_from_disk(size_t max, std::vector<Message>& messages);
  void store_settled();
  void wait_for_room();

  const SpoolOptions options_;
  uint64_t first_free_seq_ = 1;
  uint64_t resumed_ = 0;
  bool was_damaged_ = false;

  // Locked before state_mutex_ when both are needed.
  std::mutex database_mutex_;
  Database database_;                       // guarded by database_mutex_, as the next two
  std::unique_ptr<Statements> statements_;  // null: closed
  uint64_t stored_settled_ = 0;
  uint64_t last_seq_ = 0;  // appended; written with both mutexes held, read with one

  mutable std::mutex state_mutex_;
  std::condition_variable changed_;
  // All below: guarded by state_mutex_.
  SpoolStats stats_;
  uint64_t taken_seq_ = 0;  // handed out by take()
  uint64_t settled_seq_ = 0;
  // All that was appended and not taken, or nothing when that is too much.
  std::deque<Message> tail_;
  size_t tail_bytes_ = 0;
  std::deque<uint64_t> only_in_memory_;  // numbers of what was appended so, not settled
  Clock::time_point next_tick_{};        // used by take() only
  bool is_input_closed_ = false;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SPOOL_H
