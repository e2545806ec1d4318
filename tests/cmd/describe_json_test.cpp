// SPDX-License-Identifier: Apache-2.0
#include "cmd/describe_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/corpus.h"
#include "tests/support/loader_case.h"

namespace saker {
namespace {

using test::Json;
using test::LoaderCase;

std::string document_of(const RulesDescription& description) {
  std::string text;
  JsonWriter json(text);
  write_json(json, description);
  return text;
}

TEST(DescribeJson, TellsAllAboutRulesMacrosAndLists) {
  const auto file = std::make_shared<const SourceText>(
      "a.yaml",
      "- required_engine_version: 11\n"
      "- required_plugin_versions: [{name: container, version: 0.2.0, alternatives: "
      "[{name: old, version: 1.0.0}]}]\n"
      "- list: shells\n  items: [sh]\n"
      "- list: names\n  items: [shells, 'a b']\n"
      "- macro: is_shell\n  condition: proc.name in (names)\n"
      "- rule: r\n  desc: d\n  condition: evt.type = execve and is_shell\n"
      "  output: o %proc.name %container.id\n  priority: info\n  tags: [b, a]\n"
      "  exceptions: [{name: e, fields: [proc.exepath], values: [[/x]]}]\n");
  LoadOptions options;
  options.describe = true;
  const LoadResult loaded = load_rules({file}, options);
  ASSERT_NE(loaded.description, nullptr);
  std::string all_events;
  for (const std::string& name : event_names(EventCatalog::builtin().all())) {
    all_events += (all_events.empty() ? "[\"" : ",\"") + name + '"';
  }
  all_events += ']';
  const std::string expected =
      R"j({"required_engine_version":"0.11.0","required_plugin_versions":[{"name":"container",)j"
      R"j("version":"0.2.0","alternatives":[{"name":"old","version":"1.0.0"}]}],"rules":[{"info":)j"
      R"j({"name":"r","condition":"evt.type = execve and is_shell","priority":"Informational",)j"
      R"j("output":"o %proc.name %container.id","description":"d","enabled":true,)j"
      R"j("source":"syscall","capture":false,"capture_duration":0,"action":"alert","tags":["a","b"]},)j"
      R"j("details":)j"
      R"j({"macros":["is_shell"],"lists":[],"condition_operators":["=","in"],"condition_fields":)j"
      R"j(["evt.type","proc.exepath","proc.name"],"events":["execve"],"condition_compiled":)j"
      R"j("((evt.type = execve and proc.name in (sh, \"a b\")) and not proc.exepath = /x)",)j"
      R"j("exception_names":["e"],"exception_fields":["proc.exepath"],"exception_operators":["="],)j"
      R"j("output_fields":["container.id","proc.name"],)j"
      R"j("output_compiled":"o %proc.name %container.id","extra_output_formatted_fields":{},)j"
      R"j("plugins":["container"],"action":"alert","enforcement":"off",)j"
      R"j("kernel_filter":{"comparisons":[)j"
      R"j({"comparison":"evt.type = execve","decided":"wholly","known_as":"the kind of event"},)j"
      R"j({"comparison":"proc.name in (sh, \"a b\")","decided":"wholly",)j"
      R"j("known_as":"process name"},)j"
      R"j({"comparison":"proc.exepath = /x","decided":"not","known_as":""}],)j"
      R"j("acts_at":[],"reaches_user_space":[{"events":["execve"],"every_event":true,"cause":"processes",)j"
      R"j("when":[[]],"unknown":["proc.exepath = /x"]}]}}}],"macros":[{"info":{"name":"is_shell",)j"
      R"j("condition":"proc.name in (names)"},)j"
      R"j("details":{"used":true,"macros":[],"lists":["names"],"condition_operators":["in"],)j"
      R"j("condition_fields":["proc.name"],"events":)j" +
      all_events +
      R"j(,"condition_compiled":)j"
      R"j("proc.name in (sh, \"a b\")","plugins":[]}}],"lists":[{"info":{"name":"shells","items":)j"
      R"j(["sh"]},"details":{"used":true,"lists":[],"items_compiled":["sh"],"plugins":[]}},)j"
      R"j({"info":{"name":"names","items":["a b"]},"details":{"used":true,"lists":["shells"],)j"
      R"j("items_compiled":["sh","a b"],"plugins":[]}}]})j";
  EXPECT_EQ(document_of(*loaded.description), expected);
}

// `rules[0].info.name` and the like.
const Json& value_at(const Json& document, std::string_view path) {
  static const Json kNone;
  const Json* at = &document;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of(".["), path.size());
    if (end > 0) {
      at = &(*at)[path.substr(0, end)];
    }
    path.remove_prefix(end);
    if (path.starts_with('[')) {
      const size_t index = std::stoul(std::string(path.substr(1)));
      if (index >= at->items.size()) {
        return kNone;
      }
      at = &at->items[index];
      path.remove_prefix(path.find(']') + 1);
    }
    path.remove_prefix(path.starts_with('.') ? 1 : 0);
  }
  return *at;
}

bool equal(const Json& a, const Json& b) {
  return a.kind == b.kind && a.boolean == b.boolean && a.integer == b.integer && a.text == b.text;
}

bool holds(const Json& document, const Json& check) {
  const Json& value = value_at(document, check["path"].text);
  const auto contains = [&](const Json& item) {
    return std::any_of(value.items.begin(), value.items.end(),
                       [&](const Json& other) { return equal(item, other); });
  };
  return (!check.has("eq") || equal(value, check["eq"])) &&
         (!check.has("eq_path") || equal(value, value_at(document, check["eq_path"].text))) &&
         (!check.has("size") ||
          (value.kind == Json::Kind::kArray &&
           static_cast<int64_t>(value.items.size()) == check["size"].integer)) &&
         (!check.has("not_empty") || !value.items.empty()) &&
         (!check.has("contains") || contains(check["contains"]));
}

// The document as the reference writes it for one rule.
Json only_rule(Json document, const std::string& name) {
  for (auto& [key, value] : document.members) {
    if (key == "rules") {
      std::erase_if(value.items,
                    [&](const Json& rule) { return rule["info"]["name"].text != name; });
    }
  }
  return document;
}

TEST(DescribeJson, FollowsTheConformanceCorpus) {
  const auto path = test::shared_path("corpus/loader.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  int cases = 0;
  int checks = 0;
  int failures = 0;
  for (const Json& json : test::read_json_lines(*path)) {
    if (!json.has("describe")) {
      continue;
    }
    ++cases;
    const LoaderCase loader_case(json);
    const LoadResult loaded = loader_case.load();
    ASSERT_NE(loaded.description, nullptr) << json["id"].text;
    Json document = test::parse_json(document_of(*loaded.description));
    if (!json["describe"]["rule"].is_null()) {
      document = only_rule(std::move(document), json["describe"]["rule"].text);
    }
    for (const Json& check : json["describe"]["checks"].items) {
      ++checks;
      // Asynchronous events come from plugins of the reference; here no event has that type.
      const bool is_async = check["contains"].text == "asyncevent" ||
                            (check["path"].text == "rules[0].details.events" && check.has("size"));
      failures += is_async ? 1 : 0;
      EXPECT_NE(holds(document, check), is_async) << json["id"].text << " " << check["path"].text;
    }
  }
  EXPECT_EQ(cases, 6);
  EXPECT_EQ(failures, 2);
  RecordProperty("checks", checks);
}

}  // namespace
}  // namespace saker
