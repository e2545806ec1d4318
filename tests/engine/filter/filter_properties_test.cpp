// SPDX-License-Identifier: Apache-2.0
// What the filter drops, no rule holds for: random rules on random events, and all rules that come
// with the product or stand beside it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "tests/support/corpus.h"
#include "tests/support/field_world.h"
#include "tests/support/filter_model.h"
#include "tests/support/random.h"

namespace saker {
namespace {

using test::FieldWorld;
using test::FilterModel;
using test::Random;
using Texts = std::vector<std::string>;

const Texts kPaths = {"/",         "/etc",          "/etc/shadow", "/etc/ssh/sshd_config",
                      "/etc/sshd", "/root/.bashrc", "/tmp/a",      "/home/alice/.ssh/id_rsa",
                      "/usr/bin/x"};
const Texts kNames = {"curl", "sh", "bash", "nginx", "systemd", "wget"};
const Texts kParts = {"ssh", "/etc", "id_", "a", "rc", "../", "/.ssh/"};

// Comparisons of fields that the kernel knows, and of some that it does not.
std::string random_comparison(Random& random) {
  const auto path = [&] { return random.of(kPaths); };
  const auto name = [&] { return random.of(kNames); };
  switch (random.below(18)) {
    case 0:
      return "fd.name = " + path();
    case 1:
      return "fd.name != " + path();
    case 2:
      return "fd.name in (" + path() + ", " + path() + ")";
    case 3:
      return "fd.name startswith " + path();
    case 4:
      return "fd.name pmatch (" + path() + ", " + path() + ")";
    case 5:
      return "fd.directory = " + path();
    case 6:
      return "fd.filename in (shadow, sshd, " + name() + ")";
    case 7:
      return "fd.name " + std::string(random.one_in(2) ? "contains " : "endswith ") +
             random.of(kParts);
    case 8:
      return "fd.nameraw contains " + random.of(kParts);
    case 9:
      return "proc.name in (" + name() + ", " + name() + ")";
    case 10:
      return "proc.pname = " + name();
    case 11:
      return "proc.name startswith " + name().substr(0, 2);
    case 12:
      return random.one_in(2) ? "container.id = host" : "container.id != host";
    case 13:
      return "user.uid " + std::string(random.one_in(2) ? "= " : "> ") +
             (random.one_in(2) ? "0" : "1000");
    case 14:
      return random.one_in(2) ? "evt.rawres >= 0" : "evt.res = ENOENT";
    case 15:
      return std::string(random.one_in(2) ? "evt.is_open_read" : "evt.is_open_write") + " = true";
    case 16:
      return random.one_in(2) ? "fd.typechar = f" : "fd.type = directory";
    default:
      return random.one_in(2) ? "proc.exepath startswith /usr" : "evt.arg.flags contains O_CREAT";
  }
}

std::string random_condition(Random& random, int depth) {
  std::string text = random.one_in(4) ? "not " : "";
  if (depth == 0 || random.one_in(4)) {
    return text + random_comparison(random);
  }
  text += "(" + random_condition(random, depth - 1);
  const std::string joint = random.one_in(2) ? " and " : " or ";
  for (size_t i = 1 + random.below(3); i > 0; --i) {
    text += joint + random_condition(random, depth - 1);
  }
  return text + ")";
}

ev_task random_task(Random& random) {
  ev_task task = random.one_in(2)   ? FieldWorld::curl()
                 : random.one_in(3) ? FieldWorld::unseen_process()
                                    : FieldWorld::containerised_shell();
  task.euid = random.one_in(2) ? 0 : 1000;
  return task;
}

// Any of the calls that create a descriptor for a path, with what the kernel would have read.
const Event& random_open(Random& random, FieldWorld& world, const Texts& paths) {
  static const Texts kCalls = {"open", "openat", "openat2", "creat", "open_by_handle_at"};
  constexpr uint64_t kFlags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT,
                                 O_WRONLY | O_CREAT | O_TRUNC};
  constexpr uint32_t kModes[] = {S_IFREG | 0644, S_IFREG | 0644, S_IFDIR | 0755, S_IFIFO | 0600,
                                 S_IFCHR | 0666};
  world.task = random_task(random);
  const uint64_t flags = random.of(kFlags);
  const int64_t result = random.one_in(4) ? -ENOENT : 3;
  return world.syscall(random.of(kCalls), result, {3, flags, flags, 0700, 0, 0},
                       [&](RecordWriter& writer) {
                         const std::string& path = random.of(paths);
                         writer.section(EV_SEC_STRING, 0, random.one_in(3) ? "../" + path : path);
                         if (result < 0) {
                           writer.section(EV_SEC_BASE, 0, random.of(paths));
                           return;
                         }
                         ev_file file{};
                         file.fd = 3;
                         file.inode.mode = random.of(kModes);
                         writer.file(0, file, path, random.one_in(9) ? EV_SECF_DELETED : 0);
                       });
}

struct Counts {
  size_t matched = 0;
  size_t dropped = 0;
  size_t passed_in_vain = 0;
};

void check(const std::shared_ptr<const RuleSet>& rules, const Event& event, Matcher& matcher,
           Counts& counts) {
  const bool passes = FilterModel(rules->filter()).passes(event);
  const bool matches = !matcher.match(event).empty();
  EXPECT_TRUE(passes || !matches) << event.def().name << " " << event.file_path() << " matches "
                                  << (matches ? rules->rules()[matcher.match(event)[0]].condition
                                              : "");
  counts.matched += matches ? 1 : 0;
  counts.dropped += passes ? 0 : 1;
  counts.passed_in_vain += passes && !matches ? 1 : 0;
}

std::shared_ptr<const RuleSet> load(const std::string& yaml) {
  return load_rules({std::make_shared<const SourceText>("f.yaml", yaml)}, {}).rules;
}

TEST(Filter, DropsNothingThatRandomRulesHoldFor) {
  Random random(20261123);
  Counts counts;
  for (int round = 0; round < 400; ++round) {
    std::string yaml;
    for (size_t rule = 0; rule < 1 + random.below(4); ++rule) {
      yaml += "- rule: r" + std::to_string(rule) +
              "\n  desc: d\n  condition: evt.type in (open, openat, openat2, creat, "
              "open_by_handle_at) and " +
              random_condition(random, 3) + "\n  output: o\n  priority: Error\n";
    }
    const auto rules = load(yaml);
    ASSERT_NE(rules, nullptr) << yaml;
    Matcher matcher(rules);
    FieldWorld world;
    for (int i = 0; i < 60; ++i) {
      check(rules, random_open(random, world, kPaths), matcher, counts);
      world.finish();
    }
  }
  // So that the test is about something.
  EXPECT_GT(counts.matched, 2000U);
  EXPECT_GT(counts.dropped, 2000U);
  EXPECT_LT(counts.passed_in_vain, counts.matched + counts.dropped);
}

// Each quoted or bare word of the rules that looks like a path, and what could stand below it.
Texts paths_in(const std::string& text) {
  Texts paths = kPaths;
  for (size_t at = text.find('/'); at != text.npos; at = text.find('/', at + 1)) {
    const size_t end = text.find_first_of(" \n\t,)\"'", at);
    if (end != text.npos && end - at < 60) {
      paths.push_back(text.substr(at, end - at));
      paths.push_back(paths.back() + "/below");
      at = end;
    }
  }
  return paths;
}

void check_rule_files(const Texts& files) {
  std::vector<std::shared_ptr<const SourceText>> sources;
  std::string text;
  for (const std::string& file : files) {
    const auto read = read_rule_files(file);
    ASSERT_TRUE(read) << file;
    for (const auto& source : *read) {
      sources.push_back(source);
      text += source->text();
    }
  }
  const auto rules = load_rules(sources, {}).rules;
  ASSERT_NE(rules, nullptr);
  Matcher matcher(rules);
  Random random(7);
  FieldWorld world;
  Counts counts;
  const Texts paths = paths_in(text);
  for (int i = 0; i < 20'000; ++i) {
    check(rules, random_open(random, world, paths), matcher, counts);
    world.finish();
  }
  EXPECT_GT(counts.matched, 20U);
  EXPECT_GT(counts.dropped, 1000U);
}

TEST(Filter, DropsNothingThatShippedRulesHoldFor) { check_rule_files({SAKER_SOURCE_DIR "/rules"}); }

TEST(Filter, DropsNothingThatStockRulesHoldFor) {
  const auto stable = test::shared_path("rules/falco_rules.yaml");
  const auto incubating = test::shared_path("rules/falco-incubating_rules.yaml");
  if (!stable || !incubating) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  check_rule_files({*stable, *incubating});
}

}  // namespace
}  // namespace saker
