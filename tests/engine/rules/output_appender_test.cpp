// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/output_appender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event.h"
#include "engine/rules/loader.h"
#include "tests/support/corpus.h"

namespace saker {
namespace {

using test::Json;

constexpr std::string_view kRules =
    "- rule: open\n"
    "  desc: d\n"
    "  condition: evt.type = open\n"
    "  output: opened %fd.name\n"
    "  priority: Error\n"
    "  tags: [files, host]\n"
    "- rule: exec\n"
    "  desc: d\n"
    "  condition: evt.type = execve\n"
    "  output: ran\n"
    "  priority: Error\n";

LoadResult load(const LoadOptions& options, std::string_view rules = kRules) {
  return load_rules({std::make_shared<const SourceText>("r.yaml", std::string(rules))}, options);
}

// A plain text of a configuration file, in line 2 behind "key: ".
Text configured(std::string_view value) {
  constexpr std::string_view kBefore = "# first line\nkey: ";
  Text text;
  text.value = value;
  text.source =
      std::make_shared<const SourceText>("c.yaml", std::string(kBefore) + std::string(value));
  text.span = {kBefore.size(), static_cast<uint32_t>(kBefore.size() + value.size())};
  return text;
}

AppendOutput extra_output(std::string_view text) {
  AppendOutput entry;
  entry.extra_output = configured(text);
  return entry;
}

// The outputs of all rules with what one entry adds, or what is wrong with it.
std::string compiled(const AppendOutput& entry) {
  LoadOptions options;
  options.append_output = {entry};
  const LoadResult result = load(options);
  std::string text;
  for (const Diagnostic& item : result.diagnostics.items()) {
    text += render(item) + "\n";
  }
  if (result.rules != nullptr) {
    for (const Rule& rule : result.rules->rules()) {
      text += rule.output_compiled + "\n";
    }
  }
  return text;
}

TEST(OutputAppender, AllCriteriaMustHold) {
  struct Row {
    std::string_view source;
    std::string_view rule;
    std::vector<std::string> tags;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{"", "", {}, "opened %fd.name X\nran X\n"},
           Row{"syscall", "", {}, "opened %fd.name X\nran X\n"},
           Row{"k8s_audit", "", {}, "opened %fd.name\nran\n"},
           Row{"", "exec", {}, "opened %fd.name\nran X\n"},
           Row{"", "exe", {}, "opened %fd.name\nran\n"},
           Row{"", "", {"host"}, "opened %fd.name X\nran\n"},
           Row{"", "", {"host", "files"}, "opened %fd.name X\nran\n"},
           Row{"", "", {"host", "net"}, "opened %fd.name\nran\n"},
           Row{"syscall", "open", {"files"}, "opened %fd.name X\nran\n"},
           Row{"syscall", "exec", {"files"}, "opened %fd.name\nran\n"},
       }) {
    AppendOutput entry = extra_output("X");
    entry.source = row.source;
    entry.rule = row.rule;
    entry.tags = row.tags;
    EXPECT_EQ(compiled(entry), row.expected);
  }
}

TEST(OutputAppender, EntriesAddUpInOrderAndTheirFieldsAreAmongThoseOfTheRule) {
  LoadOptions options;
  options.static_fields = {{"a", "1"}, {"b", "2"}};
  options.append_output = {extra_output("a=%static.a"), extra_output("*b=%static.b")};
  const LoadResult result = load(options);
  ASSERT_NE(result.rules, nullptr);
  const Rule& rule = result.rules->rules().back();
  EXPECT_EQ(rule.output, "ran");
  EXPECT_EQ(rule.output_compiled, "ran a=%static.a *b=%static.b");
  std::string shown;
  rule.output_template.render(shown, Event(), rule.buffer_format);
  EXPECT_EQ(shown, "ran a=1 *b=2");
  std::string names;
  for (const OutputTemplate::Field& field : result.rules->rules()[0].output_template.fields()) {
    names += field.name + " ";
  }
  EXPECT_EQ(names, "fd.name static.a static.b ");
}

TEST(OutputAppender, LeavesOutBlanksAroundATextAndTextsOfBlanks) {
  AppendOutput entry = extra_output(" \n X Y\n");
  entry.rule = "exec";
  EXPECT_EQ(compiled(entry), "opened %fd.name\nran X Y\n");
  entry.extra_output = configured(" \n");
  EXPECT_EQ(compiled(entry), "opened %fd.name\nran\n");
}

TEST(OutputAppender, SuggestsWhereItHappened) {
  AppendOutput entry;
  entry.suggested_output = true;
  entry.rule = "exec";
  LoadOptions options;
  options.append_output = {entry};
  options.static_fields = {{"zone", "eu"}, {"data.center", "7"}};
  const LoadResult result = load(options);
  ASSERT_NE(result.rules, nullptr);
  EXPECT_EQ(result.rules->rules()[0].output_compiled, "opened %fd.name");
  EXPECT_EQ(result.rules->rules()[1].output_compiled,
            "ran container_id=%container.id container_name=%container.name "
            "container_image_repository=%container.image.repository "
            "container_image_tag=%container.image.tag k8s_pod_name=%k8s.pod.name "
            "k8s_ns_name=%k8s.ns.name static_data_center=%static.data.center "
            "static_zone=%static.zone");
}

TEST(OutputAppender, ExtraFieldsLeaveTheMessageAsItIs) {
  AppendOutput first;
  first.extra_fields = {{configured("proc.aname[2]"), std::nullopt},
                        {configured("where"), configured("in %proc.cwd")}};
  AppendOutput second;
  second.extra_fields = {{configured("where"), configured("%evt.type")}};
  second.rule = "exec";
  LoadOptions options;
  options.append_output = {first, second};
  const LoadResult result = load(options);
  ASSERT_NE(result.rules, nullptr);
  const auto extras_of = [](const Rule& rule) {
    std::string text;
    for (const ExtraField& extra : rule.extra_fields) {
      text += extra.name + "=" + extra.format + ";";
    }
    return text;
  };
  EXPECT_EQ(extras_of(result.rules->rules()[0]), "proc.aname[2]=;where=in %proc.cwd;");
  EXPECT_EQ(extras_of(result.rules->rules()[1]), "proc.aname[2]=;where=%evt.type;");
  EXPECT_EQ(result.rules->rules()[0].output_compiled, "opened %fd.name");
  // proc.cwd is used by a format only.
  EXPECT_TRUE((result.rules->wanted_events() & EventCatalog::builtin().find("chdir")).any());
}

TEST(OutputAppender, MistakesAreShownOnceWhereTheyStand) {
  EXPECT_EQ(compiled(extra_output("in %proc.nam and %fd.name")),
            "c.yaml:2:10-17: error: unknown field 'proc.nam'\n"
            "  key: in %proc.nam and %fd.name\n"
            "           ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n");
  AppendOutput entry;
  entry.extra_fields = {{configured("proc.nam"), std::nullopt},
                        {configured("toupper(proc.name)"), std::nullopt},
                        {configured("proc.name is"), std::nullopt},
                        {configured("k"), configured("100%")}};
  entry.rule = "no such rule";
  EXPECT_EQ(compiled(entry),
            "c.yaml:2:6-13: error: unknown field 'proc.nam'\n"
            "  key: proc.nam\n"
            "       ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n"
            "c.yaml:2:6-23: error: 'toupper(proc.name)' is more than the name of a field\n"
            "  key: toupper(proc.name)\n"
            "       ~~~~~~~~~~~~~~~~~~\n"
            "hint: a text with fields in it needs a key: `KEY: \"text %field\"`\n"
            "c.yaml:2:6-17: error: 'proc.name is' is more than the name of a field\n"
            "  key: proc.name is\n"
            "       ~~~~~~~~~~~~\n"
            "hint: a text with fields in it needs a key: `KEY: \"text %field\"`\n"
            "c.yaml:2:9: error: a '%' at the end names no field\n"
            "  key: 100%\n"
            "          ~\n");
}

TEST(StaticFields, CanBeUsedInConditionsAndOutputs) {
  LoadOptions options;
  options.static_fields = {{"region", "eu-west"}};
  const LoadResult result = load(options,
                                 "- rule: r\n"
                                 "  desc: d\n"
                                 "  condition: evt.type = open and static.region startswith eu\n"
                                 "  output: in %static.region %toupper(static.region)\n"
                                 "  priority: Error\n");
  ASSERT_NE(result.rules, nullptr) << render(result.diagnostics.items().front());
  options.static_fields.clear();  // the rules own what they need
  std::string shown;
  const Rule& rule = result.rules->rules().front();
  const Event event;
  rule.output_template.render(shown, event, rule.buffer_format);
  EXPECT_EQ(shown, "in eu-west EU-WEST");
}

TEST(StaticFields, AreUnknownWhenTheyAreNotConfigured) {
  LoadOptions options;
  options.static_fields = {{"region", "eu"}};
  options.append_output = {extra_output("%static.regoin")};
  EXPECT_EQ(render(load(options).diagnostics.items().front()),
            "c.yaml:2:7-19: error: unknown field 'static.regoin'\n"
            "  key: %static.regoin\n"
            "        ~~~~~~~~~~~~~\n"
            "hint: did you mean 'static.region'?");
}

AppendOutput entry_of(const Json& json) {
  AppendOutput entry;
  const Json& match = json["match"];
  entry.source = match["source"].text;
  entry.rule = match["rule"].text;
  for (const Json& tag : match["tags"].items) {
    entry.tags.push_back(tag.text);
  }
  if (json.has("extra_output")) {
    entry.extra_output = configured(json["extra_output"].text);
  }
  for (const Json& field : json["extra_fields"].items) {
    if (field.members.empty()) {
      entry.extra_fields.push_back({configured(field.text), std::nullopt});
    }
    for (const auto& [key, format] : field.members) {
      entry.extra_fields.push_back({configured(key), configured(format.text)});
    }
  }
  entry.suggested_output = json["suggested_output"].boolean;
  return entry;
}

const Rule& rule_named(const RuleSet& rules, std::string_view name) {
  return *std::ranges::find(rules.rules(), name, &Rule::name);
}

void check_case(const Json& json) {
  LoadOptions options;
  for (const Json& entry : json["config"]["append_output"].items) {
    options.append_output.push_back(entry_of(entry));
  }
  const LoadResult result = load(options, json["files"].items.front()["yaml"].text);
  ASSERT_NE(result.rules, nullptr);
  const Json& expect = json["expect"];
  for (const auto& [name, text] : expect["output_compiled"].members) {
    EXPECT_EQ(rule_named(*result.rules, name).output_compiled, text.text);
  }
  for (const auto& [name, text] : expect["output_compiled_lacks"].members) {
    EXPECT_EQ(rule_named(*result.rules, name).output_compiled.find(text.text), std::string::npos);
  }
  for (const auto& [name, formats] : expect["extra_output_formatted_fields"].members) {
    const std::vector<ExtraField>& extras = rule_named(*result.rules, name).extra_fields;
    for (const auto& [key, format] : formats.members) {
      const auto extra = std::ranges::find(extras, key, &ExtraField::name);
      ASSERT_NE(extra, extras.end()) << key;
      EXPECT_EQ(extra->format, format.text);
    }
  }
}

TEST(OutputAppender, FollowsTheConformanceCorpus) {
  const auto path = test::shared_path("corpus/output.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  int cases = 0;
  for (const Json& json : test::read_json_lines(*path)) {
    if (json["kind"].text == "append_output") {
      SCOPED_TRACE(json["id"].text);
      check_case(json);
      ++cases;
    }
  }
  EXPECT_EQ(cases, 3);
}

}  // namespace
}  // namespace saker
