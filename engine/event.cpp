// SPDX-License-Identifier: Apache-2.0
#include "engine/event.h"

#include <cerrno>
#include <cstring>

namespace saker {
namespace {

constexpr size_t kPrefixBytes = sizeof(ev_header) + sizeof(ev_task);

// Bytes of the body that follows the task, by kind; 0: no such kind.
constexpr size_t body_size(uint16_t kind) {
  switch (kind) {
    case EV_SYSCALL:
      return sizeof(ev_syscall);
    case EV_EXEC:
    case EV_SNAPSHOT:
      return sizeof(ev_exec);
    case EV_FORK:
      return sizeof(ev_fork);
    case EV_EXIT:
      return sizeof(ev_exit);
    case EV_GUARD:
      return sizeof(ev_guard);
    case EV_USERS:
      return sizeof(ev_users);
    case EV_CONTAINER:
      return sizeof(ev_container);
    case EV_HOST:
      return sizeof(ev_host);
    default:
      return 0;
  }
}

// What a section holds before its text.
constexpr size_t fixed_part(uint16_t kind) {
  return kind == EV_SEC_FILE ? sizeof(ev_file) : kind == EV_SEC_SOCKET ? sizeof(ev_socket) : 0;
}

template <typename T>
const T* view_as(const std::byte* bytes) {
  return reinterpret_cast<const T*>(bytes);
}

}  // namespace

DecodeError Event::decode(std::span<const std::byte> record) noexcept {
  syscall_ = nullptr;
  exec_ = nullptr;
  fork_ = nullptr;
  exit_ = nullptr;
  guard_ = nullptr;
  def_ = nullptr;
  process_ = nullptr;
  has_return_ = false;
  outcome_ = 0;
  decision_ = EV_DECISION_NONE;
  hook_ = EV_HOOK_AFTER_CALL;
  peer_changed_ = false;
  present_.reset();
  for (std::optional<Connection>& connection : connections_) {
    connection.reset();
  }
  scratch_.reset();

  if (record.size() < kPrefixBytes) {
    return DecodeError::kTooShort;
  }
  // The views below are plain pointers into the record.
  if (reinterpret_cast<uintptr_t>(record.data()) % EV_ALIGN != 0) {
    return DecodeError::kBadSize;
  }
  header_ = view_as<ev_header>(record.data());
  task_ = view_as<ev_task>(record.data() + sizeof(ev_header));
  if (header_->size != record.size() || header_->size % EV_ALIGN != 0) {
    return DecodeError::kBadSize;
  }
  comm_ = {task_->comm, strnlen(task_->comm, sizeof(task_->comm))};
  return decode_body(record.subspan(kPrefixBytes));
}

DecodeError Event::decode_body(std::span<const std::byte> body) noexcept {
  const size_t size = body_size(header_->kind);
  if (size == 0) {
    return DecodeError::kBadKind;
  }
  if (body.size() < size) {
    return DecodeError::kTooShort;
  }
  switch (header_->kind) {
    case EV_SYSCALL:
      syscall_ = view_as<ev_syscall>(body.data());
      break;
    case EV_EXEC:
    case EV_SNAPSHOT:
      exec_ = view_as<ev_exec>(body.data());
      break;
    case EV_FORK:
      fork_ = view_as<ev_fork>(body.data());
      break;
    case EV_EXIT:
      exit_ = view_as<ev_exit>(body.data());
      break;
    case EV_GUARD:
      guard_ = view_as<ev_guard>(body.data());
      break;
    default:
      break;
  }
  DecodeError error = decode_decision();
  if (error == DecodeError::kNone) {
    error = decode_sections(body.subspan(size));
  }
  return error == DecodeError::kNone ? identify() : error;
}

DecodeError Event::decode_decision() noexcept {
  constexpr uint32_t kByte = 0xff;
  const uint32_t decision =
      syscall_ != nullptr ? syscall_->flags >> EV_SYSF_DECISION_SHIFT & kByte : 0;
  if (decision == EV_DECISION_NONE) {
    return DecodeError::kNone;
  }
  const uint32_t hook = syscall_->flags >> EV_SYSF_HOOK_SHIFT & kByte;
  if (decision >= EV_DECISIONS || hook > EV_HOOK_AFTER_CALL) {
    return DecodeError::kBadDecision;
  }
  decision_ = static_cast<ev_decision>(decision);
  hook_ = hook;
  return DecodeError::kNone;
}

DecodeError Event::decode_sections(std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    if (bytes.size() < sizeof(ev_section)) {
      return DecodeError::kBadSection;
    }
    const auto* head = view_as<ev_section>(bytes.data());
    bytes = bytes.subspan(sizeof(ev_section));
    if (head->kind == EV_SEC_NONE || head->kind >= EV_SECTION_KINDS || head->slot >= EV_SLOTS ||
        head->size > bytes.size() || head->size < fixed_part(head->kind)) {
      return DecodeError::kBadSection;
    }
    // The record's size is a multiple of EV_ALIGN and so is everything before, so the pad fits.
    const size_t padded = (size_t{head->size} + EV_ALIGN - 1) / EV_ALIGN * EV_ALIGN;
    const size_t place = place_of(head->kind, head->slot);
    if (present_.test(place)) {
      return DecodeError::kBadSection;
    }
    present_.set(place);
    sections_[place] = {{reinterpret_cast<const char*>(bytes.data()), head->size},
                        head->true_size,
                        head->flags,
                        true};
    bytes = bytes.subspan(padded);
  }
  return DecodeError::kNone;
}

DecodeError Event::identify() noexcept {
  const EventCatalog& catalog = EventCatalog::builtin();
  if (syscall_ != nullptr) {
    const auto code = catalog.by_syscall(syscall_->nr);
    if (!code) {
      return DecodeError::kUnknownEvent;
    }
    code_ = *code;
    return_value_ = syscall_->ret;
    has_return_ = (catalog.def(code_).flags & kEventGeneric) == 0;
  } else if (header_->kind == EV_EXEC) {
    code_ = catalog.execve();
    return_value_ = 0;
    has_return_ = true;
  } else if (header_->kind == EV_EXIT) {
    code_ = catalog.procexit();
  } else {
    return guard_ != nullptr && guard_->act >= EV_GUARD_ACTS ? DecodeError::kUnknownEvent
                                                             : DecodeError::kNone;
  }
  def_ = &catalog.def(code_);
  outcome_ = return_value_;
  return DecodeError::kNone;
}

void Event::show_outcome() noexcept {
  if (is_asked() && (decision_ == EV_DECISION_DENIED || decision_ == EV_DECISION_KILLED)) {
    outcome_ = -EPERM;
  }
}

void Event::attach(const EventWorld& world, const Process& process, uint64_t number) noexcept {
  world_ = &world;
  process_ = &process;
  number_ = number;
}

int64_t Event::time_ns() const noexcept {
  return static_cast<int64_t>(header_->boot_ns + static_cast<uint64_t>(world_->boot_to_epoch_ns));
}

}  // namespace saker
