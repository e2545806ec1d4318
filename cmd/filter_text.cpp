// SPDX-License-Identifier: Apache-2.0
#include "cmd/filter_text.h"

#include <algorithm>
#include <vector>

#include "engine/base/strings.h"
#include "engine/rules/describe.h"

namespace saker {
namespace {

using Passage = filter::FilterExplanation::Passage;

constexpr size_t kMaxClauses = 4;
constexpr size_t kMaxUnknown = 3;
constexpr size_t kMaxUnknownText = 80;

// The first of them, and how many there are more.
std::string first_of(const std::vector<std::string>& texts, size_t limit, std::string_view word) {
  std::string joined;
  for (size_t i = 0; i < std::min(limit, texts.size()); ++i) {
    joined += (i == 0 ? std::string() : std::string(word)) + texts[i];
  }
  return texts.size() <= limit
             ? joined
             : joined + std::string(word) + std::to_string(texts.size() - limit) + " more";
}

std::string clause_text(const std::vector<std::string>& demands) {
  std::string text;
  for (const std::string& demand : demands) {
    text += (text.empty() ? "" : " and ") + shown(demand, kMaxLeafText);
  }
  return text;
}

std::string clauses_text(const std::vector<std::vector<std::string>>& clauses) {
  std::vector<std::string> texts;
  for (const std::vector<std::string>& clause : clauses) {
    texts.push_back(clause_text(clause));
  }
  return "only when " + first_of(texts, kMaxClauses, "; or ");
}

std::vector<std::string> unknown_texts(const Passage& passage, const Rows& comparisons) {
  std::vector<std::string> texts;
  for (const uint32_t number : passage.unknown) {
    texts.push_back(number < comparisons.lines().size() ? comparisons.lines()[number]
                                                        : "a comparison");
  }
  return texts;
}

std::string unknown_text(const Passage& passage, const Rows& comparisons) {
  std::vector<std::string> texts = unknown_texts(passage, comparisons);
  for (std::string& text : texts) {
    text = shown(text, kMaxUnknownText);
  }
  return "the kernel cannot compare: " + first_of(texts, kMaxUnknown, ", ");
}

std::string reason_text(const Passage& passage, const Rows& comparisons) {
  switch (passage.cause) {
    case filter::FilterExplanation::Cause::kProcesses:
      return "whatever the rules are: the table of processes is kept by them";
    case filter::FilterExplanation::Cause::kState:
      return "because a field of some rule shows what earlier ones did";
    case filter::FilterExplanation::Cause::kRule:
      break;
  }
  return "because " + (passage.unknown.empty()
                           ? std::string("the rule asks for nothing that would refuse one")
                           : unknown_text(passage, comparisons));
}

std::string_view to_text(filter::FilterExplanation::Cause cause) noexcept {
  return cause == filter::FilterExplanation::Cause::kRule    ? "rule"
         : cause == filter::FilterExplanation::Cause::kState ? "state"
                                                             : "processes";
}

void write_clauses(JsonWriter& json, const std::vector<std::vector<std::string>>& clauses) {
  json.begin_array("when");
  for (const std::vector<std::string>& clause : clauses) {
    json.texts(clause);
  }
  json.end_array();
}

void write_passage(JsonWriter& json, const Passage& passage, const Rows& comparisons) {
  json.begin_object();
  json.texts("events", event_names(passage.events));
  json.boolean("every_event", passage.passes_all());
  json.text("cause", to_text(passage.cause));
  write_clauses(json, passage.clauses);
  json.texts("unknown", unknown_texts(passage, comparisons));
  json.end_object();
}

}  // namespace

std::string_view to_text(filter::Extent extent) noexcept {
  return extent == filter::Extent::kAll    ? "wholly"
         : extent == filter::Extent::kPart ? "in part"
                                           : "not";
}

std::string passage_text(const Passage& passage, const Rows& comparisons) {
  if (passage.passes_all()) {
    return "every event, " + reason_text(passage, comparisons);
  }
  if (passage.clauses.empty()) {
    return "no event";
  }
  return clauses_text(passage.clauses) +
         (passage.unknown.empty() ? "" : "; " + unknown_text(passage, comparisons));
}

std::string acting_text(const filter::ActingConditions::Place& place) {
  const bool is_always = place.clauses.size() == 1 && place.clauses.front().empty();
  return is_always ? "every operation" : clauses_text(place.clauses);
}

void write_json(JsonWriter& json, const filter::FilterExplanation& explanation,
                const Rows& comparisons) {
  json.begin_object();
  json.begin_array("comparisons");
  for (size_t i = 0; i < explanation.comparisons.size() && i < comparisons.lines().size(); ++i) {
    json.begin_object();
    json.text("comparison", comparisons.lines()[i]);
    json.text("decided", to_text(explanation.comparisons[i].decided));
    json.text("known_as", explanation.comparisons[i].known_as);
    json.end_object();
  }
  json.end_array();
  json.begin_array("acts_at");
  for (const filter::ActingConditions::Place& place : explanation.acts_at) {
    json.begin_object();
    json.text("at", place.name);
    write_clauses(json, place.clauses);
    json.end_object();
  }
  json.end_array();
  json.begin_array("reaches_user_space");
  for (const Passage& passage : explanation.passages) {
    write_passage(json, passage, comparisons);
  }
  json.end_array();
  json.end_object();
}

std::string overflow_text(const KernelFilter& filter) {
  struct Part {
    size_t count;
    std::string_view what;
  };
  const Part parts[] = {{filter.joined_clauses, "clauses joined to others"},
                        {filter.unfiltered_calls, "system calls not filtered"},
                        {filter.unasked_dimensions, "dimensions of system calls not looked at"}};
  std::string text;
  for (const Part& part : parts) {
    if (part.count > 0) {
      text +=
          (text.empty() ? "" : ", ") + std::to_string(part.count) + " " + std::string(part.what);
    }
  }
  return text.empty() ? text
                      : "the rules ask for more than the kernel's tables hold, so that more events "
                        "reach user space: " +
                            text;
}

}  // namespace saker
