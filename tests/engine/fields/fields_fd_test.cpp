// SPDX-License-Identifier: Apache-2.0
// Kinds, names and numbers of descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "tests/support/field_world.h"

namespace saker::test {
namespace {

constexpr uint64_t kCwd = uint64_t(AT_FDCWD);

void play_open(FieldWorld& world) {
  world.syscall("openat", 3, {kCwd, 0, O_RDONLY}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "..//../etc///pass wd");
    add_file(writer, "/etc/pass wd", {.flags = EV_INODEF_UPPER_LAYER});
  });
}
constexpr FieldCase kOpen[] = {
    {"fd.num", "3"},
    {"fd.type", "file"},
    {"fd.typechar", "f"},
    {"fd.uid", "3003"},
    {"fd.dev", "1113346"},
    {"fd.dev.major", "253"},
    {"fd.dev.minor", "258"},
    {"fd.ino", "4711"},
    {"fd.is_upper_layer", "true"},
    {"fd.is_lower_layer", "false"},
    {"fd.name", "/etc/pass wd"},
    {"fd.directory", "/etc"},
    {"fd.filename", "pass wd"},
    {"fd.nameraw", "../../etc/pass wd"},
    {"fd.containername", "host:/etc/pass wd"},
    {"fd.containerdirectory", "host:/etc"},
    {"fd.l4proto", "<NA>"},
    {"fd.sockfamily", kMissing},
    {"fd.cip", kMissing},
    {"fd.ip", kMissing},
    {"fd.is_server", "false"},
    {"fd.connected", "false"},
    {"fd.name_changed", "false"},
};

void play_open_root_file(FieldWorld& world) {
  world.syscall("read", 3, {3}, [](RecordWriter& writer) { add_file(writer, "/vmlinuz"); });
}
constexpr FieldCase kRootFile[] = {
    {"fd.directory", "/"}, {"fd.filename", "vmlinuz"}, {"fd.nameraw", kMissing}};

void play_open_directory(FieldWorld& world) {
  world.syscall("fchdir", 0, {3},
                [](RecordWriter& writer) { add_file(writer, "/var/log", {.mode = 040755}); });
}
constexpr FieldCase kDirectory[] = {{"fd.type", "directory"},
                                    {"fd.typechar", "d"},
                                    {"fd.name", "/var/log"},
                                    {"fd.directory", "/var/log"},
                                    {"fd.filename", kMissing}};

void play_failed_openat(FieldWorld& world) {
  world.syscall("openat", -ENOENT, {kCwd, 0, O_RDONLY}, [](RecordWriter& writer) {
    writer.section(EV_SEC_STRING, 0, "./../../root//.ssh/id");
    writer.section(EV_SEC_BASE, 0, "/home/alice");
  });
}
constexpr FieldCase kFailedOpenat[] = {
    {"fd.num", "-1"},
    {"fd.uid", "300-1"},
    {"fd.type", kMissing},
    {"fd.typechar", "f"},
    {"fd.name", "/root/.ssh/id"},
    {"fd.directory", "/root/.ssh"},
    {"fd.filename", kMissing},
    {"fd.nameraw", "./../../root/.ssh/id"},
    {"fd.dev", kMissing},
    {"fd.ino", kMissing},
    {"fd.is_upper_layer", kMissing},
    {"fd.l4proto", kMissing},
    {"fd.is_server", kMissing},
    {"fd.connected", kMissing},
    {"fd.name_changed", kMissing},
};

void play_failed_open(FieldWorld& world) {
  world.syscall("open", -EACCES, {},
                [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "/a/../.."); });
}
constexpr FieldCase kFailedOpen[] = {{"fd.typechar", "o"}, {"fd.name", "/"}, {"fd.directory", "/"}};

void play_open_in_unknown_directory(FieldWorld& world) {
  world.syscall("openat", -ENOENT, {9, 0, O_RDONLY},
                [](RecordWriter& writer) { writer.section(EV_SEC_STRING, 0, "etc/shadow"); });
}
constexpr FieldCase kUnknownDirectoryCases[] = {{"fd.name", "<UNKNOWN>etc/shadow"}};

void play_close(FieldWorld& world) { world.syscall("close", 0, {12}); }
constexpr FieldCase kClose[] = {{"fd.num", "12"},           {"fd.name", ""},
                                {"fd.typechar", "o"},       {"fd.type", kMissing},
                                {"fd.directory", kMissing}, {"fd.containername", "host:"}};

void play_getpid(FieldWorld& world) { world.syscall("getpid", 300); }
constexpr FieldCase kNoDescriptor[] = {
    {"fd.num", kMissing}, {"fd.name", kMissing}, {"fd.uid", kMissing}, {"fd.nameraw", kMissing}};

void play_pipe(FieldWorld& world) {
  world.syscall("pipe2", 0, {}, [](RecordWriter& writer) {
    const int32_t fds[2] = {5, 6};
    writer.section(EV_SEC_BYTES, 0, {reinterpret_cast<const char*>(fds), sizeof(fds)});
  });
}
constexpr FieldCase kPipe[] = {{"fd.num", "5"}, {"fd.typechar", "p"}, {"fd.name", ""}};

void play_failed_pipe(FieldWorld& world) { world.syscall("pipe2", -EMFILE); }
constexpr FieldCase kFailedPipe[] = {{"fd.num", "-1"}};

constexpr FieldScene kScenes[] = {
    {"a file is opened", play_open, kOpen},
    {"a file of the root directory is read", play_open_root_file, kRootFile},
    {"a directory is entered", play_open_directory, kDirectory},
    {"an openat fails", play_failed_openat, kFailedOpenat},
    {"an open fails", play_failed_open, kFailedOpen},
    {"an open fails in an unknown directory", play_open_in_unknown_directory,
     kUnknownDirectoryCases},
    {"a descriptor is closed", play_close, kClose},
    {"a call has no descriptor", play_getpid, kNoDescriptor},
    {"a pipe is made", play_pipe, kPipe},
    {"a pipe is not made", play_failed_pipe, kFailedPipe},
};

TEST(DescriptorFields, HaveTheirValues) { check_scenes(kScenes); }

TEST(DescriptorFields, KindsComeFromTheKernelsObject) {
  constexpr uint32_t kPidFsMagic = 0x50494446;
  struct Row {
    std::string_view path;
    FileFacts facts;
    std::string_view type;
    std::string_view letter;
  };
  const Row kRows[] = {
      {"/dev/null", {.mode = 020666}, "file", "f"},
      {"/run/fifo", {.mode = 010600}, "file", "f"},
      {"pipe:[5]", {.mode = 010600, .fs_magic = PIPEFS_MAGIC}, "pipe", "p"},
      {"anon_inode:[eventfd]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "event", "e"},
      {"anon_inode:[eventpoll]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "eventpoll", "l"},
      {"anon_inode:[signalfd]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "signalfd", "s"},
      {"anon_inode:[timerfd]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "timerfd", "t"},
      {"anon_inode:inotify", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "inotify", "i"},
      {"anon_inode:bpf-map", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "bpf", "b"},
      {"anon_inode:[userfaultfd]",
       {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC},
       "userfaultfd",
       "u"},
      {"anon_inode:[io_uring]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "io_uring", "r"},
      {"anon_inode:[pidfd]", {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC}, "pidfd", "P"},
      {"anon_inode:[pidfd]", {.mode = 0600, .fs_magic = kPidFsMagic}, "pidfd", "P"},
      {"anon_inode:[fanotify]",
       {.mode = 0600, .fs_magic = ANON_INODE_FS_MAGIC},
       "unsupported",
       "X"},
      {"memfd:x", {.flags = EV_INODEF_MEMFD, .fs_magic = TMPFS_MAGIC}, "memfd", "m"},
      // A path may hold the name of a special file.
      {"/tmp/[eventfd]", {}, "file", "f"},
  };
  for (const Row& row : kRows) {
    FieldWorld world;
    world.syscall("read", 0, {3}, [&](RecordWriter& w) { add_file(w, row.path, row.facts); });
    EXPECT_EQ(world.show("fd.type"), row.type) << row.path;
    EXPECT_EQ(world.show("fd.typechar"), row.letter) << row.path;
    EXPECT_EQ(world.show("fd.name"), row.path);
    EXPECT_EQ(world.show("fd.directory") == kMissing, row.type != "file") << row.path;
    EXPECT_EQ(world.show("fd.nameraw"), row.type == "file" ? kMissing : "") << row.path;
  }
}

TEST(DescriptorFields, LettersAreGuessedFromTheEvent) {
  const std::pair<std::string_view, std::string_view> kRows[] = {
      {"open", "o"},      {"openat", "f"},  {"openat2", "f"},        {"creat", "f"},
      {"socket", "4"},    {"accept", "4"},  {"accept4", "4"},        {"pipe", "p"},
      {"pipe2", "p"},     {"eventfd", "e"}, {"eventfd2", "e"},       {"signalfd", "s"},
      {"signalfd4", "s"}, {"connect", "o"}, {"timerfd_create", "t"}, {"inotify_init", "i"},
      {"read", "o"},      {"getpid", "o"},  {"inotify_init1", "i"},
  };
  for (const auto& [event, letter] : kRows) {
    FieldWorld world;
    world.syscall(event, -EMFILE);
    EXPECT_EQ(world.show("fd.typechar"), letter) << event;
  }
}

}  // namespace

std::span<const FieldScene> descriptor_scenes() { return kScenes; }

}  // namespace saker::test
