// SPDX-License-Identifier: Apache-2.0
// Runs the conformance corpus for rule files (SAKER_SHARED/corpus/loader.jsonl).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event.h"
#include "engine/lang/evaluator.h"
#include "engine/rules/describe.h"
#include "engine/rules/loader.h"
#include "tests/engine/lang/mock_fields.h"
#include "tests/support/corpus.h"
#include "tests/support/loader_case.h"

namespace saker {
namespace {

using test::Json;
using test::LoaderCase;

// Cases that do not hold, with the reason. Every other case must hold, and these must not.
const std::map<std::string_view, std::string_view> kNotCovered = {
    {"rule_loader.list_name_invalid",
     "the reference replaces list names as text, so one with a blank works; here it is no name"},
};

// `macro_resolve` is in resolver_test.cpp, `select` below.
bool is_load(const Json& json) {
  return json["kind"].text == "load" || json["kind"].text == "plugin_requirements";
}

class CaseCheck {
 public:
  explicit CaseCheck(const Json& json)
      : json_(json), expect_(json["expect"]), case_(json), loaded_(case_.load()) {}

  // What does not hold, one line each.
  std::string run();

 private:
  void problem(const std::string& text) { problems_ += text + "\n"; }
  void check_codes(std::string_view key, Severity severity);
  void check_items(std::string_view key, Severity severity);
  [[nodiscard]] size_t count_warnings() const;
  void check_numbers();
  void check_snippets();
  void check_compiled();
  void check_schema();
  void check_listed();
  void check_probes();
  void check_probe(const Json& probe);
  [[nodiscard]] const Rule* rule(std::string_view name) const;

  const Json& json_;
  const Json& expect_;
  const LoaderCase case_;
  const LoadResult loaded_;
  std::string problems_;
};

void CaseCheck::check_codes(std::string_view key, Severity severity) {
  for (const Json& code : expect_[key].items) {
    const auto& items = loaded_.diagnostics.items();
    if (std::none_of(items.begin(), items.end(), [&](const Diagnostic& item) {
          return item.severity == severity && item.code.name == code.text;
        })) {
      problem("no " + code.text);
    }
  }
}

// The texts of messages are each implementation's own.
void CaseCheck::check_items(std::string_view key, Severity severity) {
  for (const Json& expected : expect_[key].items) {
    const auto matches = [&](const Diagnostic& item) {
      return item.severity == severity && item.code.name == expected["code"].text &&
             std::any_of(item.contexts.begin(), item.contexts.end(),
                         [&](const DiagnosticContext& context) {
                           return context.item_type == expected["item_type"].text &&
                                  (!expected.has("item_name") ||
                                   context.item_name == expected["item_name"].text);
                         });
    };
    const auto& items = loaded_.diagnostics.items();
    if (std::none_of(items.begin(), items.end(), matches)) {
      problem("no " + expected["code"].text + " for " + expected["item_type"].text + " '" +
              expected["item_name"].text + "'");
    }
  }
}

// Our own lints do not count: the reference has none.
size_t CaseCheck::count_warnings() const {
  const auto& items = loaded_.diagnostics.items();
  return static_cast<size_t>(std::count_if(items.begin(), items.end(), [](const Diagnostic& item) {
    return item.severity == Severity::kWarning && !item.code.name.starts_with("LINT_");
  }));
}

void CaseCheck::check_numbers() {
  const size_t warnings = count_warnings();
  if (expect_.has("has_warnings") && expect_["has_warnings"].boolean != (warnings > 0)) {
    problem(std::to_string(warnings) + " warnings");
  }
  if (expect_.has("warning_count") &&
      expect_["warning_count"].integer != static_cast<int64_t>(warnings)) {
    problem(std::to_string(warnings) + " warnings");
  }
  if (expect_.has("error_count") &&
      expect_["error_count"].integer !=
          static_cast<int64_t>(loaded_.diagnostics.count(Severity::kError))) {
    problem("another number of errors");
  }
  if (expect_.has("enabled_rules") && loaded_.rules != nullptr &&
      expect_["enabled_rules"].integer != static_cast<int64_t>(loaded_.rules->rules().size())) {
    problem(std::to_string(loaded_.rules->rules().size()) + " rules");
  }
  for (const Json& absent : expect_["warnings_absent"].items) {
    for (const Diagnostic& item : loaded_.diagnostics.items()) {
      if (item.code.name == absent["code"].text) {
        problem("unexpected " + render(item));
      }
    }
  }
}

void CaseCheck::check_snippets() {
  std::string all;
  for (const Diagnostic& item : loaded_.diagnostics.items()) {
    all += render(item) + "\n";
  }
  for (const Json& part : expect_["error_snippet_contains"].items) {
    if (all.find(part.text) == std::string::npos) {
      problem("'" + part.text + "' is not shown: " + all);
    }
  }
  for (const Json& snippet : expect_["warning_snippets"].items) {
    if (all.find(snippet["contains"].text) == std::string::npos ||
        all.find(snippet["not_contains"].text) != std::string::npos) {
      problem("'" + snippet["contains"].text + "' is not shown: " + all);
    }
  }
}

const Rule* CaseCheck::rule(std::string_view name) const {
  if (loaded_.rules != nullptr) {
    for (const Rule& rule : loaded_.rules->rules()) {
      if (rule.name == name) {
        return &rule;
      }
    }
  }
  return nullptr;
}

void CaseCheck::check_compiled() {
  for (const auto& [name, text] : json_["compiled"].members) {
    const RuleDescription* described =
        loaded_.description == nullptr ? nullptr : loaded_.description->find_rule(name);
    const std::string actual = described == nullptr || described->condition.resolved == nullptr
                                   ? "(no rule)"
                                   : lang::to_text(*described->condition.resolved);
    if (actual != text.text) {
      problem("compiled: " + actual);
    }
  }
}

void CaseCheck::check_schema() {
  const auto& items = loaded_.diagnostics.items();
  const bool is_broken = std::any_of(items.begin(), items.end(),
                                     [](const Diagnostic& item) { return item.breaks_schema; });
  if (expect_.has("schema") && is_broken != (expect_["schema"].text == "failed")) {
    problem(is_broken ? "breaks the schema" : "does not break the schema");
  }
}

void CaseCheck::check_listed() {
  for (const Json& name : expect_["listed_rules"].items) {
    if (loaded_.description == nullptr || loaded_.description->find_rule(name.text) == nullptr) {
      problem("rule '" + name.text + "' is not listed");
    }
  }
}

// Loads the rules over fields that have the values of the event.
void CaseCheck::check_probe(const Json& probe) {
  lang::test::MockFields fields;
  std::set<std::string> declared;
  for (const FieldDef* def : FieldCatalog::builtin().all()) {
    fields.declare(def->name, def->type, def->shape, def->flags);
  }
  for (const auto& [name, field] : probe["fields"].members) {
    const Json& value = field["value"];
    if (value.kind == Json::Kind::kBool) {
      fields.set(name, Value::of_bool(value.boolean));
    } else if (value.kind == Json::Kind::kInt) {
      fields.set(name, Value::of_int(value.integer));
    } else if (value.kind == Json::Kind::kText) {
      fields.set_text(name, value.text);
    }
  }
  LoadOptions options = case_.options();
  options.fields = &fields.catalog();
  const LoadResult loaded = load_rules(case_.files(), options);
  if (loaded.rules == nullptr) {
    problem("the probe's rules do not load: " + render(loaded.diagnostics.items().front()));
    return;
  }
  const Event event;
  const EventSet codes = EventCatalog::builtin().find(probe["fields"]["evt.type"]["value"].text);
  lang::Evaluator evaluator(loaded.rules->program());
  evaluator.start();
  std::string reported;
  for (size_t i = 0; i < loaded.rules->rules().size(); ++i) {
    const Rule& candidate = loaded.rules->rules()[i];
    if ((candidate.events & codes).any() && evaluator.holds(i, event)) {
      reported += candidate.name + ";";
      if (options.matching == RuleMatching::kFirst) {
        break;
      }
    }
  }
  std::string expected;
  for (const Json& name : probe["reported"].items) {
    expected += name.text + ";";
  }
  if (reported != expected) {
    problem("reported " + reported + " instead of " + expected);
  }
}

std::string CaseCheck::run() {
  if ((loaded_.rules != nullptr) != expect_["ok"].boolean) {
    problem(loaded_.rules != nullptr
                ? "it loads"
                : "it does not load: " + render(loaded_.diagnostics.items().front()));
  }
  check_codes("errors", Severity::kError);
  check_codes("warnings", Severity::kWarning);
  check_items("error_items", Severity::kError);
  check_items("warning_items", Severity::kWarning);
  check_numbers();
  check_snippets();
  check_compiled();
  check_schema();
  check_listed();
  if (expect_.has("first_file_ok") && (load_rules({case_.files().front()}, case_.options()).rules !=
                                       nullptr) != expect_["first_file_ok"].boolean) {
    problem("first file");
  }
  if (expect_.has("required_engine_version") &&
      loaded_.required_engine_version != expect_["required_engine_version"].text) {
    problem("engine version " + loaded_.required_engine_version);
  }
  for (const Json& name : expect_["loaded"]["rules"].items) {
    if (rule(name.text) == nullptr) {
      problem("rule '" + name.text + "' is not loaded");
    }
  }
  for (const Json& probe : json_["probes"].items) {
    check_probe(probe);
  }
  return problems_;
}

TEST(Loader, FollowsTheConformanceCorpus) {
  const auto path = test::shared_path("corpus/loader.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  size_t cases = 0;
  size_t not_covered = 0;
  for (const Json& json : test::read_json_lines(*path)) {
    if (!is_load(json)) {
      continue;
    }
    ++cases;
    const std::string problems = CaseCheck(json).run();
    if (kNotCovered.count(json["id"].text) != 0) {
      ++not_covered;
      EXPECT_NE(problems, "") << json["id"].text << " holds; take it off the list";
    } else {
      EXPECT_EQ(problems, "") << json["id"].text;
    }
  }
  EXPECT_EQ(cases, 129u);
  EXPECT_EQ(not_covered, kNotCovered.size());
  RecordProperty("cases", static_cast<int>(cases));
  RecordProperty("not_covered", static_cast<int>(not_covered));
}

// A selection of the reference as one of the configuration; those by part of a name or by whole
// name exist in its C++ interface only.
RuleSelection selection(const Json& step, const std::string& value) {
  const std::string& by = step["by"].text;
  return {step["enable"].boolean,
          {by == "tag" ? RulePattern::By::kTag : RulePattern::By::kName,
           {by == "substring" ? "*" + value + "*" : value, nullptr, {}}}};
}

// The rule sets of one engine of the reference are loads of their own here.
TEST(Loader, SelectsRulesAsTheConformanceCorpus) {
  const auto path = test::shared_path("corpus/loader.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  int cases = 0;
  for (const Json& json : test::read_json_lines(*path)) {
    if (json["kind"].text != "select") {
      continue;
    }
    SCOPED_TRACE(json["id"].text);
    ++cases;
    const LoaderCase loader_case(json);
    std::map<std::string, std::vector<RuleSelection>> rulesets;
    for (const Json& step : json["steps"].items) {
      const std::string& name = step["ruleset"].text;
      auto ruleset = rulesets.find(name);
      if (ruleset == rulesets.end()) {
        ruleset = rulesets.emplace(name, std::vector<RuleSelection>()).first;
        if (name != "falco-default-ruleset") {
          ruleset->second.push_back({false, {RulePattern::By::kName, {"*", nullptr, {}}}});
        }
      }
      const Json& value = step["value"];
      if (step["op"].text == "count") {
        LoadOptions options = loader_case.options();
        options.selection = ruleset->second;
        const LoadResult loaded = load_rules(loader_case.files(), options);
        ASSERT_NE(loaded.rules, nullptr);
        EXPECT_EQ(static_cast<int64_t>(loaded.rules->rules().size()), step["expect"].integer);
      } else if (value.kind == Json::Kind::kText) {
        ruleset->second.push_back(selection(step, value.text));
      }
      for (const Json& tag : value.items) {
        ruleset->second.push_back(selection(step, tag.text));
      }
    }
  }
  EXPECT_EQ(cases, 4);
  RecordProperty("cases", cases);
}

}  // namespace
}  // namespace saker
