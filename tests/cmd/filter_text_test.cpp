// SPDX-License-Identifier: Apache-2.0
#include "cmd/filter_text.h"

#include <gtest/gtest.h>

#include <string>

namespace saker {
namespace {

using filter::FilterExplanation;
using Passage = FilterExplanation::Passage;

Rows rows_of(size_t count) {
  Rows rows;
  for (size_t i = 0; i < count; ++i) {
    rows.add("a = " + std::to_string(i));
  }
  return rows;
}

EventSet events_of(std::string_view name) { return EventCatalog::builtin().find(name); }

TEST(FilterText, SaysWhichEventsPass) {
  Passage passage{.events = events_of("open"), .clauses = {{"success", "path is /x"}}};
  EXPECT_EQ(passage_text(passage, rows_of(3)), "only when success and path is /x");
  passage.clauses.push_back({"failure"});
  passage.unknown = {2};
  EXPECT_EQ(passage_text(passage, rows_of(3)),
            "only when success and path is /x; or failure; the kernel cannot compare: a = 2");
}

TEST(FilterText, SaysWhyAllPass) {
  Passage passage{.events = events_of("open"), .clauses = {{}}};
  EXPECT_EQ(passage_text(passage, rows_of(3)),
            "every event, because the rule asks for nothing that would refuse one");
  passage.unknown = {0, 2};
  EXPECT_EQ(passage_text(passage, rows_of(3)),
            "every event, because the kernel cannot compare: a = 0, a = 2");
  passage.cause = FilterExplanation::Cause::kState;
  EXPECT_EQ(passage_text(passage, rows_of(3)),
            "every event, because a field of some rule shows what earlier ones did");
  passage.cause = FilterExplanation::Cause::kProcesses;
  EXPECT_EQ(passage_text(passage, rows_of(3)),
            "every event, whatever the rules are: the table of processes is kept by them");
}

TEST(FilterText, SaysWhenNonePasses) { EXPECT_EQ(passage_text({}, rows_of(0)), "no event"); }

TEST(FilterText, SaysWhereTheKernelActs) {
  EXPECT_EQ(acting_text({"bpf", {{}}}), "every operation");
  EXPECT_EQ(acting_text({"bpf", {{"number is 5", "user id is 0"}, {"number is 6"}}}),
            "only when number is 5 and user id is 0; or number is 6");
}

TEST(FilterText, CountsWhatIsTooLong) {
  Passage passage{.events = events_of("open")};
  for (int i = 0; i < 6; ++i) {
    passage.clauses.push_back({"c" + std::to_string(i)});
  }
  passage.unknown = {0, 1, 2, 3, 900};
  EXPECT_EQ(passage_text(passage, rows_of(4)),
            "only when c0; or c1; or c2; or c3; or 2 more; the kernel cannot compare: a = 0, a = "
            "1, a = 2, 2 more");
}

TEST(FilterText, HostileTextsAreHarmless) {
  const Passage passage{.events = events_of("open"),
                        .clauses = {{"path is /\x1b[2J" + std::string(5'000, 'x')}}};
  const std::string text = passage_text(passage, rows_of(0));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.size(), 500U);
}

TEST(FilterText, IsADocumentToo) {
  FilterExplanation explanation;
  explanation.comparisons = {{"success", filter::Extent::kAll},
                             {"path", filter::Extent::kPart},
                             {"", filter::Extent::kNothing}};
  explanation.passages = {
      {.events = events_of("open"), .clauses = {{"success"}, {"path is /x", "y"}}, .unknown = {2}},
      {.events = events_of("execve"),
       .cause = FilterExplanation::Cause::kProcesses,
       .clauses = {{}}}};
  explanation.acts_at = {{"file_open", {{"path is /x"}, {"path is /y"}}}};
  std::string text;
  JsonWriter json(text);
  write_json(json, explanation, rows_of(3));
  EXPECT_EQ(
      text,
      R"({"comparisons":[{"comparison":"a = 0","decided":"wholly","known_as":"success"},)"
      R"({"comparison":"a = 1","decided":"in part","known_as":"path"},)"
      R"({"comparison":"a = 2","decided":"not","known_as":""}],"acts_at":[{"at":"file_open","when":[)"
      R"(["path is /x"],["path is /y"]]}],"reaches_user_space":[)"
      R"({"events":["open"],"every_event":false,"cause":"rule","when":[["success"],)"
      R"(["path is /x","y"]],"unknown":["a = 2"]},{"events":["execve"],"every_event":true,)"
      R"("cause":"processes","when":[[]],"unknown":[]}]})");
}

TEST(FilterText, ReportsWhatDoesNotFitIntoTheTables) {
  KernelFilter filter;
  EXPECT_EQ(overflow_text(filter), "");
  filter.joined_clauses = 3;
  filter.unasked_dimensions = 1;
  EXPECT_EQ(overflow_text(filter),
            "the rules ask for more than the kernel's tables hold, so that more events reach user "
            "space: 3 clauses joined to others, 1 dimensions of system calls not looked at");
}

}  // namespace
}  // namespace saker
