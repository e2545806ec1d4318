// SPDX-License-Identifier: Apache-2.0
// Capture files: records as they came from the source, so that a replay gives the alerts of the
// live run. Written by CaptureWriter, read by the replay source (replay_source.h).
//
// Grammar:  file   = header record*
//           header = "SAKERCAP" version:u32 header_size:u32 boot_to_epoch_ns:i64
//                    hostname_size:u32 pad:u32 hostname pad
//           record = bytes of probes/wire.h, ev_header.size long
// All integers little-endian; the header is padded to 8 bytes.
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

namespace saker {

class CaptureWriter {
 public:
  // Creates `path` with mode 0600; refuses one that exists.
  [[nodiscard]] static Result<std::unique_ptr<CaptureWriter>> create(const std::string& path,
                                                                     const SourceInfo& info);
  ~CaptureWriter();

  // Buffers; a full disk shows here or in close().
  Result<void> write(std::span<const std::byte> record);
  Result<void> close();
  [[nodiscard]] uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] uint64_t records() const noexcept { return records_; }

 private:
  CaptureWriter() = default;
  Result<void> flush();

  UniqueFd fd_;
  std::string path_;
  std::string buffer_;
  uint64_t bytes_ = 0;
  uint64_t records_ = 0;
};

}  // namespace saker

#endif  // SAKER_PROBES_CAPTURE_H
