// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_line.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "engine/base/strings.h"
#include "outputs/json.h"
#include "outputs/output_value.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

constexpr size_t kPriorityRoom = 32;  // more than a priority and what stands around it take

std::string text_line(const Alert& alert, const LineFormat& format) {
  std::string line =
      format.time_iso_8601 ? utc_time(alert.time_ns, "+0000") : local_time_of_day(alert.time_ns);
  line.reserve(line.size() + alert.message.size() + kPriorityRoom);
  line += ": ";
  line += to_string(alert.priority);
  line += ' ';
  line += alert.message;
  return line;
}

// The alert's fields with the time among them, in alphabetical order.
void write_output_fields(JsonWriter& json, const Alert& alert, const LineFormat& format) {
  const std::string_view time_key = format.time_iso_8601 ? "evt.time.iso8601" : "evt.time";
  bool time_written = false;
  const auto write_time = [&] {
    json.key(time_key);
    json.integer(alert.time_ns);
    time_written = true;
  };
  json.begin_object();
  for (const auto& [name, value] : alert.fields) {
    if (!time_written && time_key <= name) {
      write_time();
    }
    if (name != time_key) {
      json.key(name);
      write_value(json, value);
    }
  }
  if (!time_written) {
    write_time();
  }
  json.end_object();
}

}  // namespace

void append_text_line(std::string& out, const Alert& alert, const LineFormat& format) {
  append_escaped(out, text_line(alert, format));
}

void append_json_line(std::string& out, const Alert& alert, uint64_t seq,
                      const LineFormat& format) {
  JsonWriter json(out);
  json.begin_object();
  if (!alert.decision.empty()) {
    json.key("decision");
    json.text(alert.decision);
  }
  if (alert.repeat_count > 1) {
    json.key("first_time");
    json.text(utc_time(alert.first_time_ns));
  }
  if (!alert.decision.empty()) {
    json.key("hook");
    json.text(alert.hook);
  }
  json.key("hostname");
  json.text(alert.hostname);
  const bool has_id = format.include_id && !alert.id.empty();
  if (has_id) {
    json.key("id");
    json.text(alert.id);
  }
  if (format.include_message) {
    json.key("message");
    json.text(alert.message);
  }
  if (format.include_output) {
    json.key("output");
    json.text(text_line(alert, format));
  }
  if (format.include_output_fields) {
    json.key("output_fields");
    write_output_fields(json, alert, format);
  }
  json.key("priority");
  json.text(to_string(alert.priority));
  if (alert.repeat_count > 1) {
    json.key("repeat_count");
    json.unsigned_integer(alert.repeat_count);
  }
  json.key("rule");
  json.text(alert.rule);
  if (has_id) {
    json.key("seq");
    json.unsigned_integer(seq);
  }
  json.key("source");
  json.text(alert.source);
  if (format.include_tags) {
    json.key("tags");
    json.texts(alert.tags);
  }
  json.key("time");
  json.text(utc_time(alert.time_ns));
  json.end_object();
}

}  // namespace saker
