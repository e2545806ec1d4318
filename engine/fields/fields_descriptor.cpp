// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_descriptor.h"

#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

#include "engine/event.h"
#include "engine/fields/fields_endpoint.h"
#include "engine/fields/fields_path.h"

namespace saker {
namespace {

using Group = DescriptorKind::Group;

constexpr DescriptorKind kFile{"file", 'f', Group::kFile};
constexpr DescriptorKind kDirectory{"directory", 'd', Group::kDirectory};
constexpr DescriptorKind kIpv4{"ipv4", '4', Group::kIp};
constexpr DescriptorKind kIpv6{"ipv6", '6', Group::kIp};
constexpr DescriptorKind kUnix{"unix", 'u', Group::kUnix};
constexpr DescriptorKind kNetlink{"netlink", 'n'};
constexpr DescriptorKind kPipe{"pipe", 'p'};
constexpr DescriptorKind kMemfd{"memfd", 'm'};
constexpr DescriptorKind kUnsupported{"unsupported", 'X'};

// Files without a place in any directory, by the name that the kernel gives them.
struct AnonymousKind {
  std::string_view name;  // the path contains it
  DescriptorKind kind;
};
constexpr AnonymousKind kAnonymousKinds[] = {
    {"[eventfd]", {"event", 'e'}},
    {"[eventpoll]", {"eventpoll", 'l'}},
    {"[signalfd]", {"signalfd", 's'}},
    {"[timerfd]", {"timerfd", 't'}},
    {"inotify", {"inotify", 'i'}},
    {"bpf", {"bpf", 'b'}},
    {"[userfaultfd]", {"userfaultfd", 'u'}},
    {"[io_uring]", {"io_uring", 'r'}},
    {"[pidfd]", {"pidfd", 'P'}},
};

constexpr uint32_t kPidFsMagic = 0x50494446;  // since Linux 6.9

const DescriptorKind& anonymous_kind(std::string_view path) noexcept {
  const auto* found = std::ranges::find_if(kAnonymousKinds, [&](const AnonymousKind& candidate) {
    return path.find(candidate.name) != std::string_view::npos;
  });
  return found != std::end(kAnonymousKinds) ? found->kind : kUnsupported;
}

const DescriptorKind& file_kind(const ev_inode& inode, std::string_view path) noexcept {
  if ((inode.flags & EV_INODEF_MEMFD) != 0) {
    return kMemfd;
  }
  if (inode.fs_magic == ANON_INODE_FS_MAGIC || inode.fs_magic == kPidFsMagic) {
    return anonymous_kind(path);
  }
  if (inode.fs_magic == PIPEFS_MAGIC) {
    return kPipe;
  }
  return S_ISDIR(inode.mode) ? kDirectory : kFile;
}

const DescriptorKind& socket_kind(const Event& event, size_t slot) noexcept {
  const Connection* connection = connection_of(event, slot);
  switch (connection != nullptr ? connection->family : AF_UNSPEC) {
    case AF_INET:
      return kIpv4;
    case AF_INET6:
      return kIpv6;
    case AF_UNIX:
      return kUnix;
    case AF_NETLINK:
      return kNetlink;
    default:
      return kUnsupported;
  }
}

struct Guess {
  std::string_view event;
  char letter;
};
// The reference guesses nothing for open(2).
constexpr Guess kGuesses[] = {
    {"openat", 'f'},         {"openat2", 'f'},      {"creat", 'f'},         {"socket", '4'},
    {"accept", '4'},         {"accept4", '4'},      {"pipe", 'p'},          {"pipe2", 'p'},
    {"eventfd", 'e'},        {"eventfd2", 'e'},     {"signalfd", 's'},      {"signalfd4", 's'},
    {"timerfd_create", 't'}, {"inotify_init", 'i'}, {"inotify_init1", 'i'},
};

}  // namespace

const DescriptorKind* descriptor_kind(const Event& event, size_t slot) noexcept {
  if (event.socket(slot) != nullptr) {
    return &socket_kind(event, slot);
  }
  const ev_file* file = event.file(slot);
  return file != nullptr ? &file_kind(file->inode, event.file_path(slot)) : nullptr;
}

char guessed_letter(const Event& event) noexcept {
  const auto* guess = std::ranges::find(kGuesses, def_of(event).name, &Guess::event);
  return guess != std::end(kGuesses) ? guess->letter : 'o';
}

std::string_view descriptor_name(const Event& event, size_t slot) noexcept {
  if (event.socket(slot) == nullptr && event.file(slot) != nullptr) {
    return event.file_path(slot);
  }
  if (const Connection* connection = connection_of(event, slot)) {
    return connection_text(event, *connection);
  }
  const ParamDef* opened = slot == 0 ? opened_param(event) : nullptr;
  return opened != nullptr ? absolute_path(event, *opened).value_or(std::string_view())
                           : std::string_view();
}

std::optional<int64_t> descriptor_number(const Event& event) noexcept {
  const EventDef& def = def_of(event);
  if ((def.flags & (kEventCreatesFd | kEventUsesFd)) == 0) {
    return std::nullopt;
  }
  const bool creates = (def.flags & kEventCreatesFd) != 0;
  const auto step = std::ranges::find_if(def.plan, [](const ev_plan_step& candidate) {
    return candidate.op == EV_OP_FD && candidate.slot == 0;
  });
  std::optional<int64_t> number;
  if (step != def.plan.end()) {
    number = step->arg == EV_ARG_RET ? event.outcome()
                                     : int64_t{static_cast<int32_t>(event.arg(step->arg))};
  } else {
    const auto param = std::ranges::find(def.params, FieldType::kFd, &ParamDef::type);
    const Value value = param != def.params.end() ? param->read(event) : Value::missing();
    if (!value.is_missing()) {
      number = value.as_int();
    }
  }
  return creates ? std::max<int64_t>(number.value_or(-1), -1) : number;
}

}  // namespace saker
