// SPDX-License-Identifier: Apache-2.0
// Log: what the sensor has to say about itself, on stderr. Owner of spdlog. Only cmd/ logs; the
// other parts return what happened.
//
// On a terminal lines have time and colour; elsewhere only "level: text", since whoever collects
// them adds the rest; in the journal of systemd with the severity that it wants in front.
//
// Threads: any.
#ifndef SAKER_CMD_LOG_H
#define SAKER_CMD_LOG_H

#include <string>

#include "engine/rules/rule_set.h"

namespace saker {

// Shows messages of this severity and worse. Before the first call: Informational.
void set_log_level(Priority least_severe);

void log_error(const std::string& text);
void log_warning(const std::string& text);
void log_info(const std::string& text);
void log_debug(const std::string& text);

}  // namespace saker

#endif  // SAKER_CMD_LOG_H
