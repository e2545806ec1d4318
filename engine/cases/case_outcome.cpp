// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_outcome.h"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include "engine/base/priority.h"

namespace saker {
namespace {

using Value = CaseDifference::Value;

constexpr std::array<std::string_view, 4> kKinds{"missing", "unexpected", "differs", "unasked"};

struct ScalarText {
  std::string operator()(std::monostate /*missing*/) const { return "<NA>"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return value; }
  // Lists hold scalars.
  std::string operator()(const OutputList& /*value*/) const { return "(...)"; }
  template <typename Number>
  std::string operator()(Number value) const {
    return std::to_string(value);
  }
};

std::vector<Value> values_that_differ(const CaseAlert& expected, const Alert& alert) {
  std::vector<Value> values;
  const auto compare = [&](const std::string& name, const std::string& wanted,
                           const std::string& got) {
    if (wanted != got) {
      values.push_back({name, wanted, got});
    }
  };
  for (const auto& [name, value] : expected.fields) {
    const OutputValue* got = find_field(alert, name.value);
    compare(name.value, value.value, got == nullptr ? "(not in the output)" : text_of(*got));
  }
  if (expected.priority && parse_priority(expected.priority->value) != alert.priority) {
    compare("priority", expected.priority->value, std::string(to_string(alert.priority)));
  }
  if (expected.output) {
    compare("output", expected.output->value, alert.message);
  }
  return values;
}

bool is_as_expected(const CaseAlert& expected, const Alert& alert) {
  return expected.rule.value == alert.rule && values_that_differ(expected, alert).empty();
}

// Which alert is which expected one: the index of the alert, or nothing.
struct Pairing {
  std::vector<std::optional<size_t>> alert_of;  // by expected
  std::vector<bool> is_taken;                   // by alert
};

// Those that are as expected and in the order.
Pairing pair_equal(const std::vector<CaseAlert>& expected, const std::vector<CameAlert>& alerts) {
  Pairing pairing{std::vector<std::optional<size_t>>(expected.size()),
                  std::vector<bool>(alerts.size(), false)};
  size_t next = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto found = std::find_if(
        alerts.begin() + static_cast<std::ptrdiff_t>(next), alerts.end(),
        [&](const CameAlert& came) { return is_as_expected(expected[i], *came.alert); });
    if (found != alerts.end()) {
      next = static_cast<size_t>(found - alerts.begin());
      pairing.alert_of[i] = next;
      pairing.is_taken[next++] = true;
    }
  }
  return pairing;
}

CaseDifference unexpected(const Case& test_case, const CameAlert& came) {
  CaseDifference difference;
  difference.kind = CaseDifference::Kind::kUnexpected;
  difference.rule = came.alert->rule;
  difference.span = test_case.span;
  difference.event = came.event;
  for (const auto& [name, value] : came.alert->fields) {
    difference.values.push_back({name, "", text_of(value)});
  }
  return difference;
}

}  // namespace

std::string_view to_string(CaseDifference::Kind kind) noexcept {
  return kKinds[static_cast<size_t>(kind)];
}

std::string text_of(const OutputValue& value) {
  const auto* list = std::get_if<OutputList>(&value.value);
  if (list == nullptr) {
    return std::visit(ScalarText(), value.value);
  }
  std::string text = "(";
  for (const OutputValue& item : *list) {
    text += (text.size() > 1 ? "," : "") + std::visit(ScalarText(), item.value);
  }
  return text + ')';
}

std::vector<CaseDifference> compare_alerts(const Case& test_case,
                                           const std::vector<CameAlert>& alerts) {
  std::vector<CaseDifference> differences;
  Pairing pairing = pair_equal(test_case.alerts, alerts);
  for (size_t i = 0; i < test_case.alerts.size(); ++i) {
    if (pairing.alert_of[i]) {
      continue;
    }
    const CaseAlert& expected = test_case.alerts[i];
    CaseDifference difference;
    difference.rule = expected.rule.value;
    difference.span = expected.rule.span;
    for (size_t k = 0; k < alerts.size(); ++k) {
      if (!pairing.is_taken[k] && alerts[k].alert->rule == expected.rule.value) {
        pairing.is_taken[k] = true;
        difference.kind = CaseDifference::Kind::kDiffers;
        difference.values = values_that_differ(expected, *alerts[k].alert);
        difference.event = alerts[k].event;
        break;
      }
    }
    differences.push_back(std::move(difference));
  }
  for (size_t k = 0; k < alerts.size(); ++k) {
    if (!pairing.is_taken[k]) {
      differences.push_back(unexpected(test_case, alerts[k]));
    }
  }
  return differences;
}

}  // namespace saker
