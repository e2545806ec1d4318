// SPDX-License-Identifier: Apache-2.0
#include "outputs/time_text.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace saker {
namespace {

// With leading zeros. Requires: the number is not negative.
template <size_t kWidth>
void append_digits(std::string& out, int64_t number) {
  std::array<char, kWidth> digits{};
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  out.append(digits.data(), digits.size());
}

struct TimeOfDay {
  int64_t hours;
  int64_t minutes;
  int64_t seconds;
  int64_t ns;
};

void append_time_of_day(std::string& out, const TimeOfDay& time) {
  append_digits<2>(out, time.hours);
  out += ':';
  append_digits<2>(out, time.minutes);
  out += ':';
  append_digits<2>(out, time.seconds);
  out += '.';
  append_digits<9>(out, time.ns);
}

constexpr size_t kUtcTimeSize = std::string_view("2016-08-04T16:17:57.000000042").size();

struct SplitTime {
  std::chrono::sys_seconds second;
  int64_t ns;  // not negative
};

// chrono's floor() and difference would overflow for the first second of what 64 bits hold.
SplitTime split(int64_t time_ns) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  int64_t seconds = time_ns / kNsPerSecond;
  int64_t ns = time_ns % kNsPerSecond;
  if (ns < 0) {
    --seconds;
    ns += kNsPerSecond;
  }
  return {std::chrono::sys_seconds(std::chrono::seconds(seconds)), ns};
}

}  // namespace

std::string utc_time(int64_t time_ns, std::string_view zone) {
  const SplitTime time = split(time_ns);
  const auto day = std::chrono::floor<std::chrono::days>(time.second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss parts(time.second - day);
  std::string text;
  text.reserve(kUtcTimeSize + zone.size());
  append_digits<4>(text, static_cast<int>(date.year()));
  text += '-';
  append_digits<2>(text, static_cast<unsigned>(date.month()));
  text += '-';
  append_digits<2>(text, static_cast<unsigned>(date.day()));
  text += 'T';
  append_time_of_day(
      text, {parts.hours().count(), parts.minutes().count(), parts.seconds().count(), time.ns});
  text += zone;
  return text;
}

std::tm local_time(int64_t time_ns) {
  const auto unix_time = static_cast<time_t>(split(time_ns).second.time_since_epoch().count());
  std::tm parts{};
  ::localtime_r(&unix_time, &parts);
  return parts;
}

std::string local_time_of_day(int64_t time_ns) {
  const std::tm parts = local_time(time_ns);
  std::string text;
  append_time_of_day(text, {parts.tm_hour, parts.tm_min, parts.tm_sec, split(time_ns).ns});
  return text;
}

}  // namespace saker
