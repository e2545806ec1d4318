// SPDX-License-Identifier: Apache-2.0
#include "probes/replay_source.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "probes/capture.h"
#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {
namespace {

// Holds the largest record.
constexpr size_t kBufferBytes = 2 * EV_USERS_MAX;
static_assert(kBufferBytes >= EV_RECORD_MAX);

class ReplaySource : public EventSource {
 public:
  ReplaySource(UniqueFd fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)), buffer_(kBufferBytes) {}

  Result<void> read_header();

  [[nodiscard]] const SourceInfo& info() const noexcept override { return info_; }
  Next next(std::span<const std::byte>& record, int timeout_ms) override;
  void stop() noexcept override { stopped_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] Error error() const override { return error_; }
  [[nodiscard]] std::vector<SourceCounter> counters() const override {
    return {{"read", "", "", records_, false}};
  }

 private:
  // Makes `size` bytes available at begin_, if the file has them; false when read(2) failed.
  bool fill(size_t size);
  [[nodiscard]] size_t available() const noexcept { return end_ - begin_; }
  Next fail(std::string what);
  [[nodiscard]] std::string at_offset() const { return "at offset " + std::to_string(offset_); }

  UniqueFd fd_;
  std::string path_;
  SourceInfo info_;
  Error error_;
  std::vector<std::byte> buffer_;
  size_t begin_ = 0;     // of the next record, in buffer_; a multiple of EV_ALIGN
  size_t end_ = 0;       // of what was read
  uint64_t offset_ = 0;  // of the next record, in the file
  uint64_t records_ = 0;
  std::atomic<bool> stopped_ = false;
};

bool ReplaySource::fill(size_t size) {
  if (begin_ + size > buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, available());
    end_ -= begin_;
    begin_ = 0;
  }
  while (available() < size) {
    const ssize_t n = ::read(fd_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (n == 0) {
      return true;
    }
    if (n > 0) {
      end_ += static_cast<size_t>(n);
    } else if (errno != EINTR) {
      error_ = Error{"cannot read capture file '" + path_ + "'", errno, ""};
      return false;
    }
  }
  return true;
}

EventSource::Next ReplaySource::fail(std::string what) {
  error_ = Error{"capture file '" + path_ + "': " + std::move(what), 0, ""};
  return Next::kFailed;
}

Result<void> ReplaySource::read_header() {
  const auto refuse = [&](const std::string& what, const std::string& hint = "") {
    return Error{"'" + path_ + "' " + what, 0, hint};
  };
  if (!fill(sizeof(CaptureHeader))) {
    return error_;
  }
  CaptureHeader header{};
  if (available() < sizeof(header)) {
    return available() == 0 ? refuse("is empty", "not a capture file")
                            : refuse("is too short for a capture file");
  }
  std::memcpy(&header, buffer_.data(), sizeof(header));
  if (std::memcmp(header.magic, kCaptureMagic, sizeof(header.magic)) != 0) {
    return refuse("is not a capture file", "made by 'saker record'");
  }
  if (header.version != EV_WIRE_VERSION) {
    return refuse("is a capture of format version " + std::to_string(header.version),
                  "this program reads version " + std::to_string(EV_WIRE_VERSION));
  }
  const uint64_t minimum = sizeof(header) + uint64_t{header.hostname_size};
  if (header.hostname_size > kCaptureHostnameMax || header.header_size % EV_ALIGN != 0 ||
      header.header_size < minimum || header.header_size >= minimum + EV_ALIGN) {
    return refuse("has a corrupt header");
  }
  if (!fill(header.header_size)) {
    return error_;
  }
  if (available() < header.header_size) {
    return refuse("is too short for a capture file");
  }
  info_.boot_to_epoch_ns = header.boot_to_epoch_ns;
  info_.hostname.assign(reinterpret_cast<const char*>(buffer_.data()) + sizeof(header),
                        header.hostname_size);
  begin_ = header.header_size;
  offset_ = header.header_size;
  return {};
}

EventSource::Next ReplaySource::next(std::span<const std::byte>& record, int /*timeout_ms*/) {
  if (stopped_.load(std::memory_order_relaxed)) {
    return Next::kEnd;
  }
  if (available() < sizeof(ev_header)) {
    if (!fill(sizeof(ev_header))) {
      return Next::kFailed;
    }
    if (available() == 0) {
      return Next::kEnd;
    }
    if (available() < sizeof(ev_header)) {
      return fail("truncated " + at_offset() + ": the last record is cut off");
    }
  }
  ev_header header{};
  std::memcpy(&header, buffer_.data() + begin_, sizeof(header));
  if (header.kind == EV_NONE || header.kind >= EV_KINDS) {
    return fail("corrupt " + at_offset() + ": no record has kind " + std::to_string(header.kind));
  }
  if (header.size < sizeof(ev_header) || header.size % EV_ALIGN != 0 ||
      header.size > capture_record_max(header.kind)) {
    return fail("corrupt " + at_offset() + ": no record has a size of " +
                std::to_string(header.size) + " bytes");
  }
  if (available() < header.size) {
    if (!fill(header.size)) {
      return Next::kFailed;
    }
    if (available() < header.size) {
      return fail("truncated " + at_offset() + ": the last record is cut off");
    }
  }
  record = {buffer_.data() + begin_, header.size};
  begin_ += header.size;
  offset_ += header.size;
  ++records_;
  return Next::kRecord;
}

}  // namespace

Result<std::unique_ptr<EventSource>> open_replay_source(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    return Error{"cannot open capture file '" + path + "'", errno, ""};
  }
  auto source = std::make_unique<ReplaySource>(std::move(fd), path);
  if (Result<void> header = source->read_header(); !header) {
    return std::move(header).error();
  }
  return std::unique_ptr<EventSource>(std::move(source));
}

}  // namespace saker
