// SPDX-License-Identifier: Apache-2.0
// What fields say of operations that a hook of the kernel was asked about.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/field_world.h"

namespace saker::test {
namespace {

void give_one_path(RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "/srv/a"); }
void give_two_paths(RecordWriter& writer) {
  writer.section(EV_SEC_STRING, 0, "/srv/a");
  writer.section(EV_SEC_STRING, 1, "/srv/b");
}

// openat2 has its flags in a struct that the hook does not read.
void play_open(FieldWorld& world) {
  world.asked({EV_HOOK_FILE_OPEN}, "openat2", {0, 0x7fff0000}, [](RecordWriter& writer) {
    ev_file file{};
    file.fd = -1;
    file.open_flags = O_WRONLY | O_CREAT;
    file.inode.mode = 0100755;
    file.inode.flags = EV_INODEF_CREATED;
    writer.file(0, file, "/etc/passwd");
  });
}

constexpr FieldCase kOfOpen[] = {
    {"evt.type", "openat2"},         {"evt.decision", "would_deny"},
    {"evt.hook", "file_open"},       {"evt.res", "SUCCESS"},
    {"evt.failed", "false"},         {"fd.num", "0"},
    {"fd.name", "/etc/passwd"},      {"fd.type", "file"},
    {"fs.path.name", "/etc/passwd"}, {"evt.is_open_read", "false"},
    {"evt.is_open_write", "true"},   {"evt.is_open_create", "true"},
    {"evt.is_open_exec", "true"},    {"proc.name", "curl"},
};

void play_denied_open(FieldWorld& world) {
  world.asked({EV_HOOK_FILE_OPEN, EV_DECISION_DENIED}, "openat", {0, 0x7fff0000},
              [](RecordWriter& writer) { add_file(writer, "/etc/passwd", {.fd = -1}); });
  world.show_outcome();
}

// How it ended, of what was asked about.
constexpr FieldCase kOfDeniedOpen[] = {
    {"evt.decision", "denied"},
    {"evt.res", "EPERM"},
    {"evt.rawres", "-1"},
    {"evt.failed", "true"},
    {"evt.count.error", "1"},
    {"evt.arg.fd", "EPERM"},
    {"fd.num", "-1"},
    {"fd.name", "/etc/passwd"},
    {"fs.path.name", "/etc/passwd"},
    {"evt.is_open_write", "false"},
    {"evt.arg.name", "<NA>"},
};

void play_killed_unlink(FieldWorld& world) {
  world.asked({EV_HOOK_PATH_UNLINK, EV_DECISION_KILLED}, "unlinkat", {7, 0, 0}, give_one_path);
  world.show_outcome();
}

constexpr FieldCase kOfKilledUnlink[] = {
    {"evt.decision", "killed"}, {"evt.hook", "path_unlink"}, {"evt.res", "EPERM"},
    {"fs.path.name", "/srv/a"}, {"evt.arg.name", "/srv/a"},
};

void play_audited_unlink(FieldWorld& world) {
  world.asked({EV_HOOK_PATH_UNLINK, EV_DECISION_WOULD_KILL}, "unlink", {}, give_one_path);
  world.show_outcome();
}

constexpr FieldCase kOfAuditedUnlink[] = {
    {"evt.decision", "would_kill"}, {"evt.res", "SUCCESS"}, {"evt.arg.path", "/srv/a"}};

// The tail of a path is no relative one.
void play_deep_unlink(FieldWorld& world) {
  world.asked({EV_HOOK_PATH_UNLINK, EV_DECISION_UNDECIDED}, "unlink", {}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "deep/er", EV_SECF_TOO_DEEP);
  });
}

constexpr FieldCase kOfDeepUnlink[] = {{"evt.decision", "undecided"}, {"fs.path.name", "deep/er"}};

// The hook knows the path, whatever the call was given.
constexpr FieldCase kOfPath[] = {{"fs.path.name", "/srv/a"}, {"fs.path.nameraw", "/srv/a"}};
constexpr FieldCase kOfRename[] = {{"fs.path.source", "/srv/a"}, {"fs.path.target", "/srv/b"}};
constexpr FieldCase kOfLink[] = {{"fs.path.source", "/srv/b"}, {"fs.path.target", "/srv/a"}};
constexpr FieldCase kOfSymlink[] = {{"fs.path.source", "/srv/b"}, {"fs.path.target", kMissing}};
constexpr FieldCase kOfMount[] = {{"fs.path.source", kMissing}, {"fs.path.target", "/srv/a"}};

void play_exec(FieldWorld& world) {
  world.asked({EV_HOOK_BPRM_CHECK}, "execve", {}, [](RecordWriter& writer) {
    add_file(writer, "/memfd:payload", {.fd = -1, .mode = 0100777, .flags = EV_INODEF_MEMFD});
    writer.section(EV_SEC_STRING, 0, "/proc/self/fd/a_name_of_more_than_15_bytes");
  });
}

constexpr FieldCase kOfExec[] = {
    {"evt.type", "execve"},
    {"evt.hook", "bprm_check_security"},
    {"proc.name", "a_name_of_more_"},
    {"proc.exepath", "/memfd:payload"},
    {"proc.is_exe_from_memfd", "true"},
    {"proc.is_exe_upper_layer", "false"},
    {"proc.cmdline", "a_name_of_more_"},
    {"proc.args", ""},
    {"proc.env", ""},
    {"proc.pid", "300"},
    {"proc.pname", "bash"},
    {"proc.cwd", "/home/alice/"},
    {"user.name", "alice"},
    {"evt.arg.filename", "/proc/self/fd/a_name_of_more_than_15_bytes"},
};

// The attempt is no exec: what follows is still of the same program.
void play_event_after_exec(FieldWorld& world) {
  play_exec(world);
  world.syscall("close", 0, {9});
}

constexpr FieldCase kOfEventAfterExec[] = {{"proc.name", "curl"},
                                           {"proc.exepath", "/usr/bin/curl"},
                                           {"evt.decision", kMissing},
                                           {"evt.hook", kMissing}};

void play_connect(FieldWorld& world) {
  world.asked({EV_HOOK_SOCKET_CONNECT}, "connect", {5}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.9:40000", .remote = "10.0.0.1:53", .type = 2});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("169.254.169.254:80"));
  });
}

constexpr FieldCase kOfConnect[] = {
    {"fd.sip", "169.254.169.254"}, {"fd.sport", "80"}, {"fd.rip", "169.254.169.254"},
    {"fd.typechar", "4"},          {"fd.num", "5"},
};

void play_bind(FieldWorld& world) {
  world.asked({EV_HOOK_SOCKET_BIND}, "bind", {5}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "0.0.0.0:0"});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("127.0.0.1:8080"));
  });
}

constexpr FieldCase kOfBind[] = {
    {"fd.lip", "127.0.0.1"}, {"fd.lport", "8080"}, {"fd.sip", "127.0.0.1"},
    {"fd.sport", "8080"},    {"fd.typechar", "4"}, {"fd.name", "127.0.0.1:8080"},
};

// bind(2) takes AF_UNSPEC for AF_INET.
void play_unspecific_bind(FieldWorld& world) {
  world.asked({EV_HOOK_SOCKET_BIND}, "bind", {5}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "0.0.0.0:0"});
    std::string address = sockaddr_bytes("0.0.0.0:8080");
    address[0] = address[1] = 0;
    writer.section(EV_SEC_SOCKADDR, 0, address);
  });
}

constexpr FieldCase kOfUnspecificBind[] = {{"fd.lip", "0.0.0.0"}, {"fd.lport", "8080"}};

void play_v6_bind(FieldWorld& world) {
  world.asked({EV_HOOK_SOCKET_BIND}, "bind", {5}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "[::]:0"});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("[::1]:8080"));
  });
}

constexpr FieldCase kOfV6Bind[] = {{"fd.lip", "::1"}, {"fd.sport", "8080"}, {"fd.typechar", "6"}};

void play_listen(FieldWorld& world) {
  world.asked({EV_HOOK_SOCKET_LISTEN}, "listen", {5, 10},
              [](RecordWriter& writer) { add_inet_socket(writer, {.local = "127.0.0.1:8080"}); });
}

constexpr FieldCase kOfListen[] = {
    {"fd.lip", "127.0.0.1"}, {"fd.sport", "8080"}, {"fd.sip", "127.0.0.1"}};

// A decision after the call is about what happened.
void play_after_call(FieldWorld& world) {
  world.asked({static_cast<ev_hook>(EV_HOOK_AFTER_CALL), EV_DECISION_KILLED}, "mount", {},
              give_two_paths);
  world.show_outcome();
}

constexpr FieldCase kAfterCall[] = {
    {"evt.decision", "killed"},   {"evt.hook", "after_call"},   {"evt.res", "SUCCESS"},
    {"fs.path.source", "/srv/a"}, {"fs.path.target", "/srv/b"},
};

const FieldScene kScenes[] = {
    {"an open", play_open, kOfOpen},
    {"a denied open", play_denied_open, kOfDeniedOpen},
    {"a killed unlink", play_killed_unlink, kOfKilledUnlink},
    {"an audited unlink", play_audited_unlink, kOfAuditedUnlink},
    {"an unlink too deep", play_deep_unlink, kOfDeepUnlink},
    {"mkdirat", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_MKDIR}, "mkdirat", {7}, give_one_path); },
     kOfPath},
    {"mknod", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_MKNOD}, "mknod", {}, give_one_path); },
     kOfPath},
    {"mknodat", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_MKNOD}, "mknodat", {7}, give_one_path); },
     kOfPath},
    {"chmod", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_CHMOD}, "chmod", {}, give_one_path); },
     kOfPath},
    {"fchmod", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_CHMOD}, "fchmod", {7}, give_one_path); },
     kOfPath},
    {"fchownat",
     [](FieldWorld& w) { w.asked({EV_HOOK_PATH_CHOWN}, "fchownat", {7}, give_one_path); }, kOfPath},
    {"fchown", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_CHOWN}, "fchown", {7}, give_one_path); },
     kOfPath},
    {"umount2", [](FieldWorld& w) { w.asked({EV_HOOK_SB_UMOUNT}, "umount2", {}, give_one_path); },
     kOfPath},
    {"renameat2",
     [](FieldWorld& w) { w.asked({EV_HOOK_PATH_RENAME}, "renameat2", {7, 0, 8}, give_two_paths); },
     kOfRename},
    {"link", [](FieldWorld& w) { w.asked({EV_HOOK_PATH_LINK}, "link", {}, give_two_paths); },
     kOfLink},
    {"symlink",
     [](FieldWorld& w) {
       w.asked({EV_HOOK_PATH_SYMLINK}, "symlink", {},
               [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 1, "/srv/b"); });
     },
     kOfSymlink},
    {"mount", [](FieldWorld& w) { w.asked({EV_HOOK_SB_MOUNT}, "mount", {}, give_one_path); },
     kOfMount},
    {"an exec", play_exec, kOfExec},
    {"an event after an exec", play_event_after_exec, kOfEventAfterExec},
    {"a connect", play_connect, kOfConnect},
    {"a bind", play_bind, kOfBind},
    {"an unspecific bind", play_unspecific_bind, kOfUnspecificBind},
    {"a bind of IPv6", play_v6_bind, kOfV6Bind},
    {"a listen", play_listen, kOfListen},
    {"after the call", play_after_call, kAfterCall},
};

TEST(DecisionFields, HaveTheirValues) { check_scenes(kScenes); }

}  // namespace

std::span<const FieldScene> decision_scenes() { return kScenes; }

}  // namespace saker::test
