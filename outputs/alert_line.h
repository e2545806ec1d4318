// SPDX-License-Identifier: Apache-2.0
// Alert -> one line of text or JSON, in the shapes of Falco (spec 5.2 and 5.3), so that what reads
// Falco's alerts reads these.
//
//   text:  TIME ": " PRIORITY " " MESSAGE          TIME local HH:MM:SS.nnnnnnnnn, or ISO 8601 UTC
//   JSON:  one object, keys in alphabetical order; Falco's and, when the alert has an id, id and
//          seq; when it stands for several, repeat_count and first_time; when something was
//          decided, decision and hook
//
// Whatever bytes a hostile process put into its names, a line is valid UTF-8 and one line.
#ifndef SAKER_OUTPUTS_ALERT_LINE_H
#define SAKER_OUTPUTS_ALERT_LINE_H

#include <cstdint>
#include <string>

#include "engine/alert.h"

namespace saker {

struct LineFormat {
  bool json = false;  // what the format `auto` is
  bool time_iso_8601 = false;
  // Properties of the JSON object; hostname, priority, rule, source and time are always there.
  bool include_output = true;
  bool include_message = false;
  bool include_output_fields = true;
  bool include_tags = true;
  bool include_id = true;  // id and seq
};

// Append the line without a newline behind it; `seq` is that of the message (message.h).
void append_text_line(std::string& out, const Alert& alert, const LineFormat& format);
void append_json_line(std::string& out, const Alert& alert, uint64_t seq, const LineFormat& format);

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_LINE_H
