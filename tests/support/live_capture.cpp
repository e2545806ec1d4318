// SPDX-License-Identifier: Apache-2.0
#include "tests/support/live_capture.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "engine/base/check.h"
#include "engine/event_catalog.h"

namespace saker::test {

SeenRecord::SeenRecord(std::span<const std::byte> record)
    : bytes_((record.size() + 7) / 8), event_(std::make_unique<Event>()) {
  std::memcpy(bytes_.data(), record.data(), record.size());
  const DecodeError error =
      event_->decode({reinterpret_cast<const std::byte*>(bytes_.data()), record.size()});
  SAKER_CHECK(error == DecodeError::kNone);
}

Result<std::unique_ptr<LiveCapture>> LiveCapture::open(const LiveOptions& options) {
  Result<std::unique_ptr<LiveSource>> source = open_live_source(options);
  if (!source) {
    return source.error();
  }
  std::unique_ptr<LiveCapture> capture(new LiveCapture());
  capture->source_ = std::move(*source);
  return capture;
}

void LiveCapture::run(const std::function<void()>& action) {
  child_ = ::fork();
  SAKER_CHECK(child_ >= 0);
  if (child_ == 0) {
    action();
    ::_exit(0);
  }
  SAKER_CHECK(::waitpid(child_, &status_, 0) == child_);
  drain();
}

void LiveCapture::drain() {
  source_->stop();
  std::span<const std::byte> record;
  for (;;) {
    const EventSource::Next next = source_->next(record, -1);
    if (next == EventSource::Next::kEnd) {
      return;
    }
    SAKER_CHECK(next != EventSource::Next::kFailed);
    if (next == EventSource::Next::kRecord) {
      SeenRecord seen(record);
      const bool is_child = seen->task().pid == static_cast<uint32_t>(child_);
      (is_child ? records_ : others_).push_back(std::move(seen));
    }
  }
}

std::vector<const SeenRecord*> LiveCapture::syscalls(uint32_t nr) const {
  std::vector<const SeenRecord*> found;
  for (const SeenRecord& record : records_) {
    if (record->syscall() != nullptr && record->syscall()->nr == nr) {
      found.push_back(&record);
    }
  }
  return found;
}

const SeenRecord* LiveCapture::first(ev_kind kind) const {
  for (const SeenRecord& record : records_) {
    if (record->kind() == kind) {
      return &record;
    }
  }
  return nullptr;
}

uint64_t LiveCapture::counter(std::string_view name, std::string_view kind,
                              std::string_view reason) const {
  uint64_t total = 0;
  for (const SourceCounter& counter : source_->counters()) {
    if (counter.name == name && (kind.empty() || counter.kind == kind) &&
        (reason.empty() || counter.reason == reason)) {
      total += counter.value;
    }
  }
  return total;
}

uint64_t LiveCapture::losses() const {
  uint64_t total = 0;
  for (const SourceCounter& counter : source_->counters()) {
    total += counter.is_loss && counter.reason != "missed" ? counter.value : 0;
  }
  return total;
}

LiveOptions live_options(const std::vector<std::string_view>& events) {
  EventSet wanted;
  for (const std::string_view name : events) {
    const EventSet codes = EventCatalog::builtin().find(name);
    SAKER_CHECK(codes.any());
    wanted |= codes;
  }
  LiveOptions options;
  options.plans = EventCatalog::builtin().capture_plans(wanted);
  return options;
}

bool may_skip_live() {
  const char* required = std::getenv("SAKER_REQUIRE_LIVE");
  return required == nullptr || std::strcmp(required, "1") != 0;
}

void* map_shared(size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  SAKER_CHECK(memory != MAP_FAILED);
  return memory;
}

void unmap_shared(void* memory, size_t size) { ::munmap(memory, size); }

}  // namespace saker::test
