// SPDX-License-Identifier: Apache-2.0
#include "tests/support/field_world.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "engine/fields/catalog.h"

namespace saker::test {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr uint32_t kHostPidNs = 4026531836;
constexpr uint32_t kContainerPidNs = 4026532500;
constexpr uint64_t kHostCgroup = 1;
constexpr uint64_t kContainerCgroup = 77;
constexpr std::string_view kContainerPath =
    "/system.slice/docker-"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope";

using namespace std::string_view_literals;

struct TaskFacts {
  uint32_t pid;
  uint64_t start_s;
  uint32_t ppid;
  uint64_t parent_start_s;
  std::string_view comm;
  uint32_t sid;
  uint32_t pgid;
  uint32_t uid;
};

ev_task make_task(const TaskFacts& facts) {
  ev_task task{};
  task.pid = task.tid = task.vpid = task.vtid = facts.pid;
  task.start_boot_ns = facts.start_s * kSecondNs;
  task.ppid = facts.ppid;
  task.parent_start_boot_ns = facts.parent_start_s * kSecondNs;
  task.sid = facts.sid;
  task.pgid = task.vpgid = facts.pgid;
  task.uid = task.euid = task.gid = task.egid = facts.uid;
  task.loginuid = 1000;
  task.tty = 34816;
  task.cgroup_id = kHostCgroup;
  task.pid_ns = kHostPidNs;
  std::memcpy(task.comm, facts.comm.data(), facts.comm.size());
  return task;
}

ev_task systemd() { return make_task({1, 1, 0, 0, "systemd", 1, 1, 0}); }
ev_task sshd() { return make_task({100, 5, 1, 1, "sshd", 100, 100, 0}); }
ev_task bash() { return make_task({200, 10, 100, 5, "bash", 200, 200, 1000}); }

ev_task into_container(ev_task task, uint32_t vpid) {
  task.vpid = task.vtid = task.vpgid = vpid;
  task.sid = 1;
  task.pid_ns = kContainerPidNs;
  task.cgroup_id = kContainerCgroup;
  task.loginuid = UINT32_MAX;
  task.tty = 0;
  return task;
}
ev_task nginx() { return into_container(make_task({390, 20, 1, 1, "nginx", 1, 390, 0}), 1); }

std::string show_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kMissing:
      return std::string(kMissing);
    case Value::Kind::kBool:
      return value.as_bool() ? "true" : "false";
    case Value::Kind::kInt:
      return std::to_string(value.as_int());
    case Value::Kind::kUint:
      return std::to_string(value.as_uint());
    case Value::Kind::kDouble:
      return std::to_string(value.as_double());
    case Value::Kind::kText:
      return std::string(value.as_text());
    case Value::Kind::kIp: {
      char text[INET6_ADDRSTRLEN] = "";
      const IpAddress ip = value.as_ip();
      inet_ntop(ip.is_v6 ? AF_INET6 : AF_INET, ip.bytes.data(), text, sizeof(text));
      return text;
    }
    case Value::Kind::kList:
      break;
  }
  std::string text;
  for (const Value& item : value.as_list()) {
    text += (text.empty() ? "" : ",") + show_value(item);
  }
  return "(" + text + ")";
}

Tracker::Options options() {
  Tracker::Options options;
  options.boot_to_epoch_ns = 1'600'000'000'000'000'000;
  options.hostname = "testhost";
  return options;
}

// Splits ADDRESS:PORT; the address may stand in brackets.
void parse_end(std::string_view text, uint16_t& family, uint8_t* address, uint16_t& port) {
  if (text.empty()) {
    return;
  }
  const size_t colon = text.rfind(':');
  std::string host(text.substr(0, colon));
  port = static_cast<uint16_t>(std::stoi(std::string(text.substr(colon + 1))));
  family = host.front() == '[' ? AF_INET6 : AF_INET;
  if (family == AF_INET6) {
    host = host.substr(1, host.size() - 2);
  }
  ASSERT_EQ(inet_pton(family, host.c_str(), address), 1) << text;
}

}  // namespace

FieldWorld::FieldWorld() : task(curl()), tracker_(options()) {
  setenv("TZ", "XYZ-2", 1);  // two hours east of Greenwich
  tzset();
  writer_.begin(EV_USERS, 1, ev_task{});
  writer_.body(ev_users{});
  writer_.section(EV_SEC_STRING, 0,
                  "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/zsh\n");
  writer_.section(EV_SEC_STRING, 1, "root:x:0:\nstaff:x:1000:alice\n");
  apply(writer_.finish());
  for (const std::string_view name : {"www.example"sv, "cdn.example"sv}) {
    writer_.begin(EV_HOST, 1, ev_task{});
    writer_.body(ev_host{});
    writer_.section(EV_SEC_STRING, 0, name);
    const IpAddress address{{1, 2, 3, 4}};
    writer_.section(EV_SEC_BYTES, 0, host_address_bytes({&address, 1}));
    apply(writer_.finish());
  }
  add_process(systemd(), "/usr/lib/systemd/systemd", "/sbin/init\0splash\0"sv, "/init.scope");
  add_process(sshd(), "/usr/sbin/sshd", "sshd:\0-D\0"sv, "/init.scope");
  add_process(bash(), "/usr/bin/bash", "-bash\0"sv, "/init.scope");
  add_process(curl(), "/usr/bin/curl", "curl\0-s\0http://a b\0"sv, "/init.scope");
  add_process(nginx(), "/usr/sbin/nginx", "nginx\0-g\0daemon off;\0"sv, kContainerPath);
  add_process(containerised_shell(), "/bin/sh", "sh\0-c\0id\0"sv, kContainerPath);
}

ev_task FieldWorld::curl() { return make_task({300, 40, 200, 10, "curl", 200, 300, 1000}); }
ev_task FieldWorld::containerised_shell() {
  return into_container(make_task({400, 45, 390, 20, "sh", 1, 400, 33}), 7);
}
ev_task FieldWorld::unseen_process() {
  return make_task({999, 49, 998, 48, "ghost", 999, 999, 4242});
}

void FieldWorld::add_process(const ev_task& process, std::string_view exe_path,
                             std::string_view args, std::string_view cgroup) {
  ev_exec body{};
  body.exe.ino = process.pid + 5000;
  body.exe.mode = 0100755;
  body.exe.ctime_ns = 1'599'999'990'000'000'000;
  body.exe.mtime_ns = 1'599'999'980'000'000'000;
  body.fdlimit = 1024;
  body.pidns_start_boot_ns = (process.pid_ns == kHostPidNs ? 1 : 20) * kSecondNs;
  writer_.begin(EV_SNAPSHOT, process.start_boot_ns, process);
  writer_.body(body);
  writer_.section(EV_SEC_ARGS, 0, args);
  writer_.section(EV_SEC_ENV, 0, "HOME=/home/alice\0LANG= C \0EMPTY=\0"sv);
  writer_.section(EV_SEC_CWD, 0, process.pid == 1 ? "/" : "/home/alice");
  writer_.section(EV_SEC_EXE, 0, exe_path);
  writer_.section(EV_SEC_CGROUP, 0, cgroup);
  apply(writer_.finish());
}

const Event& FieldWorld::syscall(std::string_view name, int64_t result,
                                 std::array<uint64_t, 6> args, const Sections& sections) {
  ev_syscall body{};
  body.ret = result;
  std::copy(args.begin(), args.end(), body.args);
  return call(name, body, sections);
}

const Event& FieldWorld::asked(Asked asked, std::string_view name, std::array<uint64_t, 6> args,
                               const Sections& sections) {
  ev_syscall body{};
  body.flags = static_cast<uint32_t>(asked.decision) << EV_SYSF_DECISION_SHIFT |
               static_cast<uint32_t>(asked.hook) << EV_SYSF_HOOK_SHIFT;
  std::copy(args.begin(), args.end(), body.args);
  return call(name, body, sections);
}

const Event& FieldWorld::call(std::string_view name, const ev_syscall& body,
                              const Sections& sections) {
  const EventCatalog& catalog = EventCatalog::builtin();
  const auto code = static_cast<EventCode>(catalog.find(name)._Find_first());
  now_boot_ns_ += kSecondNs;
  writer_.begin(EV_SYSCALL, now_boot_ns_, task, 2);
  ev_syscall numbered = body;
  numbered.nr = static_cast<uint32_t>(catalog.def(code).syscall_nr);
  writer_.body(numbered);
  if (sections) {
    sections(writer_);
  }
  return apply(writer_.finish());
}

const Event& FieldWorld::exec(const ev_exec& body, const Sections& sections) {
  now_boot_ns_ += kSecondNs;
  writer_.begin(EV_EXEC, now_boot_ns_, task);
  writer_.body(body);
  sections(writer_);
  return apply(writer_.finish());
}

const Event& FieldWorld::exit(uint32_t code) {
  now_boot_ns_ += kSecondNs;
  writer_.begin(EV_EXIT, now_boot_ns_, task);
  ev_exit body{};
  body.code = code;
  body.reaper = 1;
  writer_.body(body);
  return apply(writer_.finish());
}

const Event& FieldWorld::apply(std::span<const std::byte> record) {
  EXPECT_EQ(event_.decode(record), DecodeError::kNone);
  tracker_.apply(event_);
  return event_;
}

void FieldWorld::describe_container(const ContainerMetadata& metadata) {
  ev_task container{};
  container.cgroup_id = kContainerCgroup;
  writer_.begin(EV_CONTAINER, now_boot_ns_, container);
  writer_.body(ev_container{});
  writer_.section(EV_SEC_CGROUP, 0, kContainerPath);
  writer_.section(EV_SEC_BYTES, 0, encode(metadata));
  apply(writer_.finish());
}

std::string FieldWorld::show(std::string_view field) const {
  const size_t bracket = field.find('[');
  const bool has_bracket = bracket != std::string_view::npos;
  const std::string_view argument =
      has_bracket ? field.substr(bracket + 1, field.size() - bracket - 2) : std::string_view();
  FieldCatalog::Use use;
  if (FieldCatalog::builtin().resolve(field.substr(0, bracket), has_bracket, argument, use) !=
      FieldCatalog::UseError::kNone) {
    return "(unknown field)";
  }
  return show_value(use.def->extract(event_, use.args));
}

void add_file(RecordWriter& writer, std::string_view path, const FileFacts& facts, uint8_t slot) {
  ev_file file{};
  file.fd = facts.fd;
  file.inode.ino = 4711;
  file.inode.dev = 0x10fd02;  // 253:258
  file.inode.mode = facts.mode;
  file.inode.flags = facts.flags;
  file.inode.fs_magic = facts.fs_magic;
  writer.file(slot, file, path);
}

std::string sockaddr_bytes(std::string_view address) {
  if (address.starts_with('/')) {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, address.data(), address.size());
    return {reinterpret_cast<const char*>(&un),
            offsetof(sockaddr_un, sun_path) + address.size() + 1};
  }
  uint8_t bytes[16] = {};
  uint16_t family = AF_UNSPEC;
  uint16_t port = 0;
  parse_end(address, family, bytes, port);
  sockaddr_in6 in6{};
  sockaddr_in in{};
  in.sin_family = in6.sin6_family = family;
  in.sin_port = in6.sin6_port = htons(port);
  std::memcpy(&in.sin_addr, bytes, sizeof(in.sin_addr));
  std::memcpy(&in6.sin6_addr, bytes, sizeof(in6.sin6_addr));
  return family == AF_INET6 ? std::string(reinterpret_cast<const char*>(&in6), sizeof(in6))
                            : std::string(reinterpret_cast<const char*>(&in), sizeof(in));
}

void add_inet_socket(RecordWriter& writer, const SocketFacts& facts, uint8_t slot) {
  ev_socket socket{};
  socket.fd = facts.fd;
  socket.ino = 99;
  socket.family = AF_INET;
  parse_end(facts.local, socket.family, socket.local_addr, socket.local_port);
  parse_end(facts.remote, socket.family, socket.remote_addr, socket.remote_port);
  socket.type = facts.type;
  socket.protocol = facts.protocol;
  socket.flags = facts.flags;
  writer.socket(slot, socket);
}

void add_unix_socket(RecordWriter& writer, uint64_t ptr, uint64_t peer_ptr, std::string_view path) {
  ev_socket socket{};
  socket.fd = 3;
  socket.family = AF_UNIX;
  socket.type = SOCK_STREAM;
  socket.ptr = ptr;
  socket.peer_ptr = peer_ptr;
  socket.flags = peer_ptr != 0 ? EV_SOCKF_CONNECTED : 0;
  writer.socket(0, socket, path);
}

void check_scenes(std::span<const FieldScene> scenes) {
  for (const FieldScene& scene : scenes) {
    FieldWorld world;
    scene.play(world);
    for (const FieldCase& field_case : scene.cases) {
      EXPECT_EQ(world.show(field_case.field), field_case.expected)
          << field_case.field << " when " << scene.name;
    }
  }
}

}  // namespace saker::test
