// SPDX-License-Identifier: Apache-2.0
// The descriptor that an event creates or uses: kind, name and number, from the kernel's objects.
// Private to the fields_*.cpp files.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_DESCRIPTOR_H
#define SAKER_ENGINE_FIELDS_FIELDS_DESCRIPTOR_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace saker {

class Event;

struct DescriptorKind {
  enum class Group : uint8_t { kFile, kDirectory, kIp, kUnix, kOther };

  std::string_view type;  // fd.type
  char letter;            // fd.typechar
  Group group = Group::kOther;

  [[nodiscard]] bool is_file() const noexcept { return group <= Group::kDirectory; }
  [[nodiscard]] bool is_socket() const noexcept {
    return group == Group::kIp || group == Group::kUnix;
  }
};

// All that fd.type and fd.typechar can be.
inline constexpr std::string_view kDescriptorTypes[] = {
    "file",    "directory", "ipv4",        "ipv6",        "unix",      "netlink",
    "pipe",    "memfd",     "unsupported", "event",       "eventpoll", "signalfd",
    "timerfd", "inotify",   "bpf",         "userfaultfd", "io_uring",  "pidfd"};
inline constexpr std::string_view kDescriptorLetters[] = {
    "f", "d", "4", "6", "u", "n", "p", "m", "X", "e", "l", "s", "t", "i", "b", "r", "P", "o"};

// Null when the record does not have the descriptor: the call failed, or it was already closed.
// Slot 1 is the other descriptor of calls with two.
[[nodiscard]] const DescriptorKind* descriptor_kind(const Event& event, size_t slot = 0) noexcept;
// The letter that the event's name suggests when the descriptor is not known.
[[nodiscard]] char guessed_letter(const Event& event) noexcept;
// A path or the text of a connection; empty when neither is known. Computed from the parameters of
// opening and connecting calls when the descriptor is not known.
[[nodiscard]] std::string_view descriptor_name(const Event& event, size_t slot = 0) noexcept;
// Of slot 0; -1 for a call that failed to create one. Nothing when the event has no descriptor.
[[nodiscard]] std::optional<int64_t> descriptor_number(const Event& event) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_DESCRIPTOR_H
