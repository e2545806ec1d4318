// SPDX-License-Identifier: Apache-2.0
// The filter as a whole: conditions become tables, and the model of the kernel reads these.
#include "engine/filter/filter_compiler.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/loader.h"
#include "tests/support/field_world.h"
#include "tests/support/filter_model.h"

namespace saker {
namespace {

using test::FieldWorld;
using test::FilterModel;

std::shared_ptr<const RuleSet> load(const std::vector<std::string>& conditions) {
  std::string yaml;
  for (const std::string& condition : conditions) {
    yaml += "- rule: r" + std::to_string(yaml.size()) + "\n  desc: d\n  condition: >\n    " +
            condition + "\n  output: o\n  priority: Error\n";
  }
  const LoadResult result = load_rules({std::make_shared<const SourceText>("f.yaml", yaml)}, {});
  EXPECT_EQ(result.rules == nullptr, false) << yaml;
  return result.rules;
}

// An open that gives descriptor 3, or fails.
struct Open {
  std::string_view path = "/home/alice/notes";
  uint64_t flags = O_RDONLY;
  int64_t result = 3;
  uint32_t mode = S_IFREG | 0644;
  std::string_view given = {};  // empty: the path
  uint8_t path_flags = 0;       // EV_SECF_*
  ev_task task = FieldWorld::curl();
};

const Event& play(FieldWorld& world, const Open& open) {
  world.task = open.task;
  return world.syscall(
      "openat", open.result, {static_cast<uint64_t>(AT_FDCWD), 0x1000, open.flags, 0600},
      [&](RecordWriter& writer) {
        writer.section(EV_SEC_STRING, 0, open.given.empty() ? open.path : open.given);
        if (open.result >= 0) {
          ev_file file{};
          file.fd = static_cast<int32_t>(open.result);
          file.inode.mode = open.mode;
          writer.file(0, file, open.path, open.path_flags);
        } else {
          writer.section(EV_SEC_BASE, 0, "/home/alice");
        }
      });
}

struct Case {
  std::string condition;
  Open open;
  bool passes;
};

void check(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    const auto rules = load({"evt.type = openat and (" + test.condition + ")"});
    FieldWorld world;
    const Event& event = play(world, test.open);
    EXPECT_EQ(FilterModel(rules->filter()).passes(event), test.passes)
        << test.condition << " on " << test.open.path;
  }
}

TEST(FilterCompiler, DecidesBySuccessAndIntent) {
  check({
      {"evt.rawres >= 0", {}, true},
      {"evt.rawres >= 0", {.result = -ENOENT}, false},
      {"evt.rawres < 0", {}, false},
      {"evt.rawres = -2", {.result = -EACCES}, true},  // it is a failure: which is not known
      {"not evt.rawres = -2", {.result = -ENOENT}, true},
      {"evt.res = SUCCESS", {.result = -ENOENT}, false},
      {"evt.res != SUCCESS", {}, false},
      {"evt.res = ENOENT", {}, false},
      {"evt.failed = true", {}, false},
      {"fd.num >= 0", {.result = -ENOENT}, false},
      {"fd.num = -1", {.result = -ENOENT}, true},
      {"evt.is_open_write = true", {}, false},
      {"evt.is_open_write = true", {.flags = O_RDWR}, true},
      {"evt.is_open_write != true", {.flags = O_WRONLY}, false},
      {"evt.is_open_read = false", {.flags = O_WRONLY}, true},
      {"evt.is_open_create = true", {}, false},
      {"evt.is_open_create = true", {.flags = O_CREAT}, true},
      {"evt.is_open_create = false", {.flags = O_CREAT}, true},  // perhaps it was there
  });
}

TEST(FilterCompiler, DecidesByTask) {
  const Open in_container{.task = FieldWorld::containerised_shell()};
  check({
      {"container.id = host", {}, true},
      {"container.id = host", in_container, false},
      {"container.id != host", {}, false},
      {"container.id != host", in_container, true},
      {"container.id = 0123456789ab", {}, false},
      {"proc.name = curl", {}, true},
      {"proc.name in (wget, nc)", {}, false},
      {"not proc.name in (wget, nc)", {}, true},
      {"not proc.name in (wget, curl)", {}, false},
      {"proc.name startswith cu", {}, true},  // of names that no rule lists nothing is known
      {"proc.name startswith cu and proc.name != nc", {}, true},
      {"proc.name startswith n and proc.name in (nc, curl)", {}, false},
      {"proc.name = a-name-of-more-than-15-bytes", {}, false},
      {"proc.pname = bash", {}, true},
      {"proc.pname = sshd", {}, false},
      {"proc.pname = curl", {}, false},
      {"user.uid = 0", {}, false},
      {"user.uid = 1000", {}, true},
      {"user.uid != 1000", {}, false},
      {"user.uid > 5", {}, true},
  });
}

TEST(FilterCompiler, DecidesByPath) {
  const Open shadow{.path = "/etc/shadow"};
  const Open sudoers{.path = "/etc/sudoers.d/alice"};
  const Open directory{.path = "/etc/sudoers.d", .mode = S_IFDIR | 0755};
  check({
      {"fd.name = /etc/shadow", shadow, true},
      {"fd.name = /etc/shadow", sudoers, false},
      {"fd.name = /etc", shadow, false},
      {"fd.name in (/etc/passwd, /etc/shadow)", shadow, true},
      {"fd.name != /etc/shadow", shadow, false},
      {"not fd.name in (/etc/passwd)", shadow, true},
      {"fd.name startswith /etc", shadow, true},
      {"fd.name startswith /etc/", {.path = "/etcetera"}, false},
      {"fd.name startswith /etc and not fd.name startswith /etc/sudoers", sudoers, false},
      {"fd.name startswith /etc and not fd.name startswith /etc/sudoers", shadow, true},
      {"fd.name pmatch (/etc/sudoers.d)", directory, true},
      {"fd.name pmatch (/etc/sudoers)", sudoers, false},
      {"fd.name pmatch (/var/*/x)", shadow, false},
      {"fd.name pmatch (/etc/*/x)", shadow, true},  // what a pattern stands for is not known
      {"fd.name glob /etc/*", shadow, true},
      {"fd.name glob /etc/*", {}, false},
      {"fd.directory = /etc/sudoers.d", sudoers, true},
      {"fd.directory = /etc/sudoers.d", directory, true},
      {"fd.directory = /etc/sudoers.d", shadow, false},
      {"not fd.directory = /etc", sudoers, true},
      {"fs.path.name = /etc/shadow", {}, false},
      {"fs.path.target = /etc/shadow", shadow, false},
      {"fd.name = /etc/shadow", {.path = "/etc/passwd", .path_flags = EV_SECF_DETACHED}, true},
      {"fd.name = /etc/shadow", {.result = -ENOENT}, true},  // no path to look at
      {"fd.name = /etc/shadow and fd.num >= 0", {.result = -ENOENT}, false},
  });
}

TEST(FilterCompiler, DecidesByTexts) {
  const Open key{.path = "/home/alice/.ssh/id_rsa"};
  check({
      {"fd.name contains id_rsa", key, true},
      {"fd.name contains id_rsa", {}, false},
      {"not fd.name contains id_rsa", key, false},
      {"fd.name endswith .ssh", key, false},
      {"fd.name endswith rsa", key, true},
      {"fd.filename in (id_rsa, id_dsa)", key, true},
      {"fd.filename in (rsa, id_dsa)", key, false},
      {"not fd.filename in (id_rsa)", key, true},  // perhaps it is no file
      {"fd.nameraw contains ../", {.given = "../../notes"}, true},
      {"fd.nameraw contains ../", {}, false},
      {"fd.nameraw contains a/b", {.given = "/a//b"}, true},
      {"fd.name contains ssh and fd.name contains notes", key, false},
  });
}

TEST(FilterCompiler, DecidesByKindOfFile) {
  check({
      {"fd.typechar = f", {}, true},
      {"fd.type = directory", {}, false},
      {"fd.type = directory", {.mode = S_IFDIR | 0755}, true},
      {"fd.type in (ipv4, ipv6)", {}, false},
      {"fd.type in (ipv4, ipv6)", {.mode = S_IFSOCK | 0777}, true},
      {"fd.typechar != p", {.mode = S_IFIFO | 0600}, true},  // one that has a name is a file
      {"fd.typechar = d", {.result = -ENOENT}, true},
  });
}

TEST(FilterCompiler, WhatItDoesNotKnowPasses) {
  check({
      {"proc.exepath = /usr/bin/wget", {}, true},
      {"proc.exepath = /usr/bin/wget and fd.name = /etc/shadow", {}, false},
      {"not (proc.exepath = /usr/bin/curl or fd.name = /home/alice/notes)", {}, false},
      {"proc.exepath = x or fd.name = /etc/shadow", {}, true},
      {"fd.name = val(proc.cwd)", {}, true},
      {"evt.type = open or fd.name = /etc/shadow", {}, false},
  });
}

TEST(FilterCompiler, OneRuleIsEnoughToPass) {
  const auto rules =
      load({"evt.type = openat and fd.name = /etc/shadow", "evt.type = openat and proc.name = nc",
            "evt.type = close and proc.name = curl"});
  FieldWorld world;
  const FilterModel model(rules->filter());
  EXPECT_FALSE(model.passes(play(world, {})));
  EXPECT_TRUE(model.passes(play(world, {.path = "/etc/shadow"})));
}

TEST(FilterCompiler, EventsThatKeepStateAllPass) {
  const auto rules = load({"evt.type in (sendto, openat) and fd.name = /x and proc.cwd = /y",
                           "evt.type = sendto and fd.name_changed = true and proc.name = nc"});
  const auto group_of = [&](std::string_view name) {
    const auto& events = EventCatalog::builtin();
    const auto code = static_cast<EventCode>(events.find(name)._Find_first());
    return rules->filter().calls[static_cast<size_t>(events.def(code).syscall_nr)].group;
  };
  EXPECT_NE(group_of("openat"), 0);
  EXPECT_EQ(group_of("chdir"), 0);
  EXPECT_EQ(group_of("sendto"), 0);
}

TEST(FilterCompiler, RulesThatDifferInOneThingAreOneClause) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 2000; ++i) {
    conditions.push_back("evt.type = openat and evt.is_open_write = true and fd.name = /etc/" +
                         std::to_string(i));
  }
  const auto rules = load(conditions);
  const KernelFilter& filter = rules->filter();
  ASSERT_EQ(filter.groups.size(), 1U);
  EXPECT_EQ(filter.groups[0].all.words[0], 1U);
  EXPECT_EQ(filter.prefixes.size(), 2000U);
  FieldWorld world;
  const FilterModel model(filter);
  EXPECT_TRUE(model.passes(play(world, {.path = "/etc/1999", .flags = O_WRONLY})));
  EXPECT_FALSE(model.passes(play(world, {.path = "/etc/2000", .flags = O_WRONLY})));
  EXPECT_FALSE(model.passes(play(world, {.path = "/etc/1999"})));
}

TEST(FilterCompiler, TooManyClausesAreJoinedNotDropped) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    conditions.push_back("evt.type = openat and proc.name in (curl, p" + number +
                         ") and proc.pname in (bash, q" + number + ") and fd.name = /etc/" +
                         number);
  }
  const auto rules = load(conditions);
  EXPECT_EQ(rules->filter().joined_clauses, 300U - EV_CLAUSES);
  FieldWorld world;
  const FilterModel model(rules->filter());
  for (int i = 0; i < 300; ++i) {
    EXPECT_TRUE(model.passes(play(world, {.path = "/etc/" + std::to_string(i)}))) << i;
  }
  EXPECT_FALSE(model.passes(play(world, {.path = "/etc/300"})));
}

TEST(FilterCompiler, TooManyTextsShareABit) {
  std::vector<std::string> conditions;
  for (int i = 100; i < 180; ++i) {
    conditions.push_back("evt.type = openat and fd.name contains needle" + std::to_string(i));
    conditions.push_back("evt.type = openat and proc.name = nc and not fd.name contains straw" +
                         std::to_string(i));
  }
  const auto rules = load(conditions);
  FieldWorld world;
  const FilterModel model(rules->filter());
  for (int i = 100; i < 180; ++i) {
    EXPECT_TRUE(model.passes(play(world, {.path = "/x/needle" + std::to_string(i) + "/y"}))) << i;
  }
  EXPECT_FALSE(model.passes(play(world, {})));
}

}  // namespace
}  // namespace saker
