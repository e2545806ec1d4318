// SPDX-License-Identifier: Apache-2.0
#include "cmd/prometheus_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace saker {
namespace {

const std::vector<Metric> kMetrics = {
    {"saker_a_total",
     MetricType::kCounter,
     "What a is.",
     {{{{"rule", "R \"1\"\\\n\xff\u20ac"}}, 3}}},
    {"saker_b", MetricType::kGauge, "What b is.", {{{}, 0.25}}},
    {"saker_c_seconds",
     MetricType::kHistogram,
     "What c is.",
     {{{{"le", "0.1"}}, 1, "_bucket"},
      {{{"le", "+Inf"}}, 2, "_bucket"},
      {{}, 1e-7, "_sum"},
      {{}, 2, "_count"}}},
    {"saker_d", MetricType::kGauge, "Nothing yet.", {}},
};

constexpr std::string_view kText =
    "# HELP saker_a_total What a is.\n"
    "# TYPE saker_a_total counter\n"
    "saker_a_total{rule=\"R \\\"1\\\"\\\\\\n\uFFFD\u20ac\"} 3\n"
    "# HELP saker_b What b is.\n"
    "# TYPE saker_b gauge\n"
    "saker_b 0.25\n"
    "# HELP saker_c_seconds What c is.\n"
    "# TYPE saker_c_seconds histogram\n"
    "saker_c_seconds_bucket{le=\"0.1\"} 1\n"
    "saker_c_seconds_bucket{le=\"+Inf\"} 2\n"
    "saker_c_seconds_sum 1e-07\n"
    "saker_c_seconds_count 2\n"
    "# HELP saker_d Nothing yet.\n"
    "# TYPE saker_d gauge\n";

TEST(PrometheusText, WritesFamiliesAndEscapesLabels) {
  EXPECT_EQ(to_prometheus_text(kMetrics), kText);
}

TEST(PrometheusText, ReadsWhatItWrote) {
  const auto read = parse_prometheus_text(kText);
  ASSERT_TRUE(read) << read.error().to_string();
  ASSERT_EQ(read->size(), 4U);
  const MetricFamily& first = read->front();
  EXPECT_EQ(first.name, "saker_a_total");
  EXPECT_EQ(first.type, "counter");
  EXPECT_EQ(first.help, "What a is.");
  ASSERT_EQ(first.samples.size(), 1U);
  EXPECT_EQ(first.samples[0].label("rule"), "R \"1\"\\\n\uFFFD\u20ac");
  EXPECT_EQ(first.samples[0].label("other"), "");
  EXPECT_EQ(first.samples[0].value, 3);
  EXPECT_EQ((*read)[2].samples[1].name, "saker_c_seconds_bucket");
  EXPECT_EQ((*read)[2].samples[2].value, 1e-7);
}

TEST(PrometheusText, KeepsNumbersThatJsonDoesNotHave) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<Metric> metrics = {
      {"m",
       MetricType::kGauge,
       "M.",
       {{{{"n", "1"}}, kInfinity}, {{{"n", "2"}}, -kInfinity}, {{{"n", "3"}}, std::nan("")}}}};
  const auto read = parse_prometheus_text(to_prometheus_text(metrics));
  ASSERT_TRUE(read) << read.error().to_string();
  const auto& samples = read->front().samples;
  EXPECT_EQ(samples[0].value, kInfinity);
  EXPECT_EQ(samples[1].value, -kInfinity);
  EXPECT_TRUE(std::isnan(samples[2].value));
}

struct BadText {
  std::string_view text;  // behind HELP and TYPE of the gauge `m`
  std::string_view error;
};
constexpr BadText kBadTexts[] = {
    {"m 1", "line 3 of the metrics: the line does not end"},
    {"m\n", "line 3 of the metrics: a sample must end with a number"},
    {"m 1 2\n", "line 3 of the metrics: a sample must end with a number"},
    {"m 1\nm 1\n", "line 4 of the metrics: a sample stands here twice"},
    {"m{a=\"1\"} 1\nm{a=\"1\"} 2\n", "line 4 of the metrics: a sample stands here twice"},
    {"m{a=\"1} 1\n", "line 3 of the metrics: a label is NAME=\"TEXT\""},
    {"m{a=\"\\x\"} 1\n", "line 3 of the metrics: a label is NAME=\"TEXT\""},
    {"m{1a=\"\"} 1\n", "line 3 of the metrics: a label is NAME=\"TEXT\""},
    {"m{a=\"\"; 1\n", "line 3 of the metrics: labels must end with '}'"},
    {"n 1\n", "line 3 of the metrics: a sample must follow the TYPE of its family"},
    {"m_sum 1\n", "line 3 of the metrics: a sample must follow the TYPE of its family"},
    {"\n", "line 3 of the metrics: a sample must follow the TYPE of its family"},
    {"# HELP m Again.\n", "line 3 of the metrics: a family stands here twice"},
    {"# HELP n\n", "line 3 of the metrics: HELP needs a name and a text"},
    {"# TYPE m gauge\n", "line 3 of the metrics: TYPE must follow its HELP"},
    {"# HELP n N.\n# TYPE n box\n", "line 4 of the metrics: unknown type"},
    {"# HELP n N.\nn 1\n", "line 4 of the metrics: a sample must follow the TYPE of its family"},
};

TEST(PrometheusText, NamesTheLineThatIsWrong) {
  for (const BadText& bad : kBadTexts) {
    const auto read =
        parse_prometheus_text("# HELP m M.\n# TYPE m gauge\n" + std::string(bad.text));
    ASSERT_FALSE(read) << bad.text;
    EXPECT_EQ(read.error().to_string(), bad.error) << bad.text;
  }
}

}  // namespace
}  // namespace saker
