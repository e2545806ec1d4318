// SPDX-License-Identifier: Apache-2.0
// A running sensor as monitoring sees it: over HTTP, and with `saker top`.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cmd/prometheus_text.h"
#include "outputs/http_client.h"
#include "tests/support/live_capture.h"
#include "tests/support/program.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class Monitoring : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "saker-monitoring-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "rules.yaml") << "- rule: Mark \"opened\"\n"
                                             "  desc: d\n"
                                             "  condition: evt.type = openat and fd.name = "
                                          << (folder_ / "mark").string()
                                          << "\n"
                                             "  output: o\n"
                                             "  priority: NOTICE\n";
    auto started = Sensor::start(with_server({"-o", "metrics.enabled=true"}));
    if (!started && may_skip_live()) {
      GTEST_SKIP() << started.error().to_string();
    }
    ASSERT_TRUE(started) << started.error().to_string();
    sensor_ = std::move(*started);
    port_ = port_of(*sensor_);
  }
  static std::string port_of(const Sensor& sensor) {
    const std::string mark = "listening on 127.0.0.1 port ";
    const size_t at = sensor.log().find(mark);
    if (at == std::string::npos) {
      ADD_FAILURE() << sensor.log();
      return {};
    }
    const size_t begin = at + mark.size();
    return sensor.log().substr(begin, sensor.log().find('\n', begin) - begin);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::vector<std::string> with_server(std::vector<std::string> args) const {
    for (const char* key :
         {"webserver.enabled=true", "webserver.prometheus_metrics_enabled=true",
          "webserver.listen_address=127.0.0.1", "metrics.libbpf_stats_enabled=true"}) {
      args.insert(args.end(), {"-o", key});
    }
    args.insert(args.end(), {"-o", "webserver.listen_port=" + port_, "-r", folder_ / "rules.yaml"});
    return args;
  }

  [[nodiscard]] HttpReply fetch(const std::string& path) const {
    auto client = HttpClient::make({.url = "http://127.0.0.1:" + port_ + path,
                                    .max_body_bytes = size_t{1} << 20U,
                                    .use_proxies = false});
    EXPECT_TRUE(client) << client.error().to_string();
    HttpReply reply = client ? client->get() : HttpReply();
    EXPECT_NE(reply.status, 0) << reply.error;
    return reply;
  }

  // Sum of the samples of a family.
  [[nodiscard]] double metric(std::string_view name) const {
    const auto families = parse_prometheus_text(fetch("/metrics").body);
    EXPECT_TRUE(families) << families.error().to_string();
    double sum = 0;
    for (const MetricFamily& family : families ? *families : std::vector<MetricFamily>()) {
      for (const MetricFamily::Sample& sample : family.samples) {
        sum += sample.name == name ? sample.value : 0;
      }
    }
    return sum;
  }

  // The figures are a second old at most; a loaded machine takes longer.
  [[nodiscard]] bool reaches(std::string_view name, double value) const {
    const auto deadline = steady_clock::now() + seconds(20);
    while (metric(name) < value) {
      if (steady_clock::now() >= deadline) {
        return false;
      }
      ::poll(nullptr, 0, 100);
    }
    return true;
  }

  std::filesystem::path folder_;
  std::string port_ = "0";
  std::unique_ptr<Sensor> sensor_;
};

TEST_F(Monitoring, TellsWhatTheSensorDoes) {
  EXPECT_EQ(fetch("/healthz").body, "{\"status\": \"ok\"}");
  EXPECT_EQ(fetch("/readyz").status, 200);
  EXPECT_EQ(fetch("/versions").status, 200);
  EXPECT_EQ(fetch("/etc/passwd").status, 404);
  EXPECT_EQ(metric("saker_rules_loaded"), 1);
  EXPECT_EQ(metric("saker_rule_matches_total"), 0);
  std::ofstream(folder_ / "mark") << "x";
  EXPECT_TRUE(reaches("saker_rule_matches_total", 1));
  EXPECT_TRUE(reaches("saker_output_written_total", 1));
  EXPECT_GE(metric("saker_events_total"), 1);
  EXPECT_GT(metric("saker_bpf_run_seconds_total"), 0);
  EXPECT_GT(metric("saker_bpf_runs_total"), 0);
  EXPECT_GT(metric("saker_processes"), 1);
  EXPECT_GE(metric("saker_ring_buffer_size_bytes"), 8 << 20);
  EXPECT_GT(metric("process_resident_memory_bytes"), 1 << 20);
  EXPECT_EQ(sensor_->stop(), 0);
}

TEST_F(Monitoring, FiguresOfAQuietHostAreFresh) {
  const auto end = steady_clock::now() + seconds(4);
  while (steady_clock::now() < end) {
    EXPECT_LT(metric("saker_snapshot_age_seconds"), 3);
    ::poll(nullptr, 0, 200);
  }
}

TEST_F(Monitoring, TopShowsTheSame) {
  std::ofstream(folder_ / "mark") << "x";
  ASSERT_TRUE(reaches("saker_rule_matches_total", 1));
  const std::string url = "http://127.0.0.1:" + port_ + "/metrics";
  const Finished top = run_saker({"top", "--once", "--url", url});
  EXPECT_EQ(top.status, 0) << top.err;
  EXPECT_NE(top.out.find("           -           1  Mark \"opened\"\n"), std::string::npos)
      << top.out;
  EXPECT_EQ(top.out.find('\x1b'), std::string::npos);
  ASSERT_EQ(sensor_->stop(), 0);
  const Finished gone = run_saker({"top", "--url", url});
  EXPECT_EQ(gone.status, 1);
  EXPECT_EQ(gone.out, "");
  EXPECT_EQ(gone.err,
            "error: cannot connect to http://127.0.0.1:" + port_ +
                ": Connection refused (run the sensor with -o webserver.enabled=true "
                "-o metrics.enabled=true -o webserver.prometheus_metrics_enabled=true)\n");
}

// /dev/full refuses every write.
TEST_F(Monitoring, OutputThatFailsIsReported) {
  const auto started =
      Sensor::start({"-o", "file_output.enabled=true", "-o", "file_output.filename=/dev/full", "-o",
                     "webserver.enabled=true", "-o", "webserver.listen_port=0", "-o",
                     "webserver.listen_address=127.0.0.1", "-r", folder_ / "rules.yaml"});
  ASSERT_TRUE(started) << started.error().to_string();
  Sensor& sensor = **started;
  port_ = port_of(sensor);
  EXPECT_EQ(fetch("/readyz").status, 200);
  std::ofstream(folder_ / "mark") << "x";
  const std::string alert =
      sensor.wait_for_alert({"\"rule\":\"Saker internal: output failing\""}, seconds(20));
  EXPECT_NE(alert.find("\"output\":\"file\""), std::string::npos) << alert;
  EXPECT_NE(alert.find("No space left on device"), std::string::npos) << alert;
  EXPECT_NE(alert.find("\"priority\":\"Warning\""), std::string::npos) << alert;
  EXPECT_EQ(fetch("/readyz").body, "{\"status\":\"failing\",\"reason\":\"failing outputs: file\"}");
  EXPECT_EQ(fetch("/healthz").status, 200);
}

TEST_F(Monitoring, PortThatIsTakenEndsTheStart) {
  std::vector<std::string> args = with_server({});
  args.insert(args.begin(), "run");
  const Finished second = run_saker(args);
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find("error: cannot listen on 127.0.0.1 port " + port_ +
                            ": Address already in use"),
            std::string::npos)
      << second.err;
  // Nothing is opened to check a configuration.
  args.emplace_back("--dry-run");
  EXPECT_EQ(run_saker(args).status, 0);
}

}  // namespace
}  // namespace saker::test
