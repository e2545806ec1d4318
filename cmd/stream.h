// SPDX-License-Identifier: Apache-2.0
// Stream: a connected socket that never blocks; plain here, with TLS in tls.h.
#ifndef SAKER_CMD_STREAM_H
#define SAKER_CMD_STREAM_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/unique_fd.h"

namespace saker {

class Stream {
 public:
  enum class Next : uint8_t {
    kGoOn,  // `bytes` were moved
    kWaitForRead,
    kWaitForWrite,
    kClosed,  // by the other side, or an error
  };
  struct Moved {
    Next next = Next::kClosed;
    size_t bytes = 0;  // more than 0 with kGoOn
  };

  // Requires of the descriptor: a connected socket with O_NONBLOCK.
  explicit Stream(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  virtual Moved read(std::span<char> buffer) noexcept;
  virtual Moved write(std::string_view bytes) noexcept;
  // Tells the other side that nothing more will come.
  virtual void end_writing() noexcept;

  // Behind kClosed: what was wrong; empty: nothing that is known.
  [[nodiscard]] virtual std::string problem() const { return {}; }

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  UniqueFd fd_;
};

}  // namespace saker

#endif  // SAKER_CMD_STREAM_H
