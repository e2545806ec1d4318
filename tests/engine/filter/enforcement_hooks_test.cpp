// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/enforcement_hooks.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

TEST(EnforcementHooks, EachHookHasItsRow) {
  std::set<std::string_view> names;
  for (const EnforcementHook& hook : enforcement_hooks()) {
    EXPECT_TRUE(names.insert(hook.name).second) << hook.name;
    EXPECT_FALSE(hook.doc.empty()) << hook.name;
  }
  EXPECT_EQ(names.size(), EV_HOOKS);
}

TEST(EnforcementHooks, EventsAreInTheCatalogue) {
  const EventCatalog& events = EventCatalog::builtin();
  for (const EnforcementHook& hook : enforcement_hooks()) {
    std::set<std::string_view> names;
    for (const auto& list : {hook.events, hook.also}) {
      for (const std::string_view name : list) {
        EXPECT_EQ(events.find(name).count(), 1U) << hook.name << ": " << name;
        EXPECT_TRUE(names.insert(name).second) << hook.name << ": " << name << " stands twice";
      }
    }
  }
}

// The record of a decision has the number of this call, when the operation came another way.
TEST(EnforcementHooks, AreNamedForACallThatExistsHere) {
  const EventCatalog& events = EventCatalog::builtin();
  for (const EnforcementHook& hook : enforcement_hooks()) {
    if (!hook.events.empty()) {
      const auto code = static_cast<EventCode>(events.find(hook.events.front())._Find_first());
      EXPECT_GE(events.def(code).syscall_nr, 0) << hook.name;
    }
  }
}

// Fields that a hook answers are fields, and the filter has a row for them.
TEST(EnforcementHooks, FieldsAreKnown) {
  const auto check = [](std::string_view name) {
    const std::string_view row = name.starts_with("evt.arg.") ? std::string_view("evt.arg") : name;
    EXPECT_NE(find_kernel_field(row), nullptr) << name;
    EXPECT_NE(FieldCatalog::builtin().find(row), nullptr) << name;
  };
  for (const EnforcementHook& hook : enforcement_hooks()) {
    for (const HookField& field : hook.fields) {
      check(field.name);
    }
    if (hook.limit != nullptr) {
      check(hook.limit->field);
    }
  }
  for (const std::string_view name : fields_of_all_hooks()) {
    check(name);
  }
}

}  // namespace
}  // namespace saker::filter
