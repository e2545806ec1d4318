// SPDX-License-Identifier: Apache-2.0
// Capture files: records as they came from the source, so that a replay gives the alerts of the
// live run. Written by CaptureWriter, read by the replay source (replay_source.h).
//
// Grammar:  file   = header record*
//           header = "SAKERCAP" version:u32 header_size:u32 boot_to_epoch_ns:i64
//                    hostname_size:u32 pad:u32 hostname pad
//           record = bytes of probes/wire.h, ev_header.size long
// All integers little-endian; the header is padded to 8 bytes. `version` is EV_WIRE_VERSION.
#ifndef SAKER_PROBES_CAPTURE_H
#define SAKER_PROBES_CAPTURE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {

// The fixed part of the header.
struct CaptureHeader {
  char magic[8];
  uint32_t version;
  uint32_t header_size;  // this struct, hostname and pad
  int64_t boot_to_epoch_ns;
  uint32_t hostname_size;
  uint32_t pad;
};
inline constexpr char kCaptureMagic[] = "SAKERCAP";
// Longer than any host name (HOST_NAME_MAX is 64); what is behind is cut off.
inline constexpr uint32_t kCaptureHostnameMax = 256;

// Upper bound of a record of this kind in a capture file.
[[nodiscard]] constexpr uint32_t capture_record_max(uint16_t kind) noexcept {
  return kind == EV_USERS || kind == EV_CONTAINER ? EV_USERS_MAX : EV_RECORD_MAX;
}

class CaptureWriter {
 public:
  // Creates `path` with mode 0600; refuses one that exists.
  [[nodiscard]] static Result<std::unique_ptr<CaptureWriter>> create(const std::string& path,
                                                                     const SourceInfo& info);

  // Buffers; a full disk shows here or in close(). After a failure the file ends in the middle of a
  // record and further calls fail with the same error.
  // Requires: the record's header holds its size.
  Result<void> write(std::span<const std::byte> record);
  // Requires of both: close() was not called before.
  Result<void> close();
  [[nodiscard]] uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] uint64_t records() const noexcept { return records_; }

 private:
  CaptureWriter(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<void> flush();
  Error write_error(int errno_value) const;

  UniqueFd fd_;
  std::string path_;
  std::string buffer_;
  uint64_t bytes_ = 0;
  uint64_t records_ = 0;
};

}  // namespace saker

#endif  // SAKER_PROBES_CAPTURE_H
