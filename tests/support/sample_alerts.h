// SPDX-License-Identifier: Apache-2.0
// Alerts as rules make them, for tests and measurements of what is written of them.
#ifndef SAKER_TESTS_SUPPORT_SAMPLE_ALERTS_H
#define SAKER_TESTS_SUPPORT_SAMPLE_ALERTS_H

#include "engine/alert.h"

namespace saker::test {

// No fields, no tags, no id.
[[nodiscard]] Alert bare_alert();
// A shell in a container, with the ten fields that most rules show.
[[nodiscard]] Alert typical_alert();
// The same with a field for each thing that schemas have a place for.
[[nodiscard]] Alert rich_alert();

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SAMPLE_ALERTS_H
