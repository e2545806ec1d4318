// SPDX-License-Identifier: Apache-2.0
// The dashboard of packaging/grafana: what it asks Prometheus for is what the sensor offers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/metrics.h"
#include "engine/base/json.h"
#include "outputs/registry.h"

namespace saker {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Words of `text` that begin like the name of a metric of ours.
std::vector<std::string> metric_names(std::string_view text) {
  std::vector<std::string> names;
  std::string word;
  for (const char c : std::string(text) + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':') {
      word += c;
      continue;
    }
    if (word.starts_with("saker_") || word.starts_with("process_")) {
      names.push_back(word);
    }
    word.clear();
  }
  return names;
}

// With the series that histograms consist of.
std::set<std::string> known_names() {
  std::set<std::string> names;
  for (const MetricDef& def : metric_defs()) {
    names.emplace(def.name);
    if (def.type == MetricType::kHistogram) {
      for (const char* suffix : {"_bucket", "_sum", "_count"}) {
        names.insert(std::string(def.name) + suffix);
      }
    }
  }
  for (const OutputDef& output : builtin_outputs()) {
    if (output.metric_families != nullptr) {
      for (const Metric& family : output.metric_families()) {
        names.emplace(family.name);
      }
    }
  }
  return names;
}

class Grafana : public testing::Test {
 protected:
  void SetUp() override {
    const auto document =
        JsonDocument::parse(read(std::string(SAKER_SOURCE_DIR) + "/packaging/grafana/saker.json"));
    ASSERT_TRUE(document);
    text_ = document->root().to_json();
    document->root()["panels"].for_each_item([&](JsonValue panel) {
      Panel read_panel = {std::string(panel["title"].text()),
                          std::string(panel["type"].text()),
                          panel["id"].to_json(),
                          std::string(panel["datasource"]["uid"].text()),
                          {}};
      panel["targets"].for_each_item(
          [&](JsonValue target) { read_panel.expressions.emplace_back(target["expr"].text()); });
      panels_.push_back(std::move(read_panel));
    });
    ASSERT_FALSE(panels_.empty());
  }

  struct Panel {
    std::string title;
    std::string type;
    std::string id;
    std::string datasource;
    std::vector<std::string> expressions;
  };
  std::vector<Panel> panels_;
  std::string text_;
};

TEST_F(Grafana, AsksForMetricsThatExist) {
  const std::set<std::string> known = known_names();
  size_t asked = 0;
  for (const Panel& panel : panels_) {
    for (const std::string& expression : panel.expressions) {
      for (const std::string& name : metric_names(expression)) {
        EXPECT_TRUE(known.contains(name)) << panel.title << ": " << name;
        ++asked;
      }
    }
  }
  EXPECT_GT(asked, 25U);
}

// Whatever is lost or costs something can be seen.
TEST_F(Grafana, ShowsWhatMatters) {
  for (const std::string_view name :
       {"saker_rule_matches_total", "saker_events_total", "saker_losses_total",
        "saker_output_dropped_total", "process_cpu_seconds_total", "process_resident_memory_bytes",
        "saker_bpf_run_seconds_total", "saker_evaluation_seconds_bucket"}) {
    EXPECT_NE(text_.find(name), std::string::npos) << name;
  }
}

TEST_F(Grafana, PanelsAreComplete) {
  std::set<std::string> ids;
  for (const Panel& panel : panels_) {
    EXPECT_FALSE(panel.title.empty());
    EXPECT_TRUE(ids.insert(panel.id).second) << panel.title;
    if (panel.type != "row") {
      EXPECT_EQ(panel.datasource, "${datasource}") << panel.title;
      EXPECT_FALSE(panel.expressions.empty()) << panel.title;
    }
    for (const std::string& expression : panel.expressions) {
      EXPECT_EQ(std::ranges::count(expression, '('), std::ranges::count(expression, ')'))
          << expression;
      EXPECT_NE(expression.find("instance=~\"$instance\""), std::string::npos) << expression;
    }
  }
}

}  // namespace
}  // namespace saker
