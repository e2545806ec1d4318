// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/plan.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

// The plan for open events of conditions over some fields of the product and t.a, t.b and t.n.
class Planned {
 public:
  explicit Planned(const std::vector<std::string>& conditions) {
    for (const std::string_view text : {"t.a", "t.b", "fd.typechar", "container.id", "evt.type"}) {
      fields_.declare(text, FieldType::kCharBuf);
    }
    fields_.declare("evt.is_open_write", FieldType::kBool);
    fields_.declare("t.n", FieldType::kUint64);
    std::vector<Finding> findings;
    Compiler compiler(fields_.catalog(), EventCatalog::builtin());
    for (const std::string& condition : conditions) {
      EXPECT_TRUE(compiler.add(*test::must_parse(condition), findings))
          << condition << test::to_text(findings);
    }
    program_ = std::move(compiler).finish();
    std::vector<uint32_t> numbers(conditions.size());
    std::iota(numbers.begin(), numbers.end(), 0U);
    const auto open = EventCatalog::builtin().find("open")._Find_first();
    plan_ = make_plan(program_, numbers, static_cast<EventCode>(open));
  }

  // "guard: conditions tried; fields looked up", of each group, those inside another one indented.
  [[nodiscard]] std::vector<std::string> groups() const {
    std::vector<std::string> texts;
    std::vector<uint32_t> ends;
    for (uint32_t i = 0; i < plan_.groups.size(); ++i) {
      const Plan::Group& group = plan_.groups[i];
      while (!ends.empty() && ends.back() <= i) {
        ends.pop_back();
      }
      std::string text(ends.size(), ' ');
      ends.push_back(group.end);
      if (group.guard) {
        text += (group.guard->holds ? "" : "not ") + std::to_string(group.guard->predicate);
      }
      text += ":";
      for (const uint32_t condition : group.always) {
        text += " " + std::to_string(condition);
      }
      text += ";";
      for (const Plan::Lookup& lookup : group.lookups) {
        text += " " + std::string(program_.operands()[lookup.operand]->field()->name);
      }
      texts.push_back(std::move(text));
    }
    return texts;
  }

 private:
  test::MockFields fields_;
  Program program_;
  Plan plan_;
};

using Groups = std::vector<std::string>;

TEST(Plan, AsksOnceWhatManyConditionsRequire) {
  const Planned planned({"evt.is_open_write = true and t.a = x",
                         "evt.is_open_write = true and t.b in (y, z)", "t.b endswith .ssh/known"});
  // Predicates are numbered as they come: 0 is evt.is_open_write = true.
  EXPECT_EQ(planned.groups(), (Groups{":; t.b", " 0:; t.a t.b"}));
}

TEST(Plan, PutsGroupsIntoGroups) {
  const Planned planned({"evt.is_open_write = true and t.a = x",
                         "evt.is_open_write = true and container.id != host and t.b exists",
                         "evt.is_open_write = true and container.id != host and t.n > 3"});
  EXPECT_EQ(planned.groups(), (Groups{":;", " 0:; t.a", "  2: 1 2;"}));
}

TEST(Plan, HasNoGuardForWhatNearlyAllEventsHave) {
  EXPECT_EQ(Planned({"fd.typechar = f and t.a = x", "fd.typechar = f and t.b = y"}).groups(),
            (Groups{":; t.a t.b"}));
}

TEST(Plan, GuardsASlowConditionByTheFastestOfItsRareTests) {
  EXPECT_EQ(Planned({"t.a exists and t.b regex '.*(a|b)' and tolower(t.a) = x"}).groups(),
            (Groups{":;", " 2: 0;"}));
}

TEST(Plan, LooksUpTheRarerOfTwoAnchors) {
  EXPECT_EQ(Planned({"t.a startswith / and t.b = /etc/shadow"}).groups(), (Groups{":; t.b"}));
}

TEST(Plan, LooksForTextsInsideAValueWhenManyDo) {
  EXPECT_EQ(Planned({"t.a contains .ssh/"}).groups(), (Groups{":;", " 0: 0;"}));
  EXPECT_EQ(Planned({"t.a contains .ssh/", "t.a icontains token", "t.a regex '.*(key|pass)word.*'",
                     "t.a contains a"})
                .groups(),
            (Groups{": 3; t.a"}));
}

TEST(Plan, LooksUpNumbersThatAreNotCommon) {
  EXPECT_EQ(Planned({"t.n in (22, 443)", "t.n = 8080"}).groups(), (Groups{":; t.n"}));
  EXPECT_EQ(Planned({"t.n in (22, 0)"}).groups(), (Groups{":;", " 0: 0;"}));
}

TEST(Plan, LeavesOutWhatNeverHoldsForTheEvent) {
  EXPECT_EQ(Planned({"evt.type = close and t.a = x", "evt.type = open and t.a in ()",
                     "evt.type = open and t.b = y"})
                .groups(),
            (Groups{":; t.b"}));
}

TEST(Plan, IsBoundedInItsNumberOfGroups) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 500; ++i) {
    conditions.push_back("t.a contains " + std::to_string(i) + " and t.b contains " +
                         std::to_string(i));
  }
  EXPECT_LE(Planned(conditions).groups().size(), 32U);
}

}  // namespace
}  // namespace saker::lang
