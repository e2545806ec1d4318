// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "outputs/alert_format.h"

namespace saker {
namespace {

Alert sample() {
  Alert alert;
  alert.time_ns = 1470327477000000042;
  alert.priority = Priority::kWarning;
  alert.rule = "Read of a secret";
  alert.source = "syscall";
  alert.hostname = "host-1";
  alert.message = "A secret was read (file=/etc/shadow parent=<NA>)";
  alert.tags = {"T1003", "filesystem"};
  alert.fields = {
      {"evt.arg.flags", {std::string("O_RDONLY")}},
      {"fd.name", {std::string("/etc/shadow")}},
      {"proc.aname[2]", {std::monostate{}}},
      {"proc.is_exe_writable", {false}},
      {"proc.pid", {int64_t{-7}}},
  };
  return alert;
}

std::string line(const Alert& alert, const LineFormat& format) {
  std::string out = "(before)";
  AlertFormat("auto", format).append(out, alert, 7);
  EXPECT_EQ(out.substr(0, 8), "(before)");
  return out.substr(8);
}

TEST(AlertLine, TextHasLocalTimeOfDay) {
  ASSERT_EQ(::setenv("TZ", "XYZ-5:30", 1), 0);
  ::tzset();
  EXPECT_EQ(line(sample(), LineFormat{}),
            "21:47:57.000000042: Warning A secret was read (file=/etc/shadow parent=<NA>)");
  ASSERT_EQ(::unsetenv("TZ"), 0);
  ::tzset();
}

TEST(AlertLine, TextHasIsoTimeInUtc) {
  EXPECT_EQ(line(sample(), {.time_iso_8601 = true}),
            "2016-08-04T16:17:57.000000042+0000: Warning A secret was read (file=/etc/shadow "
            "parent=<NA>)");
}

TEST(AlertLine, JsonHasFalcosKeysInOrder) {
  EXPECT_EQ(
      line(sample(), {.json = true, .time_iso_8601 = true, .include_message = true}),
      R"({"hostname":"host-1",)"
      R"x("message":"A secret was read (file=/etc/shadow parent=<NA>)",)x"
      R"("output":"2016-08-04T16:17:57.000000042+0000: Warning A secret was read )"
      R"x((file=/etc/shadow parent=<NA>)",)x"
      R"("output_fields":{"evt.arg.flags":"O_RDONLY","evt.time.iso8601":1470327477000000042,)"
      R"("fd.name":"/etc/shadow","proc.aname[2]":null,"proc.is_exe_writable":false,"proc.pid":-7},)"
      R"("priority":"Warning","rule":"Read of a secret","source":"syscall",)"
      R"("tags":["T1003","filesystem"],"time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, JsonLeavesOutWhatIsNotAskedFor) {
  EXPECT_EQ(line(sample(), {.json = true,
                            .include_output = false,
                            .include_output_fields = false,
                            .include_tags = false}),
            R"({"hostname":"host-1","priority":"Warning","rule":"Read of a secret",)"
            R"("source":"syscall","time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, JsonHasTheIdOnceThereIsOne) {
  Alert alert = sample();
  alert.id = "0197a3c2-5d1e-7000-8000-3f9a51c07d2b";
  const LineFormat bare{
      .json = true, .include_output = false, .include_output_fields = false, .include_tags = false};
  EXPECT_EQ(line(alert, bare),
            R"({"hostname":"host-1","id":"0197a3c2-5d1e-7000-8000-3f9a51c07d2b",)"
            R"("priority":"Warning","rule":"Read of a secret","seq":7,"source":"syscall",)"
            R"("time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, JsonSaysHowManyAnAlertStandsFor) {
  Alert alert = sample();
  alert.repeat_count = 3;
  alert.first_time_ns = 1470327470000000000;
  const LineFormat bare{
      .json = true, .include_output = false, .include_output_fields = false, .include_tags = false};
  EXPECT_EQ(line(alert, bare),
            R"({"first_time":"2016-08-04T16:17:50.000000000Z","hostname":"host-1",)"
            R"("priority":"Warning","repeat_count":3,"rule":"Read of a secret","source":"syscall",)"
            R"("time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, JsonSaysWhatWasDecided) {
  Alert alert = sample();
  alert.decision = "denied";
  alert.hook = "file_open";
  const LineFormat bare{
      .json = true, .include_output = false, .include_output_fields = false, .include_tags = false};
  EXPECT_EQ(line(alert, bare),
            R"({"decision":"denied","hook":"file_open","hostname":"host-1",)"
            R"("priority":"Warning","rule":"Read of a secret","source":"syscall",)"
            R"("time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, JsonTimeFieldStandsOnceAndAlways) {
  constexpr LineFormat kFieldsOnly{.json = true, .include_output = false, .include_tags = false};
  Alert alert;
  alert.time_ns = 5;
  const std::string expected =
      R"({"hostname":"","output_fields":{"evt.time":5},"priority":"Debug","rule":"","source":"",)"
      R"("time":"1970-01-01T00:00:00.000000005Z"})";
  EXPECT_EQ(line(alert, kFieldsOnly), expected);
  alert.fields = {{"evt.time", {int64_t{5}}}};
  EXPECT_EQ(line(alert, kFieldsOnly), expected);
}

TEST(AlertLine, ListsAndNumbersKeepTheirType) {
  Alert alert;
  alert.fields = {
      {"a", {OutputList{{std::string("x")}, {uint64_t{18446744073709551615U}}, {OutputList{}}}}},
      {"b", {0.1}},
  };
  const std::string text = line(alert, {.json = true});
  EXPECT_NE(
      text.find(R"("output_fields":{"a":["x",18446744073709551615,[]],"b":0.1,"evt.time":0})"),
      std::string::npos)
      << text;
}

TEST(AlertLine, HostileNamesCannotEndTheLine) {
  Alert alert = sample();
  alert.message = "run by evil\n00:00:00.0: Emergency fake\x1b[2J\xff\"}";
  alert.fields = {{"proc.name\n", {std::string("\xed\xa0\x80\n\"")}}};
  EXPECT_EQ(line(alert, {.time_iso_8601 = true}),
            "2016-08-04T16:17:57.000000042+0000: Warning run by evil\\n00:00:00.0: Emergency "
            "fake\\u001b[2J\xef\xbf\xbd\"}");
  const std::string json =
      line(alert, {.json = true, .include_output = false, .include_tags = false});
  EXPECT_EQ(json, R"({"hostname":"host-1","output_fields":{"evt.time":1470327477000000042,)"
                  R"("proc.name\n":")"
                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                  R"(\n\""},"priority":"Warning","rule":"Read of a secret","source":"syscall",)"
                  R"("time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(AlertLine, TimesBeforeTheEpochAreRight) {
  Alert alert;
  alert.time_ns = -1;
  EXPECT_EQ(line(alert, {.time_iso_8601 = true}), "1969-12-31T23:59:59.999999999+0000: Debug ");
}

}  // namespace
}  // namespace saker
