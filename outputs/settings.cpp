// SPDX-License-Identifier: Apache-2.0
#include "outputs/settings.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/setting_text.h"

namespace saker {
namespace {

Problem check_choice(std::string_view choices, std::string_view value) {
  Problem problem = "must be one of ";
  for (const auto part : std::views::split(choices, '|')) {
    const std::string_view choice(part.begin(), part.end());
    if (choice == value) {
      return {};
    }
    problem += choice;
    problem += ", ";
  }
  problem.resize(problem.size() - 2);
  return problem;
}

}  // namespace

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

std::string SinkSettings::set(const SettingDef& def, std::string_view value, std::string_view key) {
  Setting& setting = settings_[std::string(def.name)];
  Problem problem;
  bool boolean = false;
  int64_t integer = 0;
  switch (def.type) {
    case SettingType::kBool:
      problem = set_bool(boolean, value);
      break;
    case SettingType::kInteger:
      problem = set_integer(integer, value, def.low, def.high);
      break;
    case SettingType::kText:
      problem = def.choices.empty() ? Problem() : check_choice(def.choices, value);
      break;
    case SettingType::kList:
      setting.list.emplace_back(value);
      return {};
    case SettingType::kMap:
      setting.map[std::string(key)] = value;
      return {};
  }
  if (problem.empty()) {
    setting.text = value;
  }
  return problem;
}

}  // namespace saker
