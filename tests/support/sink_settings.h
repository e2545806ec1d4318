// SPDX-License-Identifier: Apache-2.0
// Settings of an output as the configuration would give them.
#ifndef SAKER_TESTS_SUPPORT_SINK_SETTINGS_H
#define SAKER_TESTS_SUPPORT_SINK_SETTINGS_H

#include <string_view>
#include <utility>
#include <vector>

#include "outputs/registry.h"
#include "outputs/settings.h"

namespace saker::test {

// The defaults of the output, and `values`: {"topic", "alerts"}; for an item of a list
// {"brokers", "a:9092"}, for an entry of a map {"properties.linger.ms", "5"}. Aborts for a key or
// a value that the configuration would not take.
[[nodiscard]] SinkSettings sink_settings(
    std::string_view output,
    const std::vector<std::pair<std::string_view, std::string_view>>& values);

// The row. Aborts for an output that is not there.
[[nodiscard]] const OutputDef& find_output(std::string_view name);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SINK_SETTINGS_H
