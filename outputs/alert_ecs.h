// SPDX-License-Identifier: Apache-2.0
// Alert -> one document of the Elastic Common Schema 8.11. Its members are rows of a table; the
// fields of the alert stand a second time, all of them and as they are, in saker.fields.
//
// Whatever bytes a hostile process put into its names, the document is valid UTF-8 and one line.
#ifndef SAKER_OUTPUTS_ALERT_ECS_H
#define SAKER_OUTPUTS_ALERT_ECS_H

#include <cstdint>
#include <span>
#include <string>

#include "engine/alert.h"
#include "outputs/alert_members.h"

namespace saker {

[[nodiscard]] std::span<const MemberRow> ecs_rows();

// Appends the document without a newline behind it; `seq` is that of the message (message.h).
void append_ecs(std::string& out, const Alert& alert, uint64_t seq);

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_ECS_H
