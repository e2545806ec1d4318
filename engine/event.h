// SPDX-License-Identifier: Apache-2.0
// Event - step 3 of 8 (README, "The data path"): a checked view of one record.
//
// decode() checks every size and offset once; afterwards all accessors are safe, noexcept and free
// of allocation. The tracker (step 4) attaches the acting process.
//
// Threads:   one Event per reader, reused for each record.
// Ownership: borrows the record's bytes until the next decode(); owns its Scratch.
#ifndef SAKER_ENGINE_EVENT_H
#define SAKER_ENGINE_EVENT_H

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "engine/connection.h"
#include "engine/event_catalog.h"
#include "engine/scratch.h"
#include "probes/wire.h"

namespace saker {

struct Process;
class ProcessTable;
class ContainerTable;
class HostTable;
class UserTable;

// Bytes of a section; absent when the record has none of that kind.
struct Section {
  std::string_view bytes;
  uint32_t true_size = 0;
  uint8_t flags = 0;  // EV_SECF_*
  bool present = false;

  explicit operator bool() const noexcept { return present; }
  [[nodiscard]] bool truncated() const noexcept { return (flags & EV_SECF_TRUNCATED) != 0; }
};

// What an event knows of the world besides its record. Set once, by the tracker.
struct EventWorld {
  const ProcessTable* processes = nullptr;
  const ContainerTable* containers = nullptr;
  const UserTable* users = nullptr;
  const HostTable* hosts = nullptr;
  int64_t boot_to_epoch_ns = 0;   // add to CLOCK_BOOTTIME to get Unix time
  uint64_t first_boot_ns = 0;     // of the first event of the run; 0: none yet
  uint64_t previous_boot_ns = 0;  // of the event before this one; 0: none
  std::string_view hostname;
};

// Why a record was refused; each is a loss counter of the reader.
enum class DecodeError : uint8_t {
  kNone,
  kTooShort,
  kBadSize,  // not what the header says, or not aligned to EV_ALIGN
  kBadKind,
  kBadSection,
  kBadDecision,
  kUnknownEvent
};

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Makes this event a view of `record`. On an error the event must not be used.
  DecodeError decode(std::span<const std::byte> record) noexcept;

  [[nodiscard]] const ev_header& header() const noexcept { return *header_; }
  [[nodiscard]] const ev_task& task() const noexcept { return *task_; }
  // Name of the thread, up to its NUL or the end of the field.
  [[nodiscard]] std::string_view comm() const noexcept { return comm_; }
  [[nodiscard]] ev_kind kind() const noexcept { return static_cast<ev_kind>(header_->kind); }
  // Null when the record is of another kind.
  [[nodiscard]] const ev_syscall* syscall() const noexcept { return syscall_; }
  [[nodiscard]] const ev_exec* exec() const noexcept { return exec_; }
  [[nodiscard]] const ev_fork* fork() const noexcept { return fork_; }
  [[nodiscard]] const ev_exit* exit() const noexcept { return exit_; }
  [[nodiscard]] const ev_guard* guard() const noexcept { return guard_; }

  // False for records that only feed state: EV_SNAPSHOT, EV_USERS, EV_HOST, EV_CONTAINER and
  // EV_FORK, and for EV_GUARD, which rules do not see. The clone event of rules is the system call,
  // which returns in parent and child.
  [[nodiscard]] bool is_matchable() const noexcept { return def_ != nullptr; }
  // Requires of both: is_matchable().
  [[nodiscard]] EventCode code() const noexcept { return code_; }
  [[nodiscard]] const EventDef& def() const noexcept { return *def_; }

  // What was decided about the operation in the kernel, and where: an enum ev_hook, or
  // EV_HOOK_AFTER_CALL.
  [[nodiscard]] ev_decision decision() const noexcept { return decision_; }
  [[nodiscard]] uint32_t hook() const noexcept { return hook_; }
  // The record is not of what happened, but of what a hook was asked about.
  [[nodiscard]] bool is_asked() const noexcept {
    return decision_ != EV_DECISION_NONE && hook_ != EV_HOOK_AFTER_CALL;
  }
  [[nodiscard]] bool is_asked_at(ev_hook hook) const noexcept {
    return is_asked() && hook_ == static_cast<uint32_t>(hook);
  }

  // Return value of a syscall event, 0 for a successful exec; absent for procexit. Of what a hook
  // was asked about it is that of a success: rules are about what is going to happen.
  [[nodiscard]] bool has_return() const noexcept { return has_return_; }
  [[nodiscard]] int64_t return_value() const noexcept { return return_value_; }
  // The same for fields that tell how the call ended. After show_outcome(), which ends matching, it
  // is what the caller got.
  [[nodiscard]] int64_t outcome() const noexcept { return outcome_; }
  void show_outcome() noexcept;
  // Raw argument N; 0 for events without.
  [[nodiscard]] uint64_t arg(size_t n) const noexcept {
    return syscall_ != nullptr && n < std::size(syscall_->args) ? syscall_->args[n] : 0;
  }

  [[nodiscard]] const Section& section(ev_section_kind kind, size_t slot = 0) const noexcept {
    static constexpr Section kAbsent;
    return slot < EV_SLOTS && present_.test(place_of(kind, slot)) ? sections_[place_of(kind, slot)]
                                                                  : kAbsent;
  }
  // Null when absent. The path of the object stands in file_path() / socket_path().
  [[nodiscard]] const ev_file* file(size_t slot = 0) const noexcept {
    const Section& found = section(EV_SEC_FILE, slot);
    return found ? reinterpret_cast<const ev_file*>(found.bytes.data()) : nullptr;
  }
  [[nodiscard]] const ev_socket* socket(size_t slot = 0) const noexcept {
    const Section& found = section(EV_SEC_SOCKET, slot);
    return found ? reinterpret_cast<const ev_socket*>(found.bytes.data()) : nullptr;
  }
  [[nodiscard]] std::string_view file_path(size_t slot = 0) const noexcept {
    const Section& found = section(EV_SEC_FILE, slot);
    return found ? found.bytes.substr(sizeof(ev_file)) : std::string_view();
  }
  [[nodiscard]] std::string_view socket_path(size_t slot = 0) const noexcept {
    const Section& found = section(EV_SEC_SOCKET, slot);
    return found ? found.bytes.substr(sizeof(ev_socket)) : std::string_view();
  }

  // Set by the tracker before matching.
  void attach(const EventWorld& world, const Process& process, uint64_t number) noexcept;
  [[nodiscard]] const EventWorld& world() const noexcept { return *world_; }
  // The acting process: for EV_EXEC as it is after the exec, for EV_FORK the child.
  [[nodiscard]] const Process& process() const noexcept { return *process_; }
  // Ordinal of the event in the run, from 1 (evt.num).
  [[nodiscard]] uint64_t number() const noexcept { return number_; }
  [[nodiscard]] int64_t time_ns() const noexcept;  // Unix time
  // Set by the tracker: this datagram event talks to a peer its socket did not talk to before.
  void set_peer_changed(bool changed) noexcept { peer_changed_ = changed; }
  [[nodiscard]] bool peer_changed() const noexcept { return peer_changed_; }

  // Where connection_of() (fields/fields_endpoint.h) keeps what it found; family 0: nothing.
  // Requires: slot < EV_SLOTS.
  [[nodiscard]] std::optional<Connection>& connection(size_t slot) const noexcept {
    return connections_[slot];
  }

  // Memory for computed values; mutable because extracting a field is a const operation.
  [[nodiscard]] Scratch& scratch() const noexcept { return scratch_; }

 private:
  static constexpr size_t place_of(uint16_t kind, size_t slot) noexcept {
    return kind * size_t{EV_SLOTS} + slot;
  }
  DecodeError decode_body(std::span<const std::byte> body) noexcept;
  DecodeError decode_sections(std::span<const std::byte> bytes) noexcept;
  DecodeError decode_decision() noexcept;
  DecodeError identify() noexcept;

  const ev_header* header_ = nullptr;
  const ev_task* task_ = nullptr;
  const ev_syscall* syscall_ = nullptr;
  const ev_exec* exec_ = nullptr;
  const ev_fork* fork_ = nullptr;
  const ev_exit* exit_ = nullptr;
  const ev_guard* guard_ = nullptr;
  std::string_view comm_;
  const EventDef* def_ = nullptr;
  const EventWorld* world_ = nullptr;
  const Process* process_ = nullptr;
  uint64_t number_ = 0;
  int64_t return_value_ = 0;
  int64_t outcome_ = 0;
  uint32_t hook_ = EV_HOOK_AFTER_CALL;
  ev_decision decision_ = EV_DECISION_NONE;
  EventCode code_ = 0;
  bool has_return_ = false;
  bool peer_changed_ = false;
  // Only those in present_ are of this record: to clear them all would cost more than to decode.
  Section sections_[EV_SECTION_KINDS * EV_SLOTS];
  std::bitset<EV_SECTION_KINDS * EV_SLOTS> present_;
  mutable std::optional<Connection> connections_[EV_SLOTS];
  mutable Scratch scratch_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_EVENT_H
