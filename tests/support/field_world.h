// SPDX-License-Identifier: Apache-2.0
// FieldWorld: a small host with a few processes, for tests of fields. Records go through the
// Tracker as they do in the product; show() gives what a field says of the last event.
//
//   pid 1 systemd ─ 100 sshd ─ 200 bash (session leader) ─ 300 curl (group leader), user alice
//   pid 1 systemd ─ 390 nginx (pid 1 in a docker container) ─ 400 sh (pid 7 in there)
#ifndef SAKER_TESTS_SUPPORT_FIELD_WORLD_H
#define SAKER_TESTS_SUPPORT_FIELD_WORLD_H

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/record_writer.h"
#include "engine/state/container_metadata.h"
#include "engine/state/tracker.h"

namespace saker::test {

// Text of show() for a field without a value.
inline constexpr std::string_view kMissing = "(missing)";

class FieldWorld {
 public:
  using Sections = std::function<void(RecordWriter&)>;

  FieldWorld();

  // Who acts in the events that follow. At start: curl.
  ev_task task;
  [[nodiscard]] static ev_task curl();
  [[nodiscard]] static ev_task containerised_shell();
  [[nodiscard]] static ev_task unseen_process();

  // Makes the next event; each is a second later than the one before.
  const Event& syscall(std::string_view name, int64_t result, std::array<uint64_t, 6> args = {},
                       const Sections& sections = {});
  // Of what a hook was asked about in the course of the call, and what it decided.
  struct Asked {
    ev_hook hook;
    ev_decision decision = EV_DECISION_WOULD_DENY;
  };
  const Event& asked(Asked asked, std::string_view name, std::array<uint64_t, 6> args = {},
                     const Sections& sections = {});
  const Event& exec(const ev_exec& body, const Sections& sections);
  const Event& exit(uint32_t code);
  // Any record, as it is.
  const Event& apply(std::span<const std::byte> record);

  // Makes the metadata of the container known.
  void describe_container(const ContainerMetadata& metadata);

  // As the loop of the data path does after matching.
  void show_outcome() { event_.show_outcome(); }
  // Ends the last event, as the loop of the data path does after matching.
  void finish() { tracker_.finish(event_); }

  [[nodiscard]] const Event& event() const { return event_; }
  [[nodiscard]] uint64_t now_boot_ns() const { return now_boot_ns_; }
  // The field's value as text: lists as (a,b); kMissing; "(unknown field)".
  [[nodiscard]] std::string show(std::string_view field) const;

 private:
  const Event& call(std::string_view name, const ev_syscall& body, const Sections& sections);
  void add_process(const ev_task& process, std::string_view exe_path, std::string_view args,
                   std::string_view cgroup);

  Tracker tracker_;
  RecordWriter writer_;
  Event event_;
  uint64_t now_boot_ns_ = 50'123'456'789;
};

// Sections.
struct FileFacts {
  int32_t fd = 3;
  uint32_t mode = 0100644;
  uint32_t flags = 0;  // EV_INODEF_*
  uint32_t fs_magic = 0xef53;
};
void add_file(RecordWriter& writer, std::string_view path, const FileFacts& facts = {},
              uint8_t slot = 0);

// ADDRESS:PORT, [IPv6]:PORT, or empty.
[[nodiscard]] std::string sockaddr_bytes(std::string_view address);
struct SocketFacts {
  std::string_view local = {};
  std::string_view remote = {};
  uint16_t type = 1;  // SOCK_STREAM
  uint16_t protocol = 0;
  uint8_t flags = 0;  // EV_SOCKF_*
  int32_t fd = 3;
};
void add_inet_socket(RecordWriter& writer, const SocketFacts& facts, uint8_t slot = 0);
void add_unix_socket(RecordWriter& writer, uint64_t ptr, uint64_t peer_ptr, std::string_view path);

// What fields are expected to say of one event.
struct FieldCase {
  std::string_view field;  // as in a condition, argument included
  std::string_view expected;
};
struct FieldScene {
  std::string_view name;
  void (*play)(FieldWorld& world);
  std::span<const FieldCase> cases;
};
// Plays each scene in a world of its own and reports every case that does not hold.
void check_scenes(std::span<const FieldScene> scenes);

// The scenes of all families, each in its fields_<family>_test.cpp.
std::span<const FieldScene> process_scenes();
std::span<const FieldScene> event_scenes();
std::span<const FieldScene> argument_scenes();
std::span<const FieldScene> descriptor_scenes();
std::span<const FieldScene> socket_scenes();
std::span<const FieldScene> path_scenes();
std::span<const FieldScene> decision_scenes();
std::span<const FieldScene> container_scenes();

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_FIELD_WORLD_H
