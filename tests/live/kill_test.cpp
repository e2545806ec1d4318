// SPDX-License-Identifier: Apache-2.0
// Rules that kill where no LSM hook can be had: when the call has returned.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "cmd/filter_tables.h"
#include "engine/rules/loader.h"
#include "tests/support/fake_root.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

std::shared_ptr<const RuleSet> load_killing(const std::string& condition, Enforcement mode) {
  const std::string yaml = "- rule: r\n  desc: d\n  condition: >\n    " + condition +
                           "\n  output: o\n  priority: Error\n  enforcement: on\n  action: kill\n";
  LoadOptions options;
  options.enforcement.mode = mode;
  options.enforcement.kills_at_hooks = false;
  LoadResult loaded = load_rules({std::make_shared<const SourceText>("k.yaml", yaml)}, options);
  for (const Diagnostic& diagnostic : loaded.diagnostics.items()) {
    EXPECT_NE(diagnostic.severity, Severity::kError) << diagnostic.message << diagnostic.hint;
  }
  return loaded.rules;
}

LiveOptions options_for(const RuleSet& rules) {
  LiveOptions options;
  options.plans = EventCatalog::builtin().capture_plans(rules.wanted_events());
  options.filter = tables_of(rules.filter());
  options.may_decide = true;
  return options;
}

int open_to_write(const std::string& path) { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); }

TEST(LiveKill, EndsTheProcessThatDidIt) {
  FakeRoot root;
  root.file("bad", "");
  root.file("good", "");
  const auto rules = load_killing(
      "evt.type in (open, openat, openat2) and fd.name=" + root.path("bad"), Enforcement::kOn);
  ASSERT_NE(rules, nullptr);
  const LiveOptions options = options_for(*rules);
  SAKER_OPEN_LIVE(capture, options);
  const Shared<std::atomic<int>> reached;
  capture->run([&] {
    open_to_write(root.path("good"));
    *reached = 1;
    open_to_write(root.path("bad"));
    *reached = 2;
  });
  EXPECT_EQ(*reached, 1);
  EXPECT_TRUE(WIFSIGNALED(capture->status()) && WTERMSIG(capture->status()) == SIGKILL);
  EXPECT_EQ(capture->counter("decided", "", "killed"), 1U);
}

}  // namespace
}  // namespace saker::test
