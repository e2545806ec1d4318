// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/event_analysis.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/lang/checker.h"

namespace saker::lang {
namespace {

// Events for which a condition can hold, and for which it can fail to hold. An event may be in
// both: that depends on more than the event's type.
struct Outcomes {
  EventSet holds;
  EventSet fails;
};

std::vector<std::string_view> constants_of(const RightHandSide& rhs) {
  std::vector<std::string_view> texts;
  for_each_constant(rhs, [&texts](const Constant& constant) { texts.push_back(constant.text); });
  return texts;
}

bool is_equality(std::string_view op) { return op == "=" || op == "=="; }
bool is_list_operator(std::string_view op) { return op == "in" || op == "intersects"; }

class Analysis {
 public:
  explicit Analysis(const EventCatalog& events) : events_(events), all_(events.all()) {}

  Outcomes of(const Expr& expr) const {
    if (const auto* node = std::get_if<And>(&expr.node)) {
      Outcomes result{all_, {}};
      for (const ExprPtr& child : node->children) {
        const Outcomes part = of(*child);
        result.holds &= part.holds;
        result.fails |= part.fails;
      }
      return result;
    }
    if (const auto* node = std::get_if<Or>(&expr.node)) {
      Outcomes result{{}, all_};
      for (const ExprPtr& child : node->children) {
        const Outcomes part = of(*child);
        result.holds |= part.holds;
        result.fails &= part.fails;
      }
      return result;
    }
    if (const auto* node = std::get_if<Not>(&expr.node)) {
      const Outcomes child = of(*node->child);
      return {child.fails, child.holds};
    }
    const auto* node = std::get_if<Comparison>(&expr.node);
    return node != nullptr ? of(*node) : unknown();
  }

 private:
  [[nodiscard]] Outcomes unknown() const { return {all_, all_}; }

  [[nodiscard]] Outcomes of(const Comparison& comparison) const {
    const auto* field = std::get_if<FieldRef>(&comparison.lhs.node);
    if (field == nullptr || std::holds_alternative<Operand>(comparison.rhs.node)) {
      return unknown();
    }
    if (field->name == kEventTypeField || field->name == "syscall.type") {
      return of_type(comparison, field->name == kEventTypeField);
    }
    return field->name == "evt.num" && comparison.modifier == Modifier::kNone
               ? of_number(comparison)
               : unknown();
  }

  [[nodiscard]] Outcomes of_type(const Comparison& comparison, bool is_always_present) const {
    if (comparison.op == "exists") {
      return is_always_present ? Outcomes{all_, {}} : unknown();
    }
    EventSet named;
    for (const std::string_view name : constants_of(comparison.rhs)) {
      named |= events_.find(name);
    }
    const Modifier modifier = comparison.modifier;
    const bool one = modifier == Modifier::kNone;
    if ((one && (is_equality(comparison.op) || is_list_operator(comparison.op))) ||
        (is_equality(comparison.op) && modifier == Modifier::kAnyOf)) {
      return {named, all_ & ~named};
    }
    if (is_equality(comparison.op)) {
      return {named, all_};
    }
    if (comparison.op == "!=" && (one || modifier == Modifier::kAllOf)) {
      // syscall.type is missing for other events, where `!=` fails.
      return {all_ & ~named, is_always_present ? named : all_};
    }
    return unknown();
  }

  // evt.num is 1 or more.
  [[nodiscard]] Outcomes of_number(const Comparison& comparison) const {
    std::vector<uint64_t> numbers;
    for (const std::string_view text : constants_of(comparison.rhs)) {
      uint64_t number = 0;
      const auto [last, status] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (status != std::errc() || last != text.data() + text.size()) {
        return unknown();
      }
      numbers.push_back(number);
    }
    const std::string_view op = comparison.op;
    const auto outcomes = [this](bool can_hold, bool can_fail) {
      return Outcomes{can_hold ? all_ : EventSet(), can_fail ? all_ : EventSet()};
    };
    const auto at_least = [&numbers](uint64_t minimum) {
      return std::any_of(numbers.begin(), numbers.end(),
                         [minimum](uint64_t number) { return number >= minimum; });
    };
    if (is_equality(op) || is_list_operator(op) || op == "<=") {
      return outcomes(at_least(1), true);
    }
    if (op == "<") {
      return outcomes(at_least(2), true);
    }
    if (op == "!=" || op == ">") {
      return outcomes(true, at_least(1));
    }
    return op == ">=" ? outcomes(true, at_least(2)) : unknown();
  }

  const EventCatalog& events_;
  EventSet all_;
};

}  // namespace

EventSet possible_events(const Expr& condition, const EventCatalog& events) {
  return Analysis(events).of(condition).holds;
}

}  // namespace saker::lang
