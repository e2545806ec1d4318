// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/event_analysis.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "engine/event_catalog.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

const EventCatalog& catalog() { return EventCatalog::builtin(); }

EventSet only(std::initializer_list<std::string_view> names) {
  EventSet set;
  for (const std::string_view name : names) {
    set |= catalog().find(name);
  }
  return set;
}

EventSet except(std::initializer_list<std::string_view> names) {
  return catalog().all() & ~only(names);
}

struct Row {
  std::string_view condition;
  EventSet events;
};

TEST(EventAnalysis, FindsTheEventsOfACondition) {
  const EventSet all = catalog().all();
  const EventSet none;
  const Row rows[] = {
      {"evt.type = open", only({"open"})},
      {"evt.type in (open, close)", only({"open", "close"})},
      {"evt.type != open", except({"open"})},
      {"not evt.type in (open, close)", except({"open", "close"})},
      {"evt.type = open and proc.name = x", only({"open"})},
      {"evt.type = open or proc.name = x", all},
      {"not (evt.type = open and proc.name = x)", all},
      {"not (evt.type = open or proc.name = x)", except({"open"})},
      {"evt.type = open and not evt.type = open", none},
      {"evt.type exists", all},
      {"not evt.type exists", none},
      {"evt.type in ()", none},
      {"syscall.type != open", except({"open"})},
      {"not syscall.type != open", all},  // holds where there is no syscall.type
      {"evt.type = anyof (open, close)", only({"open", "close"})},
      {"not evt.type = anyof (open, close)", except({"open", "close"})},
      {"evt.type = oneof (open, close)", only({"open", "close"})},
      {"evt.type != allof (open, close)", except({"open", "close"})},
      {"evt.type glob open*", all},
      {"evt.num = 0", none},
      {"not evt.num = 0", all},
      {"evt.num >= 0", all},
      {"not evt.num >= 1", none},
      {"not evt.num >= 2", all},
      {"evt.num < 2", all},
      {"evt.num in (0)", none},
      {"evt.num in (0, 1)", all},
      {"evt.num = -1", all},  // not understood
      {"evt.type = open or evt.num = 0", only({"open"})},
      {"a_macro", all},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(possible_events(*test::must_parse(row.condition), catalog()), row.events)
        << row.condition;
  }
}

}  // namespace
}  // namespace saker::lang
