// SPDX-License-Identifier: Apache-2.0
#include "cmd/explain_text.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cmd/filter_text.h"
#include "cmd/rule_tree.h"
#include "engine/base/strings.h"
#include "engine/lang/requirement.h"

namespace saker {
namespace {

constexpr size_t kMaxNames = 40;    // of one kind in one line
constexpr size_t kMaxText = 4'000;  // bytes of a text as written

std::string count_of(size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string place_text(const Place& place) {
  if (place.source == nullptr) {
    return "(configuration)";
  }
  return shown(place.source->name(), kMaxText) + ":" +
         std::to_string(place.source->position(place.span.begin).line);
}

std::string place_text(const Text& text) { return place_text(Place{text.source, text.span}); }

template <typename Names>
std::string joined(const Names& names) {
  std::string out;
  size_t count = 0;
  for (const std::string& name : names) {
    if (++count <= kMaxNames) {
      out += (out.empty() ? "" : ", ") + shown(name, kMaxLeafText);
    }
  }
  return count == 0           ? "none"
         : count <= kMaxNames ? out
                              : out + ", ... (" + std::to_string(count) + " in all)";
}

std::string events_text(const EventSet& events) {
  const EventSet all = EventCatalog::builtin().all();
  return events == all   ? "all"
         : events.none() ? "none: the condition can never hold"
                         : joined(event_names(events));
}

std::string revision_text(const Revision& revision, bool is_first) {
  switch (revision.kind) {
    case Revision::Kind::kDefine:
      return is_first ? "defined" : "defined again, in place of all above";
    case Revision::Kind::kAppend:
      return "condition or exceptions appended to (append: true)";
    case Revision::Kind::kToggle:
      return "enabled or disabled";
    case Revision::Kind::kOverride:
      break;
  }
  std::string text;
  for (const Override& entry : revision.overrides) {
    text += (text.empty() ? "" : ", ") + entry.key.value +
            (entry.change == Change::kAppend ? " appended to" : " replaced");
  }
  return text;
}

// What decided whether the rule is enabled.
std::string decision_text(const RuleDescription& rule) {
  if (rule.outcome.decided_by.has_value()) {
    const RuleSelection& by = *rule.outcome.decided_by;
    return std::string("by 'rules' of the configuration: ") + (by.enable ? "enable" : "disable") +
           (by.rules.by == RulePattern::By::kTag ? " tag '" : " rule '") +
           shown(by.rules.text.value, kMaxLeafText) + "'";
  }
  const std::vector<Revision>& revisions = rule.definition.revisions;
  for (auto at = revisions.rbegin(); at != revisions.rend(); ++at) {
    if (at->sets_enabled) {
      return "by " + place_text(at->place);
    }
    if (at->kind == Revision::Kind::kDefine) {
      break;
    }
  }
  return "by default";
}

std::string state_text(const RuleDescription& rule) {
  switch (rule.outcome.state) {
    case RuleState::kLoaded:
      return "enabled " + decision_text(rule);
    case RuleState::kDisabled:
      return "disabled " + decision_text(rule);
    case RuleState::kNotSevere:
      return "left out: less severe than 'priority' of the configuration";
    case RuleState::kUnknownSource:
      return "left out: nothing gives events of its source";
    case RuleState::kUnusable:
      break;
  }
  return "left out: it names a field or an event that is not known (skip-if-unknown-filter)";
}

// Rules that are left out do nothing, whatever they say.
std::string action_text(const RuleDescription& rule) {
  const RuleDefinition& definition = rule.definition;
  const RuleOutcome& outcome = rule.outcome;
  if (outcome.state != RuleState::kLoaded) {
    return std::string(to_string(definition.action));
  }
  std::string text = action_text(outcome.action, outcome.enforcement);
  if (outcome.action != definition.action) {
    text += "; the rule asks for " + std::string(to_string(definition.action)) +
            ", enforcement.fallback decides";
  }
  if (definition.enforcement.value_or(outcome.enforcement) != outcome.enforcement) {
    text += "; the rule asks for " + std::string(to_string(*definition.enforcement)) +
            ", the configuration decides";
  }
  return text;
}

// How many rules use each predicate.
std::vector<size_t> count_users(const lang::Program& program) {
  std::vector<size_t> users(program.predicates().size(), 0);
  for (size_t condition = 0; condition < program.size(); ++condition) {
    std::set<uint32_t> used;
    for (uint32_t at = program.begin(condition); at <= program.entry(condition); ++at) {
      used.insert(program.instructions()[at].predicate);
    }
    for (const uint32_t predicate : used) {
      ++users[predicate];
    }
  }
  return users;
}

class Explanation {
 public:
  Explanation(const RuleDescription& rule, const RulesDescription& all)
      : rule_(rule), definition_(rule.definition) {
    for (const MacroDescription& macro : all.macros) {
      macros_.emplace(macro.definition.name.value, &macro);
    }
    for (const ListDescription& list : all.lists) {
      lists_.emplace(list.definition.name.value, &list);
    }
    collect_names(rule.condition);
  }

  std::string write(const RuleSet& rules) {
    write_head();
    write_revisions();
    write_texts("Condition", definition_.condition);
    if (rule_.condition.resolved != nullptr) {
      heading("Condition, macros and lists replaced");
      append_rows(tree_rows(*rule_.condition.resolved));
      write_names();
      write_exceptions();
    }
    write_output();
    if (rule_.outcome.state == RuleState::kLoaded) {
      write_filter();
      write_routes(rules);
      write_program(rules.program());
    }
    return std::move(out_);
  }

 private:
  // Macros that the condition names, and those that they name; lists likewise.
  void collect_names(const ConditionDescription& condition) {
    std::vector<std::string> lists = condition.lists;
    std::vector<std::string> macros = condition.macros;
    while (!macros.empty()) {
      const auto macro = macros_.find(macros.back());
      macros.pop_back();
      if (macro == macros_.end() || !used_macros_.insert(macro->second).second) {
        continue;
      }
      const ConditionDescription& nested = macro->second->condition;
      macros.insert(macros.end(), nested.macros.begin(), nested.macros.end());
      lists.insert(lists.end(), nested.lists.begin(), nested.lists.end());
    }
    while (!lists.empty()) {
      const auto list = lists_.find(lists.back());
      lists.pop_back();
      if (list != lists_.end() && used_lists_.insert(list->second).second) {
        lists.insert(lists.end(), list->second->lists.begin(), list->second->lists.end());
      }
    }
  }

  void line(std::string_view label, std::string_view text) {
    std::string row(label);
    row.resize(std::max<size_t>(row.size() + 1, 13), ' ');
    out_ += row + std::string(text) + '\n';
  }

  void heading(std::string_view text) { out_ += "\n" + std::string(text) + ":\n"; }

  void append_rows(const Rows& rows) {
    for (const std::string& row : rows.lines()) {
      out_ += "  " + row + '\n';
    }
    if (rows.left_out() > 0) {
      out_ += "  (" + count_of(rows.left_out(), "more line") + ")\n";
    }
  }

  void write_head() {
    line("Rule", shown(definition_.name.value, kMaxText));
    line("Description", shown(join(definition_.description), kMaxText));
    line("Priority", to_string(definition_.priority));
    line("Source", shown(source_of(definition_), kMaxLeafText));
    std::set<std::string> tags;
    for (const Text& tag : definition_.tags) {
      tags.insert(tag.value);
    }
    line("Tags", joined(tags));
    line("Action", action_text(rule_));
    line("State", state_text(rule_));
  }

  void write_revisions() {
    heading("Where it comes from");
    Rows rows;
    for (const Revision& revision : definition_.revisions) {
      rows.add(place_text(revision.place) + ": " +
               revision_text(revision, &revision == definition_.revisions.data()));
    }
    append_rows(rows);
  }

  // The parts of a text, each with its place.
  void write_texts(std::string_view what, const JoinedText& parts) {
    heading(std::string(what) + ", as written");
    Rows rows;
    for (const Text& part : parts) {
      rows.add(place_text(part) + ":");
      std::string_view rest = part.value;
      while (!rest.empty()) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        rows.add("  " + shown(rest.substr(0, end), kMaxText));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    append_rows(rows);
  }

  void write_names() {
    out_ += '\n';
    line("Events", events_text(rule_.condition.events));
    line("Fields", joined(rule_.condition.fields));
    line("Operators", joined(rule_.condition.operators));
    if (!rule_.condition.transformers.empty()) {
      line("Transformers", joined(rule_.condition.transformers));
    }
    std::vector<std::string> rows;
    for (const MacroDescription* macro : used_macros_) {
      std::string row = shown(macro->definition.name.value, kMaxLeafText);
      for (const Text& part : macro->definition.condition) {
        row += (&part == macro->definition.condition.data() ? ": " : ", appended to in ") +
               place_text(part);
      }
      rows.push_back(std::move(row));
    }
    write_section("Macros", std::move(rows));
    rows.clear();
    for (const ListDescription* list : used_lists_) {
      rows.push_back(shown(list->definition.name.value, kMaxLeafText) + ": " +
                     count_of(list->items.size(), "item") + ", " +
                     place_text(list->definition.name));
    }
    write_section("Lists", std::move(rows));
  }

  // In the order of names; nothing when there are none.
  void write_section(std::string_view name, std::vector<std::string> rows) {
    std::sort(rows.begin(), rows.end());
    if (rows.empty()) {
      return;
    }
    heading(name);
    Rows shown_rows;
    for (std::string& row : rows) {
      shown_rows.add(std::move(row));
    }
    append_rows(shown_rows);
  }

  void write_exceptions() {
    std::vector<std::string> rows;
    for (const ExceptionDefinition& exception : definition_.exceptions) {
      const std::vector<std::string> operators = operators_of(exception);
      std::string fields;
      for (size_t i = 0; i < operators.size(); ++i) {
        fields += (i == 0 ? "" : ", ") + exception.fields.texts[i].value + " " + operators[i];
      }
      rows.push_back(
          shown(exception.name.value, kMaxLeafText) + ": " + shown(fields, kMaxLeafText) + ": " +
          count_of(exception.values.size(), "value") + ", " + place_text(exception.name));
    }
    write_section("Exceptions", std::move(rows));
  }

  void write_output() {
    write_texts("Output", definition_.output);
    if (rule_.condition.resolved == nullptr) {
      return;
    }
    if (rule_.outcome.output != join(definition_.output)) {
      heading("Output, as it is used");
      out_ += "  " + shown(rule_.outcome.output, kMaxText) + '\n';
    }
    line("Its fields", joined(rule_.outcome.output_fields));
  }

  // Where the kernel decides by itself: no events come to user space because of the rule.
  void write_acts() {
    heading("Decided in the kernel, at");
    Rows rows;
    for (const filter::ActingConditions::Place& place : rule_.filter.acts_at) {
      rows.add(std::string(place.name) + ": " + acting_text(place));
    }
    append_rows(rows);
  }

  // What the kernel asks of an event before it sends it.
  void write_filter() {
    if (!rule_.filter.acts_at.empty()) {
      write_acts();
      return;
    }
    const Rows tests = leaf_rows(*rule_.condition.resolved);
    heading("Decided in the kernel");
    Rows rows;
    for (size_t i = 0; i < rule_.filter.comparisons.size(); ++i) {
      if (i >= tests.lines().size()) {
        rows.skip();
        continue;
      }
      const auto& [known_as, decided] = rule_.filter.comparisons[i];
      std::string row(to_text(decided));
      row.resize(9, ' ');
      rows.add(row + tests.lines()[i] +
               (known_as.empty() ? "" : "  (" + std::string(known_as) + ")"));
    }
    append_rows(rows);
    heading("What reaches user space");
    Rows passages;
    for (const filter::FilterExplanation::Passage& passage : rule_.filter.passages) {
      passages.add(joined(event_names(passage.events)) + ": " + passage_text(passage, tests));
    }
    append_rows(passages);
  }

  // What the matcher asks of an event before it begins to evaluate the condition.
  void write_routes(const RuleSet& rules) {
    const auto number = static_cast<uint32_t>(rule_.outcome.number);
    std::map<std::string, std::set<std::string>> events;  // by route
    for (size_t code = 0; code < EventCatalog::builtin().size(); ++code) {
      const auto event = static_cast<EventCode>(code);
      const bool is_possible = rules.rules()[number].events.test(code);
      const auto route = is_possible ? rules.index().route_to(number, event) : std::nullopt;
      if (route) {
        events[route_text(rules.program(), event, *route)].emplace(
            EventCatalog::builtin().def(event).name);
      }
    }
    std::vector<std::string> rows;
    for (const auto& [route, names] : events) {
      rows.push_back(joined(names) + ": " + route);
    }
    write_section("When it is tried", std::move(rows));
  }

  std::string route_text(const lang::Program& program, EventCode event,
                         const lang::ConditionIndex::Route& route) const {
    const size_t number = rule_.outcome.number;
    std::string text;
    for (const lang::Outcome& guard : route.guards) {
      text += (text.empty() ? "when " : " and ") + std::string(guard.holds ? "" : "not ") +
              leaf_text(program, guard.predicate);
    }
    if (!route.is_looked_up) {
      return text.empty() ? "for each of them, since a match requires nothing rare" : text;
    }
    const auto requirement = lang::requirement_of(program, number, event);
    std::string anchor;
    for (const uint32_t predicate : *requirement->anchor) {
      anchor += (anchor.empty() ? "" : " or ") + leaf_text(program, predicate);
    }
    return text + (text.empty() ? "" : "; ") + "found by " + anchor;
  }

  // A comparison of the rule.
  std::string leaf_text(const lang::Program& program, uint32_t predicate) const {
    const uint32_t entry = program.entry(rule_.outcome.number);
    const Rows tests = leaf_rows(*rule_.condition.resolved);
    for (uint32_t i = 0; i < tests.lines().size(); ++i) {
      if (program.instructions()[entry - i].predicate == predicate) {
        return tests.lines()[i];
      }
    }
    return "a comparison";
  }

  void write_program(const lang::Program& program) {
    const size_t number = rule_.outcome.number;
    const uint32_t entry = program.entry(number);
    const uint32_t size = entry - program.begin(number) + 1;
    const Rows tests = leaf_rows(*rule_.condition.resolved);
    const std::vector<size_t> users = count_users(program);
    const auto target = [entry](uint32_t at) {
      return at == lang::kAccept   ? std::string("match")
             : at == lang::kReject ? std::string("no match")
                                   : std::to_string(entry - at);
    };
    heading("Compiled to " + count_of(size, "test"));
    out_ += "     #   if true  if false  test\n";
    Rows rows;
    for (uint32_t i = 0; i < size; ++i) {
      if (i >= tests.lines().size()) {
        rows.skip();
        continue;
      }
      const lang::Instruction& instruction = program.instructions()[entry - i];
      const size_t others = users[instruction.predicate] - 1;
      rows.add(padded(std::to_string(i), 4) + "  " + padded(target(instruction.if_true), 8) + "  " +
               padded(target(instruction.if_false), 8) + "  " + tests.lines()[i] +
               (others > 0 ? "  (shared with " + count_of(others, "other rule") + ")" : ""));
    }
    append_rows(rows);
  }

  const RuleDescription& rule_;
  const RuleDefinition& definition_;
  std::map<std::string_view, const MacroDescription*> macros_;
  std::map<std::string_view, const ListDescription*> lists_;
  std::set<const MacroDescription*> used_macros_;
  std::set<const ListDescription*> used_lists_;
  std::string out_;
};

}  // namespace

std::string action_text(RuleAction action, Enforcement enforcement) {
  std::string text(to_string(action));
  if (action != RuleAction::kAlert) {
    text += ", enforcement " + std::string(to_string(enforcement));
  }
  return text;
}

std::string explain_rule(const RuleDescription& rule, const RulesDescription& all,
                         const RuleSet& rules) {
  return Explanation(rule, all).write(rules);
}

}  // namespace saker
