// SPDX-License-Identifier: Apache-2.0
#include "outputs/time_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace saker {
namespace {

TEST(TimeText, UtcTimeIsThatOfTheCalendar) {
  struct Case {
    int64_t time_ns;
    const char* text;
  };
  constexpr Case kCases[] = {
      {0, "1970-01-01T00:00:00.000000000Z"},
      {-1, "1969-12-31T23:59:59.999999999Z"},
      {951'782'400'000'000'000, "2000-02-29T00:00:00.000000000Z"},
      {1'470'327'477'000'000'042, "2016-08-04T16:17:57.000000042Z"},
      {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
      {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(utc_time(test.time_ns), test.text);
  }
  EXPECT_EQ(utc_time(0, "+0000"), "1970-01-01T00:00:00.000000000+0000");
}

TEST(TimeText, LocalTimeFollowsTheZone) {
  ASSERT_EQ(::setenv("TZ", "XYZ-5:30", 1), 0);
  ::tzset();
  EXPECT_EQ(local_time_of_day(1'470'327'477'000'000'042), "21:47:57.000000042");
  EXPECT_EQ(local_time_of_day(-1), "05:29:59.999999999");
  EXPECT_EQ(local_time(-1).tm_year, 70);
  EXPECT_EQ(local_time(INT64_MAX).tm_year, 362);
  EXPECT_EQ(local_time(INT64_MIN).tm_year, -223);
  ASSERT_EQ(::unsetenv("TZ"), 0);
  ::tzset();
}

}  // namespace
}  // namespace saker
