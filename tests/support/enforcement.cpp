// SPDX-License-Identifier: Apache-2.0
#include "tests/support/enforcement.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "cmd/filter_tables.h"
#include "engine/event.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/rules/loader.h"

namespace saker::test {

std::shared_ptr<const RuleSet> load_acting(const std::vector<std::string>& conditions,
                                           Enforcement mode, std::string_view action) {
  std::string yaml;
  for (const std::string& condition : conditions) {
    yaml += "- rule: r" + std::to_string(yaml.size()) + "\n  desc: d\n  condition: >\n    " +
            condition + "\n  output: o\n  priority: Error\n  enforcement: on\n  action: " +
            std::string(action) + "\n";
  }
  LoadOptions options;
  options.enforcement.mode = mode;
  LoadResult loaded = load_rules({std::make_shared<const SourceText>("e.yaml", yaml)}, options);
  for (const Diagnostic& diagnostic : loaded.diagnostics.items()) {
    EXPECT_NE(diagnostic.severity, Severity::kError) << diagnostic.message << diagnostic.hint;
  }
  return loaded.rules;
}

std::unique_ptr<LiveSource> open_deciding_source(const KernelFilter& filter, HookMeans means) {
  LiveOptions options;
  options.hook_means = means;
  options.may_decide = true;
  options.hook_calls = hook_calls();
  options.filter = tables_of(filter);
  auto opened = open_live_source(options);
  EXPECT_TRUE(opened) << opened.error().to_string();
  return opened ? std::move(*opened) : nullptr;
}

Decisions decisions_of(LiveSource& source) {
  Decisions found;
  std::span<const std::byte> record;
  Event event;
  while (source.next(record, 0) == EventSource::Next::kRecord) {
    EXPECT_EQ(event.decode(record), DecodeError::kNone);
    const uint32_t flags = event.syscall() != nullptr ? event.syscall()->flags : 0;
    const auto decision = static_cast<ev_decision>(flags >> EV_SYSF_DECISION_SHIFT & 0xff);
    const uint32_t hook = flags >> EV_SYSF_HOOK_SHIFT & 0xff;
    if (decision != EV_DECISION_NONE) {
      EXPECT_LT(hook, EV_HOOKS);
      found.emplace(decision, filter::enforcement_hooks()[hook].name);
    }
  }
  return found;
}

int errno_of(long result) { return result < 0 ? errno : 0; }

int in_child(const std::function<int()>& action) {
  const Shared<std::atomic<int>> outcome;
  *outcome = kDidNotComeBack;
  const pid_t child = ::fork();
  if (child == 0) {
    *outcome = action();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  return *outcome;
}

PrivateBpfFs::PrivateBpfFs()
    : namespace_before_(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)) {
  is_there_ = namespace_before_ && ::unshare(CLONE_NEWNS) == 0 &&
              ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
              ::mount("bpf", "/sys/fs/bpf", "bpf", 0, "mode=0700") == 0;
}

PrivateBpfFs::~PrivateBpfFs() {
  const std::filesystem::path here = std::filesystem::current_path();
  EXPECT_EQ(::setns(namespace_before_.get(), CLONE_NEWNS), 0);
  std::filesystem::current_path(here);
}

Attempts::Attempts(int processes, const std::function<bool()>& attempt) {
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      while (!*is_over_) {
        *worked_ += attempt() ? 1 : 0;
        ++*tried_;
      }
      ::_exit(0);
    }
    children_.push_back(child);
  }
}

void Attempts::stop() {
  *is_over_ = true;
  for (const pid_t child : children_) {
    ::waitpid(child, nullptr, 0);
  }
  children_.clear();
}

}  // namespace saker::test
