// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/filter_explanation.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/describe.h"
#include "engine/rules/loader.h"

namespace saker::filter {
namespace {

using Passage = FilterExplanation::Passage;

// Of the first of these conditions; the others are those of further rules.
FilterExplanation explain(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& condition : conditions) {
    text += "- {rule: r" + std::to_string(text.size()) + ", desc: d, condition: '" + condition +
            "', output: o, priority: INFO, warn_evttypes: false}\n";
  }
  LoadOptions options;
  options.describe = true;
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("a.yaml", std::move(text))}, options);
  EXPECT_NE(loaded.description, nullptr) << conditions.front();
  return loaded.description != nullptr ? loaded.description->rules.front().filter
                                       : FilterExplanation();
}

// "all part -": how much of each comparison is decided.
std::string extents_of(const FilterExplanation& explanation) {
  std::string text;
  for (const FilterExplanation::Comparison& comparison : explanation.comparisons) {
    text += (text.empty() ? "" : " ") + std::string(comparison.decided == Extent::kAll    ? "all"
                                                    : comparison.decided == Extent::kPart ? "part"
                                                                                          : "-");
  }
  return text;
}

std::string passage_of(const Passage& passage) {
  std::string text;
  for (const std::string& name : event_names(passage.events)) {
    text += (text.empty() ? "" : ",") + name;
  }
  text += ":";
  for (const std::vector<std::string>& clause : passage.clauses) {
    text += " [";
    for (const std::string& demand : clause) {
      text += (text.ends_with('[') ? "" : "; ") + demand;
    }
    text += ']';
  }
  for (const uint32_t number : passage.unknown) {
    text += " ?" + std::to_string(number);
  }
  return text;
}

std::string passages_of(const FilterExplanation& explanation) {
  std::string text;
  for (const Passage& passage : explanation.passages) {
    text += (text.empty() ? "" : "\n") + passage_of(passage);
  }
  return text;
}

TEST(FilterExplanation, TellsHowMuchOfAComparisonIsDecided) {
  struct Row {
    std::string condition;
    std::string_view extents;
  };
  const Row rows[] = {
      {"evt.type = open and fd.name = /x", "all all"},
      {"evt.type = open and not fd.name = /x", "all all"},
      {"evt.type = open and evt.is_open_create = true", "all part"},
      // What it could refuse is what it cannot be sure of.
      {"evt.type = open and not evt.is_open_create = true", "all -"},
      {"evt.type = open and proc.cmdline = x", "all -"},
      {"evt.type = open and fd.name regex /x.*", "all -"},
      {"evt.type = open and proc.name = val(proc.pname)", "all -"},
      // openat2 has its flags in memory.
      {"evt.type in (open, openat2) and evt.is_open_write = true", "all part"},
      // Of no account where the alternative cannot hold anyway.
      {"(evt.type = open and fd.name = /x) or (evt.type = bpf and evt.arg.cmd = 5)",
       "all all all -"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(extents_of(explain({row.condition})), row.extents) << row.condition;
  }
}

TEST(FilterExplanation, NamesWhatTheKernelCompares) {
  const FilterExplanation explanation =
      explain({"evt.type = open and proc.name = x and proc.cmdline = y"});
  ASSERT_EQ(explanation.comparisons.size(), 3U);
  EXPECT_EQ(explanation.comparisons[1].known_as, "process name");
  EXPECT_EQ(explanation.comparisons[2].known_as, "");
}

TEST(FilterExplanation, GroupsEventsThatAreAlikeToTheRule) {
  EXPECT_EQ(passages_of(explain({"(evt.type in (open, openat) and evt.rawres >= 0 and fd.name "
                                 "startswith /etc/) or (evt.type = bpf and evt.arg.cmd = 5)"})),
            "open,openat: [success; path is /etc/*]\n"
            "bpf: [] ?4");
}

TEST(FilterExplanation, UnknownComparisonsStandBesideWhatIsAskedFor) {
  EXPECT_EQ(passages_of(explain({"evt.type = open and proc.name = x and proc.cmdline = y"})),
            "open: [process name is x] ?2");
}

TEST(FilterExplanation, AClauseForEachAlternative) {
  EXPECT_EQ(passages_of(explain({"evt.type = open and (proc.name = x or fd.name = /y)"})),
            "open: [process name is x] [path is /y]");
}

TEST(FilterExplanation, NothingPassesForWhatCannotHold) {
  EXPECT_EQ(passages_of(explain({"evt.type = open and evt.dir = > and proc.cmdline = x"})),
            "open:");
}

TEST(FilterExplanation, ProcessesAreKeptByEventsThatAlwaysPass) {
  const FilterExplanation explanation =
      explain({"evt.type in (execve, procexit) and proc.name = x"});
  ASSERT_EQ(explanation.passages.size(), 1U);
  EXPECT_EQ(explanation.passages[0].cause, FilterExplanation::Cause::kProcesses);
  EXPECT_TRUE(explanation.passages[0].passes_all());
}

TEST(FilterExplanation, StateOfAnotherRuleLetsAllPass) {
  const std::string condition = "evt.type = connect and proc.name = x";
  const FilterExplanation alone = explain({condition});
  ASSERT_EQ(alone.passages.size(), 1U);
  EXPECT_EQ(alone.passages[0].cause, FilterExplanation::Cause::kRule);
  EXPECT_FALSE(alone.passages[0].passes_all());
  const FilterExplanation both =
      explain({condition, "evt.type = connect and fd.name_changed = true"});
  ASSERT_EQ(both.passages.size(), 1U);
  EXPECT_EQ(both.passages[0].cause, FilterExplanation::Cause::kState);
  EXPECT_TRUE(both.passages[0].passes_all());
  EXPECT_EQ(passages_of(both), "connect: [process name is x]");
}

TEST(FilterExplanation, EventsThatCannotHappenHereAreLeftOut) {
  const FilterExplanation explanation = explain({"proc.name = x"});
  for (const Passage& passage : explanation.passages) {
    for (size_t code = 0; code < EventCatalog::builtin().size(); ++code) {
      const EventDef& def = EventCatalog::builtin().def(static_cast<EventCode>(code));
      EXPECT_FALSE(passage.events.test(code) && (def.flags & kEventForeign) != 0) << def.name;
    }
  }
  EXPECT_GT(explanation.passages.front().events.count(), 300U);
}

TEST(FilterExplanation, NarrowerIsASmallerShare) {
  const auto share = [](const std::string& condition) {
    return explain({condition}).passages.front().share;
  };
  const std::string opens = "evt.type = open";
  EXPECT_EQ(share(opens), 1);
  EXPECT_LT(share(opens + " and evt.rawres < 0"), share(opens + " and evt.rawres >= 0"));
  EXPECT_LT(share(opens + " and evt.is_open_write = true"),
            share(opens + " and evt.is_open_read = true"));
  EXPECT_LT(share(opens + " and fd.name = /x"), share(opens + " and fd.name != /x"));
  EXPECT_LT(share(opens + " and fd.name = /x and proc.name = y"),
            share(opens + " and fd.name = /x"));
  EXPECT_LT(share(opens + " and fd.name = /x"),
            share(opens + " and (fd.name = /x or proc.name = y)"));
  EXPECT_LT(share(opens + " and fd.typechar = d"), share(opens + " and fd.typechar = f"));
}

TEST(FilterExplanation, IsMadeOnlyWhenAskedFor) {
  const LoadResult loaded = load_rules(
      {std::make_shared<const SourceText>("a.yaml",
                                          "- {rule: r, desc: d, condition: evt.type = open, "
                                          "output: o, priority: INFO}\n")},
      {});
  EXPECT_NE(loaded.rules, nullptr);
  EXPECT_EQ(loaded.description, nullptr);
}

}  // namespace
}  // namespace saker::filter
