// SPDX-License-Identifier: Apache-2.0
// Paths that calls work on.
#include "engine/fields/fields_path.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "tests/support/field_world.h"

namespace saker::test {
namespace {

void give_paths(RecordWriter& writer) {
  writer.section(EV_SEC_STRING, 0, "old/./x");
  writer.section(EV_SEC_BASE, 0, "/tmp");
  writer.section(EV_SEC_STRING, 1, "../new");
  writer.section(EV_SEC_BASE, 1, "/srv/www");
}
template <const char* Name>
void play(FieldWorld& world) {
  world.syscall(Name, 0, {7, 0, 8}, give_paths);
}
constexpr char kRename[] = "rename";
constexpr char kRenameat2[] = "renameat2";
constexpr char kLink[] = "link";
constexpr char kLinkat[] = "linkat";
constexpr char kMkdir[] = "mkdir";
constexpr char kMknodat[] = "mknodat";
constexpr char kUnlinkat[] = "unlinkat";
constexpr char kChmod[] = "chmod";
constexpr char kFchownat[] = "fchownat";
constexpr char kUmount2[] = "umount2";
constexpr char kMount[] = "mount";
constexpr char kSymlinkat[] = "symlinkat";

constexpr FieldCase kRenamed[] = {
    {"fs.path.source", "/tmp/old/x"}, {"fs.path.sourceraw", "old/./x"},
    {"fs.path.target", "/srv/new"},   {"fs.path.targetraw", "../new"},
    {"fs.path.name", kMissing},       {"fs.path.nameraw", kMissing},
};
constexpr FieldCase kLinked[] = {{"fs.path.source", "/srv/new"},
                                 {"fs.path.sourceraw", "../new"},
                                 {"fs.path.target", "/tmp/old/x"},
                                 {"fs.path.targetraw", "old/./x"}};
constexpr FieldCase kNamed[] = {{"fs.path.name", "/tmp/old/x"},
                                {"fs.path.nameraw", "old/./x"},
                                {"fs.path.source", kMissing},
                                {"fs.path.target", kMissing}};
constexpr FieldCase kSymlinked[] = {{"fs.path.source", "/srv/new"},
                                    {"fs.path.sourceraw", "../new"},
                                    {"fs.path.target", "/srv/old/x"},
                                    {"fs.path.targetraw", "old/./x"}};
constexpr FieldCase kMounted[] = {{"fs.path.source", "old/./x"},
                                  {"fs.path.sourceraw", "old/./x"},
                                  {"fs.path.target", "/srv/new"},
                                  {"fs.path.targetraw", "../new"}};
constexpr FieldCase kNothing[] = {
    {"fs.path.name", kMissing}, {"fs.path.nameraw", kMissing}, {"fs.path.source", kMissing}};

void play_open(FieldWorld& world) {
  world.syscall("openat", 3, {7}, [](RecordWriter& writer) {
    give_paths(writer);
    add_file(writer, "/real");
  });
}
constexpr FieldCase kOpened[] = {{"fs.path.name", "/real"}, {"fs.path.nameraw", "old/./x"}};

void play_fchmod(FieldWorld& world) {
  world.syscall("fchmod", 0, {3}, [](RecordWriter& writer) { add_file(writer, "/real"); });
}
constexpr FieldCase kByDescriptor[] = {{"fs.path.name", "/real"}};

constexpr FieldScene kScenes[] = {
    {"rename", play<kRename>, kRenamed},
    {"renameat2", play<kRenameat2>, kRenamed},
    {"link", play<kLink>, kLinked},
    {"linkat", play<kLinkat>, kLinked},
    {"symlinkat", play<kSymlinkat>, kSymlinked},
    {"mkdir", play<kMkdir>, kNamed},
    {"mknodat", play<kMknodat>, kNamed},
    {"unlinkat", play<kUnlinkat>, kNamed},
    {"chmod", play<kChmod>, kNamed},
    {"fchownat", play<kFchownat>, kNamed},
    {"umount2", play<kUmount2>, kNamed},
    {"mount", play<kMount>, kMounted},
    {"openat", play_open, kOpened},
    {"fchmod", play_fchmod, kByDescriptor},
    {"a failed mkdir", [](FieldWorld& w) { w.syscall("mkdir", -EEXIST, {}, give_paths); },
     kNothing},
    {"a stat", [](FieldWorld& w) { w.syscall("stat", 0, {}, give_paths); }, kNothing},
};

TEST(PathFields, HaveTheirValues) { check_scenes(kScenes); }

TEST(NormalizedPath, TakesOutDotsAndSlashes) {
  struct Row {
    std::string_view base;
    std::string_view path;
    std::string_view expected;
  };
  const Row kRows[] = {
      {"/base", "/a/b", "/a/b"},
      {"/base", "a", "/base/a"},
      {"/base", "", "/base"},
      {"/base", ".", "/base"},
      {"/base", "..", "/"},
      {"/base", "../..", "/"},
      {"/base/", "a/", "/base/a"},
      {"/", "a", "/a"},
      {"", "a", "/a"},
      {"", "/", "/"},
      {"", "//a///b//", "/a/b"},
      {"", "/a/./b/.", "/a/b"},
      {"", "/a/../../b", "/b"},
      {"", "/../..", "/"},
      {"", "/a/...", "/a/..."},
      {"/x/../y", "../z", "/x/../z"},
      {"", "/a/b/../../..", "/"},
      {"/a", "b/../c/./d", "/a/c/d"},
      {"base", "../..", "/"},
      {"", "", "/"},
  };
  Scratch scratch;
  for (const Row& row : kRows) {
    EXPECT_EQ(normalized_path(scratch, row.base, row.path), row.expected)
        << row.base << " + " << row.path;
  }
  const std::string deep(EV_PATH_MAX, '/');
  EXPECT_EQ(normalized_path(scratch, "/b", deep + "x"), "/x");
}

TEST(NormalizedPath, IsNoCopyWhenThereIsNothingToTakeOut) {
  Scratch scratch;
  constexpr std::string_view kPath = "/etc/ssh.d/sshd..config";
  EXPECT_EQ(normalized_path(scratch, "/base", kPath).data(), kPath.data());
}

TEST(NormalizedPath, IsEmptyWhenScratchIsFull) {
  Scratch scratch;
  static_cast<void>(scratch.allocate<char>(Scratch::kCapacityBytes - 4));
  EXPECT_EQ(normalized_path(scratch, "", "/a/long//path"), "");
  EXPECT_EQ(scratch.overflows(), 1U);
}

}  // namespace

std::span<const FieldScene> path_scenes() { return kScenes; }

}  // namespace saker::test
