// SPDX-License-Identifier: Apache-2.0
#include "tests/support/loader_case.h"

#include <array>
#include <span>

#include "engine/base/priority.h"

namespace saker::test {

LoaderCase::LoaderCase(const Json& json) {
  for (const Json& file : json["files"].items) {
    files_.push_back(std::make_shared<const SourceText>(file["name"].text, file["yaml"].text));
  }
  options_.describe = true;
  if (json["env"].has("plugins")) {
    options_.plugins.clear();
    for (const Json& plugin : json["env"]["plugins"].items) {
      add_plugin(plugin);
    }
  }
  const Json& config = json["config"];
  if (config.has("priority")) {
    options_.minimum_priority =
        parse_priority(config["priority"].text).value_or(options_.minimum_priority);
  }
  if (config["rule_matching"].text == "all") {
    options_.matching = RuleMatching::kAll;
  }
  for (const Json& entry : config["rules"].items) {
    add_selection(entry);
  }
}

void LoaderCase::add_plugin(const Json& plugin) {
  // Some cases name the plugin without a version: that of the built-in one will do.
  const std::string version = LoadOptions().plugins.front().version;
  options_.plugins.push_back(
      {plugin["name"].text, plugin.has("version") ? plugin["version"].text : version, {}});
  for (const Json& field : plugin["fields"].items) {
    options_.plugins.back().field_prefixes.push_back(field.text);
    FieldDef row;
    row.name = names_.emplace_back(field.text);
    row.arg = FieldArg::kOptionalKey;
    row.extract = [](const Event&, const FieldArgs&) noexcept { return Value(); };
    rows_.push_back(row);
  }
  if (!rows_.empty()) {
    std::vector<FieldDef> builtin;
    for (const FieldDef* def : FieldCatalog::builtin().all()) {
      builtin.push_back(*def);
    }
    rows_.insert(rows_.end(), builtin.begin(), builtin.end());
    const std::array<std::span<const FieldDef>, 1> tables = {rows_};
    fields_.emplace(tables);
    options_.fields = &*fields_;
  }
}

void LoaderCase::add_selection(const Json& entry) {
  for (const auto& [action, what] : entry.members) {
    const auto& [by, pattern] = what.members.at(0);
    options_.selection.push_back({action == "enable",
                                  {by == "tag" ? RulePattern::By::kTag : RulePattern::By::kName,
                                   {pattern.text, nullptr, {}}}});
  }
}

}  // namespace saker::test
