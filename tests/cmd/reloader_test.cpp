// SPDX-License-Identifier: Apache-2.0
// Reloads and the control socket, on probes that are made up.
#include "cmd/reloader.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cmd/control_client.h"
#include "cmd/control_commands.h"
#include "cmd/control_server.h"
#include "cmd/status_text.h"
#include "engine/base/json.h"
#include "tests/support/idle_source.h"
#include "tests/support/notify_socket.h"

namespace saker {
namespace {

using std::chrono::seconds;
using test::NotifySocket;

constexpr seconds kPatience{30};

// Never has a record; its filters are installed at once, or refused.
class FakeProbes final : public test::IdleSource<LiveSource> {
 public:
  Result<void> set_plans(std::span<const ev_plan> plans) override {
    plans_ = plans.size();
    most_plans_ = std::max(most_plans_.load(), plans.size());
    return {};
  }
  Result<void> set_filter(const FilterTables& /*filter*/) override {
    if (refuses_) {
      return Error{"no memory for the filter", 0, ""};
    }
    ++generation_;
    return {};
  }
  uint8_t generation() const noexcept override { return generation_; }
  void wake() noexcept override {}
  Result<LeftDecisions> take_over() override { return LeftDecisions(); }
  Result<LeftDecisions> end_others() override { return LeftDecisions(); }
  void tell_process(uint32_t, uint64_t, std::string_view) override {}
  void tell_cgroup(uint64_t, uint32_t) override {}

  std::atomic<bool> refuses_ = false;
  std::atomic<size_t> plans_ = 0;
  std::atomic<size_t> most_plans_ = 0;

 private:
  std::atomic<uint8_t> generation_ = 255;  // it begins anew
};

class ReloaderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "saker-reloader-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ::chmod(folder_.c_str(), 0755);
    std::ofstream(folder_ / "saker.yaml") << "watch_config_files: false\n";
    write_rules("A", "read");
    options_.config_path = folder_ / "saker.yaml";
    options_.rules = {folder_ / "rules.yaml"};
    const Result<saker::Setup> setup = load_setup(options_);
    ASSERT_TRUE(setup);
    rules_ = std::make_unique<RuleSwitch>(
        std::make_unique<RunningRules>(setup->rules, probes_.generation(), nullptr), &offer_);
    auto reloader = Reloader::start(
        {.options = options_, .source = &probes_, .offer = &offer_, .manager = &manager_}, *setup);
    ASSERT_TRUE(reloader);
    reloader_ = std::move(*reloader);
    auto server = ControlServer::start(socket(), [this](std::string_view request) {
      return follow_request({*reloader_, metrics_}, request);
    });
    ASSERT_TRUE(server) << server.error().to_string();
    server_ = std::move(*server);
    reloader_->on_end([this] {
      server_->wake();
      ++ends_;
      ends_.notify_all();
    });
  }
  void TearDown() override {
    if (reloader_ != nullptr) {
      reloader_->on_end({});
    }
    server_.reset();
    reloader_.reset();
    std::filesystem::remove_all(folder_);
  }

  void write_rules(const std::string& name, const std::string& event) const {
    std::ofstream(folder_ / "rules.yaml") << rule(name, "evt.type = " + event);
  }
  static std::string rule(const std::string& name, const std::string& condition) {
    return "- rule: " + name + "\n  desc: d\n  condition: " + condition +
           "\n  output: o\n  priority: ERROR\n";
  }
  // One that alerts, one that denies as far as it may, and one that never does more than audit.
  void load_acting_rules() {
    const std::string denies = "  action: deny\n  enforcement: ";
    std::ofstream(folder_ / "rules.yaml")
        << rule("Alerts", "evt.type = read")
        << rule("Denies", "evt.type in (mkdir, mkdirat) and proc.name = a") + denies + "on\n"
        << rule("Audits", "evt.type in (mkdir, mkdirat) and proc.name = b") + denies + "audit\n";
    ASSERT_EQ(reload(), R"({"ok": true})");
    ASSERT_EQ(rule_in_force(), "Alerts");
  }
  [[nodiscard]] std::string socket() const { return folder_ / "run/control.sock"; }
  [[nodiscard]] std::string ask(const std::string& request) const {
    const auto answer = ask_sensor(socket(), request, kPatience);
    return answer ? *answer : answer.error().to_string();
  }
  [[nodiscard]] std::string reload() const { return ask(R"({"command": "reload", "wait": true})"); }
  // What the reader does when nothing happens.
  std::string rule_in_force() {
    rules_->look_ahead(probes_);
    return rules_->current().rules->rules().at(0).name;
  }

  // What became of the reload of this number.
  std::string problem_of(uint64_t number) {
    while (true) {
      const uint64_t ends = ends_;
      const auto last = reloader_->status().last;
      if (last && last->number >= number) {
        return last->problem;
      }
      ends_.wait(ends);
    }
  }

  std::filesystem::path folder_;
  std::atomic<uint64_t> ends_ = 0;  // of reloads
  Options options_;
  FakeProbes probes_;
  RuleOffer offer_;
  MetricsExchange metrics_;
  ServiceManager manager_;
  std::unique_ptr<RuleSwitch> rules_;
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<ControlServer> server_;
};

TEST_F(ReloaderTest, PutsNewRulesInForce) {
  write_rules("B", "write");
  EXPECT_EQ(rule_in_force(), "A");
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_EQ(rule_in_force(), "B");
  EXPECT_EQ(rules_->current().generation, 0);
  // While either filter may be in use, the calls of both sets are looked at.
  EXPECT_EQ(probes_.most_plans_, probes_.plans_ + 1);
}

TEST_F(ReloaderTest, AFilterThatTheKernelRefusesChangesNothing) {
  const std::string version = reloader_->status().version;
  write_rules("B", "write");
  probes_.refuses_ = true;
  EXPECT_NE(reload().find("no memory for the filter"), std::string::npos);
  EXPECT_EQ(rule_in_force(), "A");
  EXPECT_EQ(reloader_->status().version, version);
  EXPECT_EQ(reloader_->take_failures().size(), 1U);
  EXPECT_TRUE(reloader_->take_failures().empty());
  probes_.refuses_ = false;
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_EQ(rule_in_force(), "B");
}

class SensorReloaderTest : public ReloaderTest {
 protected:
  SensorReloaderTest() { options_.is_sensor = true; }
};

TEST_F(SensorReloaderTest, AFileThatEveryoneCanWriteChangesNothing) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root looks at who can write files";
  }
  write_rules("B", "write");
  ASSERT_EQ(::chmod(options_.rules[0].c_str(), 0666), 0);
  EXPECT_EQ(problem_of(reloader_->request(ReloadCause::kSignal)),
            "error: '" + options_.rules[0] + "' can be written by everyone (mode 0666)");
  EXPECT_EQ(rule_in_force(), "A");
  ASSERT_EQ(::chmod(options_.rules[0].c_str(), 0644), 0);
  EXPECT_EQ(problem_of(reloader_->request(ReloadCause::kSignal)), "");
  EXPECT_EQ(rule_in_force(), "B");
}

TEST_F(ReloaderTest, TellsTheServiceManager) {
  const NotifySocket socket;
  manager_.tell_ready("");
  write_rules("B", "write");
  probes_.refuses_ = true;
  EXPECT_NE(reload(), R"({"ok": true})");
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=");
  EXPECT_TRUE(socket.next().starts_with("RELOADING=1\n"));
  EXPECT_TRUE(socket.next().starts_with(
      "READY=1\nSTATUS=the rules before the last reload are in force: no memory for the filter"));
  probes_.refuses_ = false;
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_TRUE(socket.next().starts_with("RELOADING=1\n"));
  EXPECT_EQ(socket.next(),
            "READY=1\nSTATUS=watching with 1 rules of version " + reloader_->status().version);
}

TEST_F(ReloaderTest, AnOverrideHoldsFromAReloadThatSucceedsOn) {
  EXPECT_NE(problem_of(reloader_->request_with("priority", "no such")), "");
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_EQ(rule_in_force(), "A");
  EXPECT_EQ(problem_of(reloader_->request_with("priority", "critical")), "");
  EXPECT_TRUE(reloader_->status().rules->rules().empty());
  rules_->look_ahead(probes_);
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_TRUE(reloader_->status().rules->rules().empty());
}

TEST_F(ReloaderTest, StatusTellsWhatIsInForce) {
  const auto document = JsonDocument::parse(ask(R"({"command": "status"})"));
  ASSERT_TRUE(document);
  const JsonValue status = document->root();
  EXPECT_TRUE(status["ok"].boolean().value_or(false));
  EXPECT_EQ(status["rules"].number(), 1);
  EXPECT_EQ(status["version"].text().size(), 16U);
  std::vector<std::string> files;
  status["files"].for_each_item(
      [&](const JsonValue& file) { files.emplace_back(file["path"].text()); });
  EXPECT_EQ(files, (std::vector<std::string>{folder_ / "saker.yaml", folder_ / "rules.yaml"}));
}

constexpr std::string_view kAudited =
    R"({"ok":true,"mode":"audit","on_exit":"release","rules":{"off":{"count":0,"names":[]},)"
    R"("audit":{"count":2,"names":["Denies","Audits"]},"on":{"count":0,"names":[]}},)"
    R"("decisions":{"denied":0,"killed":0,"would_deny":0,"would_kill":0,"undecided":0},"dry_run":null,"kept":[]})";

TEST_F(ReloaderTest, EnforceTellsModeRulesAndDecisions) {
  load_acting_rules();
  EXPECT_EQ(ask(R"({"command": "enforce"})"), kAudited);
  MetricsSnapshot figures;
  figures.decisions.by_hook[EV_DECISION_WOULD_DENY][0] = 3;
  figures.decisions.by_hook[EV_DECISION_WOULD_DENY][EV_HOOK_AFTER_CALL] = 4;
  figures.decisions.by_hook[EV_DECISION_UNDECIDED][1] = 1;
  metrics_.publish(std::move(figures));
  const auto document = JsonDocument::parse(ask(R"({"command": "enforce"})"));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["decisions"].to_json(),
            R"({"denied":0,"killed":0,"would_deny":7,"would_kill":0,"undecided":1})");
  EXPECT_EQ(enforcement_text(document->root()),
            "mode           audit\n"
            "on exit        release\n"
            "off            0 rules\n"
            "audit          2 rules\n"
            "               Denies\n"
            "               Audits\n"
            "on             0 rules\n"
            "decisions      7 would_deny, 1 undecided\n");
}

TEST_F(ReloaderTest, EnforceSetsAModeThatLaterReloadsKeep) {
  load_acting_rules();
  const std::string on =
      R"({"ok":true,"mode":"on","on_exit":"release","rules":{"off":{"count":0,"names":[]},)"
      R"("audit":{"count":1,"names":["Audits"]},"on":{"count":1,"names":["Denies"]}},)"
      R"("decisions":{"denied":0,"killed":0,"would_deny":0,"would_kill":0,"undecided":0},"dry_run":null,"kept":[]})";
  EXPECT_EQ(ask(R"({"command": "enforce", "mode": "on"})"), on);
  EXPECT_EQ(rule_in_force(), "Alerts");
  EXPECT_EQ(rules_->current().rules->rules().at(1).enforcement, Enforcement::kOn);
  EXPECT_EQ(reload(), R"({"ok": true})");
  EXPECT_EQ(rule_in_force(), "Alerts");
  EXPECT_EQ(ask(R"({"command": "enforce"})"), on);
}

TEST_F(ReloaderTest, AModeThatCannotBeSetChangesNothing) {
  load_acting_rules();
  probes_.refuses_ = true;
  EXPECT_EQ(ask(R"({"command": "enforce", "mode": "on"})"),
            R"({"ok":false,"error":"no memory for the filter"})");
  probes_.refuses_ = false;
  EXPECT_EQ(ask(R"({"command": "enforce", "mode": "On"})"),
            R"({"ok":false,"error":"unknown mode 'On'"})");
  EXPECT_EQ(ask(R"({"command": "enforce", "mode": 1})"),
            R"({"ok":false,"error":"unknown mode ''"})");
  EXPECT_EQ(reload(), R"({"ok": true})");  // without what has failed
  EXPECT_EQ(ask(R"({"command": "enforce"})"), kAudited);
}

TEST_F(ReloaderTest, ARecordingCannotBeMadeToDecide) {
  const Result<saker::Setup> setup = load_setup(options_);
  ASSERT_TRUE(setup);
  RuleOffer offer;
  const auto recording = Reloader::start(
      {.options = options_, .source = &probes_, .offer = &offer, .is_recording = true}, *setup);
  ASSERT_TRUE(recording);
  const auto answer =
      follow_request({**recording, metrics_}, R"({"command": "enforce", "mode": "on"})");
  EXPECT_EQ(answer(), R"({"ok":false,"error":"a sensor that records decides nothing"})");
  EXPECT_FALSE((*recording)->status().last);
}

TEST_F(ReloaderTest, RulesAreTriedBeforeTheyArePutInForce) {
  const auto with_rule = [](const char* name) {
    DryRunReport report;
    report.operations_refused = 7;
    report.processes_refused = 2;
    report.rules.push_back({.name = name, .operations = 7});
    return std::make_shared<const DryRunReport>(report);
  };
  static std::atomic<int> tries;
  tries = 0;
  load_acting_rules();
  const Result<saker::Setup> setup = load_setup(options_);
  ASSERT_TRUE(setup);
  RuleOffer offer;
  const auto trying = Reloader::start(
      {.options = options_,
       .source = &probes_,
       .offer = &offer,
       .dry_run = with_rule("At the start"),
       .try_rules = [](const saker::Setup& tried) -> std::shared_ptr<const DryRunReport> {
         ++tries;
         EXPECT_EQ(tried.config.enforcement.mode, Enforcement::kOff) << "before it is in force";
         return nullptr;
       }},
      *setup);
  ASSERT_TRUE(trying);
  const auto wait_for = [&](uint64_t number) {
    while (!(*trying)->status().last || (*trying)->status().last->number < number) {
      std::this_thread::yield();
    }
  };
  const ControlParts parts{**trying, metrics_};
  const auto document = JsonDocument::parse(*follow_request(parts, R"({"command": "enforce"})")());
  ASSERT_TRUE(document);
  const std::string text = enforcement_text(document->root());
  EXPECT_TRUE(
      text.ends_with("dry run        7 operations of 2 processes would have been refused; 0 "
                     "processes looked at\n               7 by At the start\n"))
      << text;

  wait_for((*trying)->request(ReloadCause::kCommand));
  EXPECT_EQ(tries, 0) << "nothing has changed";
  EXPECT_NE((*trying)->status().dry_run, nullptr);
  offer.close();
  wait_for((*trying)->request_with("enforcement.mode", "off"));
  EXPECT_EQ(tries, 1);
}

TEST(StatusText, TellsHowManyRulesAreNotNamed) {
  const auto document = JsonDocument::parse(
      R"({"mode":"on","on_exit":"keep","rules":{"on":{"count":3,"names":["a\u001b[2J"]},"off":{"count":1}}})");
  ASSERT_TRUE(document);
  EXPECT_EQ(enforcement_text(document->root()),
            "mode           on\n"
            "on exit        keep\n"
            "off            1 rule\n"
            "               and 1 more\n"
            "audit          0 rules\n"
            "on             3 rules\n"
            "               a?[2J\n"
            "               and 2 more\n"
            "decisions      none\n");
}

TEST_F(ReloaderTest, RequestsThatAreNoneAreRefused) {
  const struct {
    std::string request;
    std::string problem;
  } cases[] = {
      {"", "a request is a JSON object"},
      {"reload", "a request is a JSON object"},
      {"[1]", "a request is a JSON object"},
      {"{}", "unknown command ''"},
      {R"({"command": "halt"})", "unknown command 'halt'"},
      {std::string(ControlServer::kMaxRequestBytes + 1, 'x'), "a request has at most 4096 bytes"},
  };
  for (const auto& [request, problem] : cases) {
    EXPECT_EQ(ask(request), R"({"ok":false,"error":")" + problem + R"("})") << request;
  }
  EXPECT_FALSE(reloader_->status().last);
}

// A client that stays silent and one that does not read keep nobody else waiting.
TEST_F(ReloaderTest, SlowClientsDoNotKeepOthersWaiting) {
  std::vector<UniqueFd> silent;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket().copy(address.sun_path, sizeof(address.sun_path) - 1);
  for (size_t i = 0; i < ControlServer::kMaxClients - 1; ++i) {
    silent.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(silent.back().get(), reinterpret_cast<const sockaddr*>(&address),
                        sizeof(address)),
              0);
    ASSERT_EQ(::send(silent.back().get(), "{", 1, MSG_NOSIGNAL), 1);
  }
  EXPECT_EQ(reload(), R"({"ok": true})");
  // They are put out in the end.
  char byte = 0;
  EXPECT_EQ(::recv(silent.front().get(), &byte, 1, 0), 0);
}

TEST_F(ReloaderTest, OnlyRootAndTheSensorsUserAreAnswered) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root to be somebody else";
  }
  const auto ask_as_other = [&] {
    const pid_t child = ::fork();
    if (child == 0) {
      const bool is_other = ::setgid(65534) == 0 && ::setuid(65534) == 0;
      const std::string answer = is_other ? ask(R"({"command": "reload"})") : "";
      ::_exit(answer.find("only root") != std::string::npos ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
  };
  struct stat status{};
  ASSERT_EQ(::stat(socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(ask_as_other(), 0);
  ASSERT_EQ(::chmod(socket().c_str(), 0666), 0);
  EXPECT_EQ(ask_as_other(), 0);
  EXPECT_FALSE(reloader_->status().last);
}

TEST_F(ReloaderTest, ASocketInUseIsLeftAloneAndAnAbandonedOneIsReplaced) {
  const auto refuse = [](std::string_view) -> ControlServer::Answer { return {}; };
  EXPECT_FALSE(ControlServer::start(socket(), refuse));
  server_->wake();
  EXPECT_EQ(reload(), R"({"ok": true})");
  const std::string abandoned = folder_ / "run/abandoned.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  abandoned.copy(address.sun_path, sizeof(address.sun_path) - 1);
  {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  EXPECT_TRUE(ControlServer::start(abandoned, refuse));
  EXPECT_FALSE(std::filesystem::exists(abandoned));  // it ended at once, and took it along
}

TEST(ControlClient, SaysThatNoSensorRuns) {
  const auto answer = ask_sensor("/nowhere/control.sock", "{}", kPatience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, "no sensor runs: nobody listens on '/nowhere/control.sock'");
}

}  // namespace
}  // namespace saker
