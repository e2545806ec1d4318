// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_format.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>

#include "outputs/alert_ecs.h"
#include "outputs/alert_members.h"
#include "outputs/alert_ocsf.h"
#include "tests/support/sample_alerts.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

TEST(AlertFormat, EachChoiceButAutoIsARow) {
  std::string choices = "auto";
  for (const AlertFormatDef& def : alert_formats()) {
    choices += "|" + std::string(def.name);
  }
  EXPECT_EQ(choices, kFormatChoices);
}

TEST(AlertFormat, EachFormOfJsonHasASchemaOfItsVersion) {
  for (const AlertFormatDef& def : alert_formats()) {
    const bool is_json = def.content_type == "application/json";
    ASSERT_EQ(std::filesystem::exists(SchemaCheck::path_of(def.name)), is_json) << def.name;
    if (is_json) {
      EXPECT_EQ(SchemaCheck::of(def.name).id(), def.schema);
    }
  }
}

TEST(AlertFormat, EachSchemaIsOneOfAFormat) {
  std::set<std::string> paths;
  for (const AlertFormatDef& def : alert_formats()) {
    paths.insert(SchemaCheck::path_of(def.name));
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(SAKER_SOURCE_DIR "/outputs/schemas")) {
    EXPECT_TRUE(paths.contains(entry.path())) << entry.path();
  }
}

TEST(AlertFormat, EveryFormOfAnAlertFitsItsSchema) {
  EXPECT_EQ(schema_problem_of(typical_alert()), "");
  Alert alert = rich_alert();
  alert.repeat_count = 5;
  EXPECT_EQ(schema_problem_of(alert), "");
  EXPECT_EQ(schema_problem_of(bare_alert()), "");
}

// Alerts whose fields have any value, also ones of types that they never have.
class RandomAlerts {
 public:
  Alert next() {
    Alert alert = bare_alert();
    alert.message = text();
    alert.hostname = text();
    alert.tags = {text(), text()};
    alert.repeat_count = 1 + pick(2);
    for (const auto rows : {ecs_rows(), ocsf_rows()}) {
      for (const MemberRow& row : rows) {
        if (!row.field.empty() && pick(2) == 0) {
          fields_[std::string(row.field)] = value();
        }
      }
    }
    fields_[text()] = value();
    alert.fields.assign(fields_.begin(), fields_.end());
    return alert;
  }

 private:
  size_t pick(size_t count) { return random_() % count; }

  std::string text() {
    static const std::string kTexts[] = {
        "",      "<NA>",      "host",     "web",
        "/",     "/a\n",      "file",     "directory",
        "ipv6",  "tcp",       "10.1.2.3", "::1:9->::1:80",
        "T1059", "T1059.004", "SUCCESS",  "mitre_execution",
        "\xff",  "\xf0\x9f",  "\"}\\",    std::string("10.1.2.3\0x", 10)};
    std::string text = kTexts[pick(std::size(kTexts))];
    for (size_t i = pick(2) * pick(5); i > 0; --i) {
      text += static_cast<char>(pick(256));
    }
    return text;
  }

  OutputValue value() {
    switch (pick(8)) {
      case 0:
        return {};
      case 1:
        return {pick(2) == 0};
      case 2:
        return {static_cast<int64_t>(random_())};
      case 3:
        return {static_cast<uint64_t>(random_())};
      case 4:
        return {-1.5e300 * static_cast<double>(pick(3))};
      case 5:
        return {OutputList{{text()}, {OutputList{}}, {}}};
      default:
        return {text()};
    }
  }

  std::mt19937_64 random_;
  std::map<std::string, OutputValue> fields_;
};

TEST(AlertFormat, AnyValueOfAnyFieldFitsTheSchemas) {
  RandomAlerts alerts;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(schema_problem_of(alerts.next()), "") << "alert " << i;
  }
}

// A check that lets everything pass would find nothing.
TEST(SchemaCheck, RefusesWhatTheSchemaDoesNotAllow) {
  struct Case {
    const char* format;
    const char* part;
    const char* instead;
  };
  constexpr Case kCases[] = {
      {"json", "\"hostname\":", "\"host\":"},
      {"json", "\"time\":\"2016-08-04T", "\"time\":\"2016-08-04 "},
      {"json", "\"priority\":\"Warning\"", "\"priority\":\"warning\""},
      {"json", "\"proc.pid\":4711", "\"proc.pid\":{}"},
      {"json", "\"seq\":1,", ""},
      {"ecs", "\"kind\":\"alert\"", "\"kind\":\"event\""},
      {"ecs", "\"pid\":4711", "\"pid\":\"4711\""},
      {"ecs", "\"id\":[\"T1059\"", "\"id\":[\"1059\""},
      {"ecs", "\"saker\":", "\"custom\":"},
      {"ocsf", "\"class_uid\":2004", "\"class_uid\":2001"},
      {"ocsf", "\"pid\":4711,", ""},
      {"ocsf", "\"time\":1470327477000", "\"time\":\"1470327477000\""},
      {"ocsf", "\"severity_id\":3", "\"severity_id\":0"},
  };
  for (const Case& test : kCases) {
    std::string document;
    AlertFormat(test.format, {}).append(document, typical_alert(), 1);
    EXPECT_EQ(SchemaCheck::of(test.format).problem_of(document), "");
    const size_t at = document.find(test.part);
    ASSERT_NE(at, std::string::npos) << test.part;
    document.replace(at, std::string_view(test.part).size(), test.instead);
    EXPECT_NE(SchemaCheck::of(test.format).problem_of(document), "") << document;
  }
}

TEST(SchemaCheck, SaysWhatIsWrong) {
  EXPECT_EQ(SchemaCheck::of("json").problem_of(
                R"({"hostname":"h","priority":"Debug","rule":"","source":"s","time":"t"})"),
            "saker.json/1: #/rule breaks `minLength` of #/properties/rule: "
            R"({"hostname":"h","priority":"Debug","rule":"","source":"s","time":"t"})");
  EXPECT_EQ(SchemaCheck::of("json").problem_of("{"), "saker.json/1: no JSON at byte 1: {");
}

}  // namespace
}  // namespace saker::test
