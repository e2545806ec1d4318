// SPDX-License-Identifier: Apache-2.0
// LiveCapture: the records that the probes make of a child process, for live tests.
//
//   std::unique_ptr<LiveCapture> capture;
//   ASSERT_NO_FATAL_FAILURE(open_live(capture, {"openat"}));   // skips the test where BPF is
//   refused if (!capture) GTEST_SKIP()...                              // SAKER_OPEN_LIVE does both
#ifndef SAKER_TESTS_SUPPORT_LIVE_CAPTURE_H
#define SAKER_TESTS_SUPPORT_LIVE_CAPTURE_H

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/event.h"
#include "probes/event_source.h"
#include "probes/live_source.h"

namespace saker::test {

// A record that outlives the ring, decoded. Reading it through the pointer is safe as long as it
// lives.
class SeenRecord {
 public:
  explicit SeenRecord(std::span<const std::byte> record);
  const Event* operator->() const noexcept { return event_.get(); }
  [[nodiscard]] const Event& event() const noexcept { return *event_; }
  // The record itself.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span(bytes_));
  }
  [[nodiscard]] std::string_view text(ev_section_kind kind, size_t slot = 0) const noexcept {
    return event_->section(kind, slot).bytes;
  }

 private:
  std::vector<uint64_t> bytes_;  // of 64 bits, so that the record is aligned
  std::unique_ptr<Event> event_;
};

class LiveCapture {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LiveCapture>> open(const LiveOptions& options);

  // Runs `action` in a forked child, which then exits with 0, and ends the capture. The records of
  // the child are in records(), all others in others().
  void run(const std::function<void()>& action);

  [[nodiscard]] pid_t child() const noexcept { return child_; }
  // wait4()'s status of the child.
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::vector<SeenRecord>& records() const noexcept { return records_; }
  [[nodiscard]] const std::vector<SeenRecord>& others() const noexcept { return others_; }
  // The child's syscalls `nr`, in order.
  [[nodiscard]] std::vector<const SeenRecord*> syscalls(uint32_t nr) const;
  // The first record of the kind, or null.
  [[nodiscard]] const SeenRecord* first(ev_kind kind) const;
  // Sum of the counters that match; empty texts match all.
  [[nodiscard]] uint64_t counter(std::string_view name, std::string_view kind = {},
                                 std::string_view reason = {}) const;
  // But for runs that the kernel left out: from 7.0 on it preempts tracepoints, and does that to
  // the programs of any process now and then.
  [[nodiscard]] uint64_t losses() const;
  [[nodiscard]] LiveSource& source() noexcept { return *source_; }

 private:
  LiveCapture() = default;
  void drain();

  std::unique_ptr<LiveSource> source_;
  pid_t child_ = -1;
  int status_ = 0;
  std::vector<SeenRecord> records_;
  std::vector<SeenRecord> others_;
};

// Options with the catalog's plans for the named events.
[[nodiscard]] LiveOptions live_options(const std::vector<std::string_view>& events);

// Why live tests cannot run here, if they may be skipped for it.
[[nodiscard]] bool may_skip_live();

// Memory that a forked child shares with its parent.
template <typename T>
class Shared {
 public:
  Shared();
  ~Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() const noexcept { return value_; }
  T& operator*() const noexcept { return *value_; }

 private:
  T* value_;
};

void* map_shared(size_t size);
void unmap_shared(void* memory, size_t size);

template <typename T>
Shared<T>::Shared() : value_(new(map_shared(sizeof(T))) T{}) {}
template <typename T>
Shared<T>::~Shared() {
  unmap_shared(value_, sizeof(T));
}

}  // namespace saker::test

// Opens `variable`; skips the test, or fails it when SAKER_REQUIRE_LIVE=1, where BPF is refused.
#define SAKER_OPEN_LIVE(variable, options)                                 \
  auto variable##_opened = ::saker::test::LiveCapture::open(options);      \
  if (!variable##_opened && ::saker::test::may_skip_live()) {              \
    GTEST_SKIP() << variable##_opened.error().to_string();                 \
  }                                                                        \
  ASSERT_TRUE(variable##_opened) << variable##_opened.error().to_string(); \
  const std::unique_ptr<::saker::test::LiveCapture> variable = std::move(*variable##_opened)

#endif  // SAKER_TESTS_SUPPORT_LIVE_CAPTURE_H
