// SPDX-License-Identifier: Apache-2.0
#include "engine/record_writer.h"

#include "engine/base/check.h"

namespace saker {

void RecordWriter::begin(ev_kind kind, uint64_t boot_ns, const ev_task& task, uint16_t cpu) {
  bytes_.clear();
  ev_header header{};
  header.kind = static_cast<uint8_t>(kind);
  header.cpu = cpu;
  header.boot_ns = boot_ns;
  append(&header, sizeof(header));
  append(&task, sizeof(task));
}

void RecordWriter::section(ev_section_kind kind, uint8_t slot, std::string_view payload,
                           uint8_t flags, std::optional<uint32_t> true_size) {
  start_section(kind, slot, flags, payload.size(),
                true_size.value_or(static_cast<uint32_t>(payload.size())));
  append(payload.data(), payload.size());
  pad();
}

void RecordWriter::file(uint8_t slot, const ev_file& file, std::string_view path, uint8_t flags) {
  const size_t size = sizeof(file) + path.size();
  start_section(EV_SEC_FILE, slot, flags, size, static_cast<uint32_t>(size));
  append(&file, sizeof(file));
  append(path.data(), path.size());
  pad();
}

void RecordWriter::socket(uint8_t slot, const ev_socket& socket, std::string_view path) {
  const size_t size = sizeof(socket) + path.size();
  start_section(EV_SEC_SOCKET, slot, 0, size, static_cast<uint32_t>(size));
  append(&socket, sizeof(socket));
  append(path.data(), path.size());
  pad();
}

std::span<const std::byte> RecordWriter::finish() {
  SAKER_CHECK(bytes_.size() >= sizeof(ev_header) && bytes_.size() % EV_ALIGN == 0);
  const auto size = static_cast<uint32_t>(bytes_.size());
  std::memcpy(bytes_.data() + offsetof(ev_header, size), &size, sizeof(size));
  return bytes_;
}

void RecordWriter::append(const void* data, size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes_.insert(bytes_.end(), begin, begin + size);
}

void RecordWriter::start_section(ev_section_kind kind, uint8_t slot, uint8_t flags, size_t size,
                                 uint32_t true_size) {
  ev_section section{};
  section.kind = static_cast<uint8_t>(kind);
  section.slot = slot;
  section.flags = flags;
  section.size = static_cast<uint32_t>(size);
  section.true_size = true_size;
  append(&section, sizeof(section));
}

void RecordWriter::pad() { bytes_.resize((bytes_.size() + EV_ALIGN - 1) / EV_ALIGN * EV_ALIGN); }

}  // namespace saker
