// SPDX-License-Identifier: Apache-2.0
#include "outputs/settings.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/setting_text.h"

namespace saker {
namespace {

constexpr std::string_view kTypeNames[] = {"bool", "integer", "text", "list", "map"};

bool is_same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](unsigned char c) { return std::tolower(c); },
      [](unsigned char c) { return std::tolower(c); });
}

Problem check_choice(const SettingDef& setting, std::string& value) {
  const std::vector<std::string_view> choices = choices_of(setting);
  Problem problem;
  for (const std::string_view choice : choices) {
    if (is_same_word(choice, value)) {
      value = choice;
      return {};
    }
    problem += (problem.empty() ? "must be one of " : ", ") + std::string(choice);
  }
  return problem;
}

}  // namespace

std::string_view to_string(SettingType type) noexcept {
  return kTypeNames[static_cast<size_t>(type)];
}

std::vector<std::string_view> choices_of(const SettingDef& setting) {
  std::vector<std::string_view> choices;
  if (!setting.choices.empty()) {
    for (const auto part : std::views::split(setting.choices, '|')) {
      choices.emplace_back(part.begin(), part.end());
    }
  }
  return choices;
}

Problem check_setting(const SettingDef& setting, std::string& value) {
  bool boolean = false;
  int64_t integer = 0;
  switch (setting.type) {
    case SettingType::kBool:
      return set_bool(boolean, value);
    case SettingType::kInteger:
      return set_integer(integer, value, setting.low, setting.high);
    case SettingType::kText:
      return setting.choices.empty() ? Problem() : check_choice(setting, value);
    case SettingType::kList:
    case SettingType::kMap:
      break;
  }
  return {};
}

bool SinkSettings::boolean(std::string_view name) const { return parse_bool(text(name)).value(); }

int64_t SinkSettings::integer(std::string_view name) const {
  int64_t value = 0;
  const Problem problem = set_integer(value, text(name), std::numeric_limits<int64_t>::min(),
                                      std::numeric_limits<int64_t>::max());
  SAKER_CHECK(problem.empty());
  return value;
}

const std::string& SinkSettings::text(std::string_view name) const { return find(name).text; }

const std::vector<std::string>& SinkSettings::list(std::string_view name) const {
  return find(name).list;
}

const std::map<std::string, std::string>& SinkSettings::map(std::string_view name) const {
  return find(name).map;
}

const SinkSettings::Setting& SinkSettings::find(std::string_view name) const {
  const auto found = settings_.find(name);
  SAKER_CHECK(found != settings_.end());
  return found->second;
}

void SinkSettings::add(const SettingDef& setting) {
  settings_[std::string(setting.name)].text = setting.default_text;
}

Problem SinkSettings::set(const SettingDef& def, std::string_view value, std::string_view key) {
  Setting& setting = settings_[std::string(def.name)];
  std::string text(value);
  Problem problem = check_setting(def, text);
  if (!problem.empty()) {
    return problem;
  }
  if (def.type == SettingType::kList) {
    setting.list.push_back(std::move(text));
  } else if (def.type == SettingType::kMap) {
    setting.map[std::string(key)] = std::move(text);
  } else {
    setting.text = std::move(text);
  }
  return {};
}

}  // namespace saker
