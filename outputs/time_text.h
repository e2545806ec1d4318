// SPDX-License-Identifier: Apache-2.0
// Times as alerts show them. `time_ns`: Unix time.
#ifndef SAKER_OUTPUTS_TIME_TEXT_H
#define SAKER_OUTPUTS_TIME_TEXT_H

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace saker {

// "2016-08-04T16:17:57.000000042" and the zone: RFC 3339 with "Z".
[[nodiscard]] std::string utc_time(int64_t time_ns, std::string_view zone = "Z");
// The second, by the local time zone.
[[nodiscard]] std::tm local_time(int64_t time_ns);
// "21:47:57.000000042", by the local time zone.
[[nodiscard]] std::string local_time_of_day(int64_t time_ns);

}  // namespace saker

#endif  // SAKER_OUTPUTS_TIME_TEXT_H
