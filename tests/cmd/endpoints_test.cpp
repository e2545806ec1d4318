// SPDX-License-Identifier: Apache-2.0
#include "cmd/endpoints.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "cmd/prometheus_text.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"
#include "tests/support/corpus.h"

namespace saker {
namespace {

// Has a figure of its own, and never gets anything out.
class FailingSink final : public BlockingSink {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "kafka"; }
  Result<void> open() override { return {}; }
  void render(const Alert&, Message&) const override {}
  [[nodiscard]] std::vector<Metric> metrics() const override {
    return {{"saker_test_figure", MetricType::kGauge, "F.", {{{}, 5}}}};
  }

 protected:
  Written write(std::span<const Message>) override {
    return {0, SendFailure{Error{"secret.host refuses", 0, ""}}};
  }
};

class EndpointsTest : public testing::Test {
 protected:
  void publish(Endpoints::Clock::time_point taken) {
    MetricsSnapshot snapshot;
    snapshot.taken = taken;
    snapshot.rules =
        load_rules({std::make_shared<const SourceText>("r.yaml", std::string())}, {}).rules;
    snapshots_.publish(std::move(snapshot));
  }
  [[nodiscard]] Endpoints make() const { return {config_, snapshots_, dispatcher_}; }

  Config config_;
  MetricsExchange snapshots_;
  Dispatcher dispatcher_;
  Endpoints::Clock::time_point now_ = Endpoints::Clock::now();
};

TEST_F(EndpointsTest, IsAliveBeforeItIsReady) {
  const Endpoints endpoints = make();
  EXPECT_EQ(endpoints.respond("/healthz", now_).status, 200);
  EXPECT_EQ(endpoints.respond("/healthz", now_).body, "{\"status\": \"ok\"}");
  const HttpResponse early = endpoints.respond("/readyz", now_);
  EXPECT_EQ(early.status, 503);
  EXPECT_EQ(test::parse_json(early.body)["reason"].text,
            "starting: the processes that run are being read");
  publish(now_);
  EXPECT_EQ(endpoints.respond("/readyz", now_).status, 200);
}

TEST_F(EndpointsTest, ReaderThatHangsIsReported) {
  const Endpoints endpoints = make();
  publish(now_);
  const auto limit = now_ + Endpoints::kMaxSilence;
  EXPECT_EQ(endpoints.respond("/healthz", limit).status, 200);
  for (const char* path : {"/healthz", "/readyz"}) {
    const HttpResponse hung = endpoints.respond(path, limit + std::chrono::seconds(1));
    EXPECT_EQ(hung.status, 503) << path;
    EXPECT_EQ(test::parse_json(hung.body)["reason"].text,
              "no event was looked at for 11 s: the reader hangs");
  }
  publish(limit);
  EXPECT_EQ(endpoints.respond("/healthz", limit + std::chrono::seconds(1)).status, 200);
}

TEST_F(EndpointsTest, ReaderThatHangsWhileItStartsIsReported) {
  const Endpoints endpoints = make();
  EXPECT_EQ(endpoints.respond("/healthz", now_ + std::chrono::seconds(12)).status, 503);
}

TEST_F(EndpointsTest, MetricsNeedBothKeys) {
  publish(now_);
  for (const bool metrics : {false, true}) {
    for (const bool serves : {false, true}) {
      config_.metrics_enabled = metrics;
      config_.web_server.serves_metrics = serves;
      const HttpResponse response = make().respond("/metrics", now_);
      if (metrics && serves) {
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "text/plain; version=0.0.4");
        EXPECT_TRUE(parse_prometheus_text(response.body));
      } else {
        EXPECT_EQ(response.status, 404);
        EXPECT_NE(response.body.find("metrics.enabled"), std::string::npos);
      }
    }
  }
}

TEST_F(EndpointsTest, OutputThatFailsIsNotReady) {
  dispatcher_.add(std::make_unique<FailingSink>(), SinkOptions());
  ASSERT_TRUE(dispatcher_.start());
  publish(now_);
  const Endpoints endpoints = make();
  EXPECT_EQ(endpoints.respond("/readyz", now_).status, 200);
  dispatcher_.submit(std::make_shared<Alert>());
  const auto deadline = Endpoints::Clock::now() + std::chrono::seconds(30);
  while (!dispatcher_.stats().front().failing && Endpoints::Clock::now() < deadline) {
    std::this_thread::yield();
  }
  const HttpResponse failing = endpoints.respond("/readyz", now_);
  EXPECT_EQ(failing.status, 503);
  EXPECT_EQ(test::parse_json(failing.body)["reason"].text, "failing outputs: kafka");
  EXPECT_EQ(endpoints.respond("/healthz", now_).status, 200);
  dispatcher_.stop({std::chrono::milliseconds(0), std::chrono::milliseconds(0)});
}

TEST_F(EndpointsTest, MetricsHoldThoseOfSinks) {
  dispatcher_.add(std::make_unique<FailingSink>(), SinkOptions());
  config_.metrics_enabled = config_.web_server.serves_metrics = true;
  publish(now_);
  const std::string text = make().respond("/metrics", now_).body;
  EXPECT_NE(text.find("\nsaker_test_figure 5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nsaker_output_accepted_total{output=\"kafka\"} 0\n"), std::string::npos);
}

TEST_F(EndpointsTest, PathOfHealthIsConfigured) {
  config_.web_server.health_path = "/alive";
  const Endpoints endpoints = make();
  EXPECT_EQ(endpoints.respond("/alive", now_).status, 200);
  EXPECT_EQ(endpoints.respond("/healthz", now_).status, 404);
  EXPECT_EQ(endpoints.respond("/", now_).status, 404);
  EXPECT_EQ(endpoints.respond("", now_).status, 404);
}

TEST_F(EndpointsTest, VersionsHaveFalcosKeys) {
  const auto versions = test::parse_json(make().respond("/versions", now_).body);
  EXPECT_EQ(versions["engine_version_semver"].text, kLanguageVersion);
  EXPECT_FALSE(versions["saker_version"].text.empty());
}

}  // namespace
}  // namespace saker
