// SPDX-License-Identifier: Apache-2.0
// Calls on sinks as the delivery makes them.
#ifndef SAKER_TESTS_SUPPORT_SINK_DRIVER_H
#define SAKER_TESTS_SUPPORT_SINK_DRIVER_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker::test {

// Alerts as text; each of those below begins with the prefix.
[[nodiscard]] AlertFormat plain_format();
inline constexpr std::string_view kPlainPrefix = "1970-01-01T00:00:00.000000000+0000: Notice ";

// Messages as the sink renders them, one per text, numbered from `first_seq`; the ids are "id-SEQ".
[[nodiscard]] std::vector<Message> render(const Sink& sink, const std::vector<std::string>& texts,
                                          uint64_t first_seq = 1);

// Sends messages until all have an outcome; those behind the first failure may have none.
[[nodiscard]] std::vector<Outcome> send(Sink& sink, const std::vector<Message>& messages);

// Renders and sends one alert; "" or why it is not out, with "final: " in front where it is.
[[nodiscard]] std::string send(Sink& sink, const std::string& text);

// The settings of the output as the configuration gives them: `values`, each an item for a list and
// {"MAP.KEY", "..."} an entry for a map; all others as documented.
[[nodiscard]] SinkSettings sink_settings(
    std::string_view output, const std::vector<std::pair<std::string, std::string>>& values);

// Makes the output of this row with these settings.
[[nodiscard]] Result<std::unique_ptr<Sink>> make_sink(
    std::string_view output, const std::map<std::string, std::string>& settings);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_SINK_DRIVER_H
