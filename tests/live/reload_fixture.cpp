// SPDX-License-Identifier: Apache-2.0
#include "tests/live/reload_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <utility>

#include "cmd/control_client.h"
#include "outputs/http_client.h"

namespace saker::test {

void ReloadTest::SetUp() {
  std::string pattern = testing::TempDir() + "saker-reload-XXXXXX";
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
}

void ReloadTest::write_rules(const std::string& text) const {
  std::ofstream(folder_ / "rules.new") << text;
  std::filesystem::rename(folder_ / "rules.new", folder_ / "rules.yaml");
}

std::string ReloadTest::rule(const std::string& name, const std::string& file) const {
  return "- rule: " + name + "\n  desc: d\n  condition: evt.type = creat and fd.name startswith " +
         (folder_ / file).string() + "\n  output: '%fd.name'\n  priority: NOTICE\n";
}

void ReloadTest::start(std::vector<std::string> args) {
  args.insert(args.end(), {"-o", "control.socket=" + socket(), "-r", folder_ / "rules.yaml"});
  auto started = Sensor::start(args);
  if (!started && may_skip_live()) {
    GTEST_SKIP() << started.error().to_string();
  }
  ASSERT_TRUE(started) << started.error().to_string();
  sensor_ = std::move(*started);
}

std::string ReloadTest::ask(const std::string& request) const {
  const auto answer = ask_sensor(socket(), request, kPatience);
  return answer ? *answer : answer.error().to_string();
}

JsonDocument ReloadTest::status() const {
  auto document = JsonDocument::parse(ask(R"({"command": "status"})"));
  EXPECT_TRUE(document);
  return document ? std::move(*document) : *JsonDocument::parse("{}");
}

void ReloadTest::touch(const std::string& file) const {
  const int fd = ::creat((folder_ / file).c_str(), 0600);
  EXPECT_GE(fd, 0);
  ::close(fd);
}

bool ReloadTest::reports(const std::string& name, const std::string& file) {
  touch(file);
  return !sensor_->wait_for_alert({"\"rule\":\"" + name + "\"", "/" + file}, kPatience).empty();
}

int64_t ReloadTest::count_alerts(const std::string& name, const std::string& text) const {
  return std::ranges::count_if(sensor_->alerts(), [&](const std::string& alert) {
    return alert.find("\"" + name + "\"") != std::string::npos &&
           alert.find(text) != std::string::npos;
  });
}

std::vector<std::string> ReloadTest::with_metrics(std::vector<std::string> args) {
  for (const char* option : {"metrics.enabled=true", "webserver.enabled=true",
                             "webserver.prometheus_metrics_enabled=true",
                             "webserver.listen_address=127.0.0.1", "webserver.listen_port=0"}) {
    args.insert(args.end(), {"-o", option});
  }
  return args;
}

bool ReloadTest::comes_to_tell(const std::string& line) const {
  const std::string mark = "listening on 127.0.0.1 port ";
  const size_t begin = sensor_->log().find(mark) + mark.size();
  const std::string port = sensor_->log().substr(begin, sensor_->log().find('\n', begin) - begin);
  auto client = HttpClient::make({.url = "http://127.0.0.1:" + port + "/metrics",
                                  .max_body_bytes = size_t{1} << 20U,
                                  .use_proxies = false});
  EXPECT_TRUE(client);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (client && std::chrono::steady_clock::now() < deadline) {
    if (client->get().body.find(line + "\n") != std::string::npos) {
      return true;
    }
  }
  return false;
}

Numbers::Numbers(const std::filesystem::path& folder) {
  child_ = ::fork();
  if (child_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; !*is_over_; ++*made_) {
      const std::string path = folder / ("n" + std::to_string(made_->load()) + ".");
      ::close(::creat(path.c_str(), 0600));
      ::unlink(path.c_str());
      const timespec pause = {0, 1'000'000};  // no more than the slowest sensor takes
      ::nanosleep(&pause, nullptr);
    }
    ::_exit(0);
  }
}

uint64_t Numbers::end() {
  if (child_ > 0) {
    *is_over_ = true;
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  return *made_;
}

std::map<uint64_t, std::multiset<std::string>> reports_by_number(
    const std::vector<std::string>& alerts) {
  std::map<uint64_t, std::multiset<std::string>> reports;
  for (const std::string& alert : alerts) {
    const auto document = JsonDocument::parse(alert);
    const std::string_view path = document->root()["output_fields"]["fd.name"].text();
    const size_t at = path.rfind("/n");
    if (at != std::string_view::npos) {
      reports[std::stoull(std::string(path.substr(at + 2)))].emplace(
          document->root()["rule"].text());
    }
  }
  return reports;
}

}  // namespace saker::test
