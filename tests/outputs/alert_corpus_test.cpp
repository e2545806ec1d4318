// SPDX-License-Identifier: Apache-2.0
// The alert cases of the conformance corpus: one reported event each, and the line it must give.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "engine/alert.h"
#include "outputs/alert_format.h"
#include "tests/support/corpus.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

// The templates of these cases hold plain fields only.
std::string fill(std::string text, const Json& fields) {
  for (const auto& [name, field] : fields.members) {
    const std::string reference = "%" + name;
    for (size_t at = text.find(reference); at != text.npos; at = text.find(reference, at)) {
      text.replace(at, reference.size(), field["value"].text);
    }
  }
  return text;
}

Alert alert_of(const Json& test_case) {
  Alert alert;
  const Json& rule = test_case["rule"];
  alert.time_ns = test_case["event_time_ns"].integer;
  alert.priority = parse_priority(rule["priority"].text).value();
  alert.rule = rule["name"].text;
  alert.source = rule["source"].text;
  alert.hostname = test_case["environment"]["FALCO_HOSTNAME"].text;
  alert.message = fill(rule["output"].text, test_case["fields"]);
  for (const Json& tag : rule["tags"].items) {
    alert.tags.push_back(tag.text);
  }
  std::ranges::sort(alert.tags);
  for (const auto& [name, field] : test_case["fields"].members) {
    alert.fields.emplace_back(name, OutputValue{field["value"].text});
  }
  std::ranges::sort(alert.fields, {}, [](const auto& field) { return field.first; });
  return alert;
}

LineFormat format_of(const Json& config) {
  const auto flag = [&](std::string_view key, bool default_value) {
    return config.has(key) ? config[key].boolean : default_value;
  };
  LineFormat format;
  format.json = flag("json_output", format.json);
  format.time_iso_8601 = flag("time_format_iso_8601", format.time_iso_8601);
  format.include_output = flag("json_include_output_property", format.include_output);
  format.include_message = flag("json_include_message_property", format.include_message);
  format.include_output_fields =
      flag("json_include_output_fields_property", format.include_output_fields);
  format.include_tags = flag("json_include_tags_property", format.include_tags);
  return format;
}

// What is expected, written by the same function for both sides: keys sorted, no blanks.
std::string canonical(const Json& value) {
  const auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
  std::string out;
  switch (value.kind) {
    case Json::Kind::kText:
      return quoted(value.text);
    case Json::Kind::kInt:
      return std::to_string(value.integer);
    case Json::Kind::kArray:
      for (const Json& item : value.items) {
        out += (out.empty() ? "" : ",") + canonical(item);
      }
      return "[" + out + "]";
    case Json::Kind::kObject: {
      auto members = value.members;
      std::ranges::sort(members, {}, [](const auto& member) { return member.key; });
      for (const auto& [name, member] : members) {
        out += (out.empty() ? "" : ",") + quoted(name) + ":" + canonical(member);
      }
      return "{" + out + "}";
    }
    default:
      ADD_FAILURE() << "kind of value that no case has";
      return out;
  }
}

TEST(AlertCorpus, EachCaseGivesItsLine) {
  const auto path = shared_path("corpus/output.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  int cases = 0;
  for (const Json& test_case : read_json_lines(*path)) {
    if (test_case["kind"].text != "alert") {
      continue;
    }
    ++cases;
    SCOPED_TRACE(test_case["id"].text);
    std::string line;
    const Alert alert = alert_of(test_case);
    AlertFormat("auto", format_of(test_case["config"])).append(line, alert, 1);
    EXPECT_EQ(schema_problem_of(alert), "");
    const Json& expect = test_case["expect"];
    if (expect.has("text")) {
      EXPECT_EQ(line, expect["text"].text);
    }
    if (expect.has("json")) {
      EXPECT_EQ(line, canonical(expect["json"]));
    }
    for (const Json& pattern : expect["line_matches"].items) {
      EXPECT_TRUE(std::regex_match(line, std::regex(pattern.text))) << line;
    }
    for (const Json& pattern : expect["no_line_matches"].items) {
      EXPECT_FALSE(std::regex_match(line, std::regex(pattern.text))) << line;
    }
  }
  EXPECT_GT(cases, 0);
}

}  // namespace
}  // namespace saker::test
