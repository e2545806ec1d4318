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

namespace saker {
namespace {

using test::Json;

// Cases that do not hold, with the reason. Every other case must hold, and these must not.
const std::map<std::string_view, std::string_view> kNotCovered = {
    {"rule_loader.list_name_invalid",
     "the reference replaces list names as text, so one with a blank works; here it is no name"},
    {"go.Print_Rules.json_valid_rules", "needs the fields of the plugin 'json'"},
};

// Kinds that have a runner of their own or none: `macro_resolve` is in resolver_test.cpp, `select`
// is about several rule sets in one engine, which exist in the reference's C++ interface only.
bool is_load(const Json& json) {
  return json["kind"].text == "load" || json["kind"].text == "plugin_requirements";
}

std::vector<std::shared_ptr<const SourceText>> files_of(const Json& json) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const Json& file : json["files"].items) {
    files.push_back(std::make_shared<const SourceText>(file["name"].text, file["yaml"].text));
  }
  return files;
}

LoadOptions options_of(const Json& json) {
  LoadOptions options;
  options.describe = true;
  if (json["env"].has("plugins")) {
    options.plugins.clear();
    for (const Json& plugin : json["env"]["plugins"].items) {
      // Some cases name the plugin without a version: that of the built-in one will do.
      options.plugins.push_back(
          {plugin["name"].text,
           plugin.has("version") ? plugin["version"].text : LoadOptions().plugins.front().version,
           {}});
    }
  }
  const Json& config = json["config"];
  if (config.has("priority")) {
    options.minimum_priority =
        parse_priority(config["priority"].text).value_or(options.minimum_priority);
  }
  if (config["rule_matching"].text == "all") {
    options.matching = RuleMatching::kAll;
  }
  for (const Json& entry : config["rules"].items) {
    for (const auto& [action, what] : entry.members) {
      const auto& [by, pattern] = what.members.at(0);
      options.selection.push_back({action == "enable",
                                   by == "tag" ? RuleSelection::By::kTag : RuleSelection::By::kName,
                                   pattern.text});
    }
  }
  return options;
}

class CaseCheck {
 public:
  explicit CaseCheck(const Json& json) : json_(json), expect_(json["expect"]) {}

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
  void check_describe();
  void check_probes();
  void check_probe(const Json& probe);
  [[nodiscard]] const Rule* rule(std::string_view name) const;

  const Json& json_;
  const Json& expect_;
  LoadResult loaded_;
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

// What of the description document is kept in a Rule.
void CaseCheck::check_describe() {
  for (const Json& check : json_["describe"]["checks"].items) {
    const Rule* described = rule(json_["describe"]["rule"].text);
    const std::string& path = check["path"].text;
    if (described == nullptr) {
      problem("no rule to look at for " + path);
      continue;
    }
    const std::map<std::string, std::string> texts = {
        {"rules[0].info.condition", described->condition},
        {"rules[0].info.output", described->output},
        {"rules[0].info.description", described->description}};
    const std::map<std::string, int64_t> numbers = {
        {"rules[0].info.capture", described->capture ? 1 : 0},
        {"rules[0].info.capture_duration", static_cast<int64_t>(described->capture_duration_ms)}};
    const Json& expected = check["eq"];
    const auto text = texts.find(path);
    const auto number = numbers.find(path);
    const int64_t value =
        expected.kind == Json::Kind::kBool ? (expected.boolean ? 1 : 0) : expected.integer;
    if (!(text != texts.end() && text->second == expected.text) &&
        !(number != numbers.end() && number->second == value)) {
      problem(path);
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
  LoadOptions options = options_of(json_);
  options.fields = &fields.catalog();
  const LoadResult loaded = load_rules(files_of(json_), options);
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
  loaded_ = load_rules(files_of(json_), options_of(json_));
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
  check_describe();
  if (expect_.has("first_file_ok") &&
      (load_rules({files_of(json_).front()}, options_of(json_)).rules != nullptr) !=
          expect_["first_file_ok"].boolean) {
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
}

}  // namespace
}  // namespace saker
