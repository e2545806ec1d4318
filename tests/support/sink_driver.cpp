// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sink_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "engine/alert.h"
#include "engine/base/check.h"
#include "outputs/registry.h"

namespace saker::test {
namespace {

const OutputDef& find_output(std::string_view name) {
  const auto found = std::ranges::find(builtin_outputs(), name, &OutputDef::name);
  SAKER_CHECK(found != builtin_outputs().end());
  return *found;
}

}  // namespace

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

SinkSettings sink_settings(std::string_view output,
                           const std::vector<std::pair<std::string, std::string>>& values) {
  const OutputDef& def = find_output(output);
  const std::vector<SettingDef> rows = all_settings(def);
  SinkSettings settings = default_settings(def);
  for (const auto& value : values) {
    const std::string_view name = value.first;
    std::string_view key;
    const auto row = std::ranges::find_if(rows, [&](const SettingDef& setting) {
      const bool is_entry = setting.type == SettingType::kMap && name.starts_with(setting.name) &&
                            name.substr(setting.name.size()).starts_with('.');
      key = is_entry ? name.substr(setting.name.size() + 1) : std::string_view();
      return is_entry || setting.name == name;
    });
    EXPECT_NE(row, rows.end()) << name;
    EXPECT_EQ(settings.set(*row, value.second, key), "") << name;
  }
  return settings;
}

Result<std::unique_ptr<Sink>> make_sink(std::string_view output,
                                        const std::map<std::string, std::string>& settings) {
  return find_output(output).make(sink_settings(output, {settings.begin(), settings.end()}),
                                  plain_format());
}

}  // namespace saker::test
