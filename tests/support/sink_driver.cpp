// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sink_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "engine/alert.h"
#include "outputs/registry.h"

namespace saker::test {

AlertFormat plain_format() { return {"text", {.time_iso_8601 = true}}; }

std::vector<Message> render(const Sink& sink, const std::vector<std::string>& texts,
                            uint64_t first_seq) {
  std::vector<Message> messages;
  for (const std::string& text : texts) {
    Alert alert;
    alert.id = "id-" + std::to_string(first_seq + messages.size());
    alert.priority = Priority::kNotice;
    alert.rule = "Test rule";
    alert.source = "syscall";
    alert.hostname = "host";
    alert.message = text;
    Message& message = messages.emplace_back();
    message.seq = first_seq + messages.size() - 1;
    message.priority = alert.priority;
    message.id = alert.id;
    message.rule = alert.rule;
    sink.render(alert, message);
  }
  return messages;
}

std::vector<Outcome> send(Sink& sink, const std::vector<Message>& messages) {
  constexpr std::chrono::milliseconds kLong(30'000);  // a bound for a hung test
  std::vector<Outcome> outcomes;
  std::span<const Message> rest = messages;
  while (outcomes.size() < messages.size() &&
         std::ranges::none_of(outcomes, [](const Outcome& o) { return o.failure.has_value(); })) {
    rest = rest.subspan(sink.send(rest));
    sink.poll(kLong, outcomes);
  }
  return outcomes;
}

std::string send(Sink& sink, const std::string& text) {
  const std::vector<Outcome> outcomes = send(sink, render(sink, {text}));
  EXPECT_EQ(outcomes.size(), 1U);
  const auto& failure = outcomes.at(0).failure;
  return !failure ? "" : (failure->is_final ? "final: " : "") + failure->error.to_string();
}

Result<std::unique_ptr<Sink>> make_sink(std::string_view output,
                                        const std::map<std::string, std::string>& settings) {
  const auto rows = builtin_outputs();
  const auto row = std::ranges::find(rows, output, &OutputDef::name);
  EXPECT_NE(row, rows.end()) << output;
  SinkSettings values = default_settings(*row);
  for (const auto& [name, value] : settings) {
    const auto all = all_settings(*row);
    const auto setting = std::ranges::find(all, name, &SettingDef::name);
    EXPECT_NE(setting, all.end()) << name;
    EXPECT_EQ(values.set(*setting, value), "") << name;
  }
  return row->make(values, plain_format());
}

}  // namespace saker::test
