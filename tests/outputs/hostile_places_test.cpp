// SPDX-License-Identifier: Apache-2.0
// Dispatcher and real sinks, where the places that alerts go to fail: nobody waits for them but
// their own thread, what they cannot take now arrives later, and the books balance.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "engine/alert.h"
#include "engine/base/unique_fd.h"
#include "outputs/dispatcher.h"
#include "tests/support/fake_root.h"
#include "tests/support/http_server.h"
#include "tests/support/sink_driver.h"
#include "tests/support/small_disk.h"

namespace saker {
namespace {

using test::FakeRoot;
using test::HttpAnswer;
using test::HttpRequest;
using test::HttpServer;
using test::SmallDisk;

constexpr std::chrono::seconds kLong(60);  // a bound for a hung test, never waited for
constexpr DrainLimits kPatient{kLong, kLong};

std::string message(int number) { return "alert " + std::to_string(number); }

std::string lines(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all.append(test::kPlainPrefix).append(message(i)).append("\n");
  }
  return all;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class HostilePlaces : public testing::Test {
 protected:
  void add(std::string_view output, const std::map<std::string, std::string>& settings,
           size_t queue_capacity = 4096) {
    auto sink = test::make_sink(output, settings);
    ASSERT_TRUE(sink) << sink.error().to_string();
    dispatcher_.add(std::move(*sink), {.queue_capacity = queue_capacity});
  }
  void submit(int count) {
    for (int i = 0; i < count; ++i) {
      auto alert = std::make_shared<Alert>();
      alert->priority = Priority::kNotice;
      alert->message = message(i);
      dispatcher_.submit(std::move(alert));
    }
  }
  // Until the figures of an output are as the condition says.
  template <typename Condition>
  void wait_for(size_t output, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + kLong;
    while (!condition(dispatcher_.stats().at(output))) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  void expect_written(size_t output, uint64_t count) {
    const SinkStats stats = dispatcher_.stats().at(output);
    EXPECT_EQ(stats.accepted, count) << stats.name;
    EXPECT_EQ(stats.written, count) << stats.name;
    EXPECT_EQ(stats.lost(), 0U) << stats.name;
  }

  FakeRoot root_;
  Dispatcher dispatcher_;
};

TEST_F(HostilePlaces, AFullDiskTakesEverythingOnceThereIsRoom) {
  const SmallDisk disk;
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a file system";
  }
  std::ofstream(disk.path("ballast")) << std::string(SmallDisk::kSizeBytes - 5000, 'x');
  add("file", {{"filename", disk.path("alerts")}});
  ASSERT_TRUE(dispatcher_.start());
  submit(500);
  wait_for(0, [](const SinkStats& stats) { return stats.retried > 0; });
  EXPECT_TRUE(dispatcher_.stats().at(0).last_error.ends_with("No space left on device"));
  std::filesystem::remove(disk.path("ballast"));
  dispatcher_.stop(kPatient);
  expect_written(0, 500);
  EXPECT_EQ(read(disk.path("alerts")), lines(500));
}

TEST_F(HostilePlaces, AServerThatFailsGetsEverythingLater) {
  std::atomic<int> requests = 0;
  const HttpServer server([&](const HttpRequest&) {
    constexpr int kAnswers[] = {500, 429, 404};
    const int number = requests.fetch_add(1);
    return HttpAnswer{number < 3 ? kAnswers[number] : 200};
  });
  add("http", {{"url", server.url()}, {"batch_size", "100"}});
  ASSERT_TRUE(dispatcher_.start());
  submit(250);
  dispatcher_.stop(kPatient);
  expect_written(0, 250);
  std::string got;
  const auto all = server.requests();
  for (size_t i = 3; i < all.size(); ++i) {
    got += all[i].body;
  }
  EXPECT_EQ(got, lines(250));
}

TEST_F(HostilePlaces, ADaemonThatDoesNotReadHoldsUpNobodyElse) {
  // Takes connections and reads nothing.
  const UniqueFd silent(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string path = root_.path("silent");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", path.c_str());
  ASSERT_EQ(::bind(silent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(silent.get(), 1), 0);

  constexpr int kAlerts = 20'000;
  add("syslog", {{"socket", path}}, 100);
  add("file", {{"filename", root_.path("alerts")}}, kAlerts);
  ASSERT_TRUE(dispatcher_.start());
  submit(kAlerts);
  wait_for(1, [](const SinkStats& stats) { return stats.written == kAlerts; });
  EXPECT_GT(dispatcher_.stats().at(0).dropped_queue_full, 0U);
  dispatcher_.stop({std::chrono::milliseconds(10), std::chrono::milliseconds(10)});
  EXPECT_EQ(read(root_.path("alerts")), lines(kAlerts));
  const SinkStats blocked = dispatcher_.stats().at(0);
  EXPECT_EQ(blocked.accepted, static_cast<uint64_t>(kAlerts));
  EXPECT_EQ(blocked.written + blocked.lost(), blocked.accepted);
}

TEST_F(HostilePlaces, AProgramThatCannotWorkNowIsAskedAgain) {
  add("program", {{"program", "cd " + root_.path() +
                                  " && if [ -e ready ]; then cat >> out; else exit 75; fi"}});
  ASSERT_TRUE(dispatcher_.start());
  submit(20);
  wait_for(0, [](const SinkStats& stats) { return stats.retried > 0; });
  root_.file("ready", "");
  dispatcher_.stop(kPatient);
  expect_written(0, 20);
  EXPECT_EQ(read(root_.path("out")), lines(20));
}

TEST_F(HostilePlaces, AProgramThatEndsGoesOnWhereItStopped) {
  add("program",
      {{"keep_alive", "true"},
       {"program",
        "cd " + root_.path() + " && for i in 1 2 3 4; do read -r l && echo \"$l\" >> out; done"}});
  ASSERT_TRUE(dispatcher_.start());
  submit(10);
  dispatcher_.stop(kPatient);
  expect_written(0, 10);
  EXPECT_GT(dispatcher_.stats().at(0).retried, 0U);
  EXPECT_EQ(read(root_.path("out")), lines(10));
}

}  // namespace
}  // namespace saker
