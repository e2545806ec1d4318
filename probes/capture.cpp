// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {
namespace {

static_assert(std::endian::native == std::endian::little, "captures are little-endian");
static_assert(sizeof(CaptureHeader) == 32 && sizeof(CaptureHeader) % EV_ALIGN == 0);

// Large enough that the cost of write(2) does not count, small enough not to matter in memory.
constexpr size_t kBufferBytes = 256 * 1024;

}  // namespace

Result<std::unique_ptr<CaptureWriter>> CaptureWriter::create(const std::string& path,
                                                             const SourceInfo& info) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) {
    const int error = errno;
    return Error{"cannot create capture file '" + path + "'", error,
                 error == EEXIST ? "remove it, or choose another name" : ""};
  }
  std::unique_ptr<CaptureWriter> writer(new CaptureWriter(std::move(fd), path));

  const std::string_view hostname = std::string_view(info.hostname).substr(0, kCaptureHostnameMax);
  const auto hostname_size = static_cast<uint32_t>(hostname.size());
  const uint32_t padded = (hostname_size + EV_ALIGN - 1) / EV_ALIGN * EV_ALIGN;
  CaptureHeader header{};
  std::memcpy(header.magic, kCaptureMagic, sizeof(header.magic));
  header.version = EV_WIRE_VERSION;
  header.header_size = static_cast<uint32_t>(sizeof(header)) + padded;
  header.boot_to_epoch_ns = info.boot_to_epoch_ns;
  header.hostname_size = hostname_size;
  writer->buffer_.append(reinterpret_cast<const char*>(&header), sizeof(header));
  writer->buffer_.append(hostname);
  writer->buffer_.append(padded - hostname_size, '\0');
  writer->bytes_ = writer->buffer_.size();
  return writer;
}

Result<void> CaptureWriter::write(std::span<const std::byte> record) {
  SAKER_CHECK(record.size() >= sizeof(ev_header) && record.size() % EV_ALIGN == 0);
  buffer_.append(reinterpret_cast<const char*>(record.data()), record.size());
  bytes_ += record.size();
  ++records_;
  return buffer_.size() < kBufferBytes ? Result<void>() : flush();
}

Result<void> CaptureWriter::close() {
  if (Result<void> flushed = flush(); !flushed) {
    return flushed;
  }
  // Network file systems report a full disk only now.
  return ::close(fd_.release()) == 0 ? Result<void>() : write_error(errno);
}

Result<void> CaptureWriter::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_.get(), rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      const int error = errno;
      buffer_.erase(0, buffer_.size() - rest.size());
      return write_error(error);
    }
  }
  buffer_.clear();
  return {};
}

Error CaptureWriter::write_error(int errno_value) const {
  return {"cannot write capture file '" + path_ + "'", errno_value,
          errno_value == ENOSPC ? "what was written so far can be replayed" : ""};
}

}  // namespace saker
