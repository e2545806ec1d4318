// SPDX-License-Identifier: Apache-2.0
// RecordWriter: builds records of the wire format (probes/wire.h) in user space: processes read
// from /proc, cases of rule tests, and tests.
//
// Call order: begin(), body(), sections, finish(). Not thread-safe; reuses its memory.
#ifndef SAKER_ENGINE_RECORD_WRITER_H
#define SAKER_ENGINE_RECORD_WRITER_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "probes/wire.h"

namespace saker {

class RecordWriter {
 public:
  void begin(ev_kind kind, uint64_t boot_ns, const ev_task& task, uint16_t cpu = 0);

  // The body that belongs to the kind given to begin().
  template <typename Body>
  void body(const Body& body) {
    static_assert(std::is_trivially_copyable_v<Body> && sizeof(Body) % EV_ALIGN == 0);
    append(&body, sizeof(body));
  }

  // `true_size` is the size before truncation; absent: nothing was cut.
  void section(ev_section_kind kind, uint8_t slot, std::string_view payload, uint8_t flags = 0,
               std::optional<uint32_t> true_size = {});
  void file(uint8_t slot, const ev_file& file, std::string_view path, uint8_t flags = 0);
  void socket(uint8_t slot, const ev_socket& socket, std::string_view path = {});

  // The finished record; valid until begin() is called again. Its start is aligned to EV_ALIGN.
  [[nodiscard]] std::span<const std::byte> finish();

 private:
  void append(const void* data, size_t size);
  void start_section(ev_section_kind kind, uint8_t slot, uint8_t flags, size_t size,
                     uint32_t true_size);
  void pad();

  std::vector<std::byte> bytes_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RECORD_WRITER_H
