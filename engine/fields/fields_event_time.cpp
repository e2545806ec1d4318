// SPDX-License-Identifier: Apache-2.0
// When events happened.
#include <ctime>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr uint64_t kSecondNs = 1'000'000'000;

uint64_t epoch_ns(const Event& event) noexcept { return static_cast<uint64_t>(event.time_ns()); }

enum class Zone : uint8_t { kLocal, kUtc };

// strftime(3) text, and behind it, when `suffix` is given, the nanoseconds and the suffix.
Value time_text(const Event& event, Zone zone, const char* format,
                const char* suffix = nullptr) noexcept {
  const uint64_t now_ns = epoch_ns(event);
  const auto seconds = static_cast<time_t>(now_ns / kSecondNs);
  tm parts{};
  const bool converted =
      (zone == Zone::kUtc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)) != nullptr;
  char text[64];
  const size_t size = converted ? std::strftime(text, sizeof(text), format, &parts) : 0;
  Scratch& scratch = event.scratch();
  if (suffix == nullptr) {
    return Value::of_text(scratch.store({text, size}));
  }
  return Value::of_text(
      concat(scratch, {{text, size}, ".", padded_text(scratch, now_ns % kSecondNs), suffix}));
}

Value local_time(const Event& event, const FieldArgs&) noexcept {
  return time_text(event, Zone::kLocal, "%H:%M:%S", "");
}

// From another event to this one. Records of different CPUs may overtake each other by a little.
uint64_t elapsed_ns(const Event& event, uint64_t since_boot_ns) noexcept {
  const uint64_t now = event.header().boot_ns;
  return since_boot_ns != 0 && now > since_boot_ns ? now - since_boot_ns : 0;
}
uint64_t since_first(const Event& event) noexcept {
  return elapsed_ns(event, event.world().first_boot_ns);
}
uint64_t since_previous(const Event& event) noexcept {
  return elapsed_ns(event, event.world().previous_boot_ns);
}

template <uint64_t (*Time)(const Event&) noexcept>
Value whole(const Event& event, const FieldArgs&) noexcept {
  return Value::of_uint(Time(event));
}
template <uint64_t (*Time)(const Event&) noexcept>
Value seconds_of(const Event& event, const FieldArgs&) noexcept {
  return Value::of_uint(Time(event) / kSecondNs);
}
template <uint64_t (*Time)(const Event&) noexcept>
Value nanoseconds_of(const Event& event, const FieldArgs&) noexcept {
  return Value::of_uint(Time(event) % kSecondNs);
}
uint64_t zero(const Event&) noexcept { return 0; }

Value local_seconds(const Event& event, const FieldArgs&) noexcept {
  return time_text(event, Zone::kLocal, "%H:%M:%S");
}

Value utc_time(const Event& event, const FieldArgs&) noexcept {
  return time_text(event, Zone::kUtc, "%Y-%m-%dT%H:%M:%S", "+0000");
}

Value local_date_time(const Event& event, const FieldArgs&) noexcept {
  return time_text(event, Zone::kLocal, "%Y-%m-%d %H:%M:%S", "");
}

Value local_date_seconds(const Event& event, const FieldArgs&) noexcept {
  return time_text(event, Zone::kLocal, "%Y-%m-%d %H:%M:%S");
}

constexpr FieldDef kFields[] = {
    {"evt.time", kCharBuf, kNone, "Local time of the event with nanoseconds.", local_time, kOne,
     kDecimal, kFieldEpochTime},
    {"evt.time.s", kCharBuf, kNone, "Local time of the event in whole seconds.", local_seconds,
     kOne, kDecimal, kFieldEpochTime},
    {"evt.time.iso8601", kCharBuf, kNone, "Date and time in UTC, in the form of ISO 8601.",
     utc_time, kOne, kDecimal, kFieldEpochTime},
    {"evt.datetime", kCharBuf, kNone, "Local date and time with nanoseconds.", local_date_time,
     kOne, kDecimal, kFieldEpochTime},
    {"evt.datetime.s", kCharBuf, kNone, "Local date and time in whole seconds.", local_date_seconds,
     kOne, kDecimal, kFieldEpochTime},
    {"evt.outputtime", kCharBuf, kNone, "Time of the event in messages; the same as evt.time.",
     local_time, kOne, kDecimal, kFieldOutputOnly},
    {"evt.rawtime", kAbsTime, kNone, "Time of the event in nanoseconds of Unix time.",
     whole<epoch_ns>},
    {"evt.rawtime.s", kAbsTime, kNone, "Seconds of Unix time.", seconds_of<epoch_ns>},
    {"evt.rawtime.ns", kAbsTime, kNone, "Nanoseconds within the second.", nanoseconds_of<epoch_ns>,
     kOne, kPaddedDecimal},
    {"evt.reltime", kRelTime, kNone, "Nanoseconds since the first event of the run.",
     whole<since_first>, kOne, kPaddedDecimal},
    {"evt.reltime.s", kRelTime, kNone, "Whole seconds since the first event of the run.",
     seconds_of<since_first>},
    {"evt.reltime.ns", kRelTime, kNone, "Nanoseconds of evt.reltime within the second.",
     nanoseconds_of<since_first>, kOne, kPaddedDecimal},
    {"evt.deltatime", kRelTime, kNone, "Nanoseconds since the event before; 0 for the first.",
     whole<since_previous>},
    {"evt.deltatime.s", kRelTime, kNone, "Whole seconds since the event before.",
     seconds_of<since_previous>},
    {"evt.deltatime.ns", kRelTime, kNone, "Nanoseconds of evt.deltatime within the second.",
     nanoseconds_of<since_previous>, kOne, kPaddedDecimal},
    {"evt.latency", kRelTime, kNone, "Always 0: only the end of a call is an event.", whole<zero>,
     kOne, kDecimal, kFieldDeprecated},
    {"evt.latency.s", kRelTime, kNone, "Always 0, as evt.latency.", whole<zero>, kOne, kDecimal,
     kFieldDeprecated},
    {"evt.latency.ns", kRelTime, kNone, "Always 0, as evt.latency.", whole<zero>, kOne,
     kPaddedDecimal, kFieldDeprecated},
    {"evt.latency.quantized", kUint64, kNone, "Always 0, as evt.latency.", whole<zero>, kOne,
     kDecimal, kFieldHidden | kFieldDeprecated},
    {"evt.latency.human", kCharBuf, kNone, "Always 0ns, as evt.latency.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_text("0ns"); }, kOne, kDecimal,
     kFieldDeprecated},
    {"evt.wait_latency", kRelTime, kNone, "Always 0, as evt.latency.", whole<zero>, kOne, kDecimal,
     kFieldDeprecated},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> event_time_fields() { return kFields; }

}  // namespace saker
