// SPDX-License-Identifier: Apache-2.0
// What is written to the journal of systemd carries its severity: "<4>" and so on in front of a
// line (sd-daemon(3)).
#ifndef SAKER_ENGINE_BASE_JOURNAL_H
#define SAKER_ENGINE_BASE_JOURNAL_H

#include <string>

#include "engine/base/priority.h"

namespace saker {

// Whether the journal reads what is written to `fd`.
[[nodiscard]] bool is_journal(int fd);

// "<4>".
[[nodiscard]] std::string journal_prefix(Priority priority);

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_JOURNAL_H
