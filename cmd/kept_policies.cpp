// SPDX-License-Identifier: Apache-2.0
#include "cmd/kept_policies.h"

#include <chrono>
#include <cstdint>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/decision.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

void write_time(JsonWriter& json, uint64_t boot_ns) {
  const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  json.text(
      utc_time(now_ns - static_cast<int64_t>(boot_clock_ns()) + static_cast<int64_t>(boot_ns)));
}

void write_attendance(JsonWriter& json, const std::optional<ev_attendance>& attendance) {
  json.key("ended");
  if (attendance && attendance->reader_left_boot_ns != 0) {
    write_time(json, attendance->reader_left_boot_ns);
  } else {
    json.null();
  }
  json.key("decisions");
  if (!attendance) {
    json.null();
    return;
  }
  json.begin_object();
  for (size_t decision = EV_DECISION_NONE + 1; decision < EV_DECISIONS; ++decision) {
    json.unsigned_integer(to_string(static_cast<ev_decision>(decision)),
                          attendance->unattended[decision]);
  }
  json.end_object();
}

std::string counted(uint64_t count, std::string_view one, std::string_view several) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : several);
}

}  // namespace

void write_kept(JsonWriter& json, std::span<const LeftPins> kept) {
  json.begin_array();
  for (const LeftPins& left : kept) {
    json.begin_object();
    json.unsigned_integer("pid", left.pid);
    json.texts("programs", left.refusing);
    write_attendance(json, left.attendance);
    json.end_object();
  }
  json.end_array();
}

std::string left_decisions_text(const LeftDecisions& left) {
  return counted(left.refused, "operation was", "operations were") +
         " refused while no sensor ran, by programs of " +
         counted(left.sensors, "sensor that has ended", "sensors that have ended") +
         (left.is_whole ? "" : "; what those of another version refused cannot be counted");
}

}  // namespace saker
