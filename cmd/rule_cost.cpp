// SPDX-License-Identifier: Apache-2.0
#include "cmd/rule_cost.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "cmd/filter_text.h"
#include "cmd/rule_tree.h"
#include "engine/fields/catalog.h"
#include "engine/filter/filter_explanation.h"
#include "engine/lang/cheaper.h"

namespace saker {
namespace {

using filter::FilterExplanation;
using Passage = FilterExplanation::Passage;

// How many of a busy host's system calls are of a kind. All others together are about a tenth.
struct Frequency {
  std::string_view event;
  double share;
};
constexpr Frequency kFrequencies[] = {
    {"read", 0.18},         {"write", 0.10},
    {"futex", 0.08},        {"close", 0.07},
    {"openat", 0.06},       {"epoll_wait", 0.05},
    {"recvmsg", 0.03},      {"recvfrom", 0.03},
    {"sendmsg", 0.02},      {"sendto", 0.02},
    {"fstat", 0.04},        {"newfstatat", 0.03},
    {"stat", 0.01},         {"mmap", 0.04},
    {"mprotect", 0.015},    {"munmap", 0.015},
    {"brk", 0.01},          {"lseek", 0.02},
    {"pread", 0.01},        {"poll", 0.02},
    {"ppoll", 0.01},        {"clock_nanosleep", 0.01},
    {"rt_sigaction", 0.02}, {"rt_sigprocmask", 0.02},
    {"ioctl", 0.02},        {"fcntl", 0.02},
    {"access", 0.01},       {"getdents64", 0.01},
    {"readlink", 0.01},     {"open", 0.005},
    {"socket", 0.003},      {"connect", 0.003},
    {"clone", 0.002},       {"execve", 0.002},
};
constexpr double kRare = 0.0003;

double frequency_of(std::string_view event) {
  const auto* found = std::ranges::find(kFrequencies, event, &Frequency::event);
  return found != std::end(kFrequencies) ? found->share : kRare;
}

double frequency_of(const EventSet& events) {
  const EventCatalog& catalog = EventCatalog::builtin();
  double share = 0;
  for (size_t code = 0; code < catalog.size(); ++code) {
    share += events.test(code) ? frequency_of(catalog.def(static_cast<EventCode>(code)).name) : 0;
  }
  return std::min(share, 1.0);
}

// Whether the kernel may leave out no event because of the rule.
bool needs_every_event(const RuleDescription& rule) {
  const auto is_such = [](const std::string& name) {
    const FieldDef* field = FieldCatalog::builtin().find(name);
    return field != nullptr && (field->flags & kFieldNeedsEveryEvent) != 0;
  };
  return std::ranges::any_of(rule.condition.fields, is_such) ||
         std::ranges::any_of(rule.outcome.output_fields, is_such);
}

// Fields of which the kernel knows nothing, and what is said of the same thing by one that it
// knows.
struct Relative {
  std::string_view field;
  std::string_view known;
};
constexpr Relative kRelatives[] = {
    {"user.name", "user.uid"},
    {"container.name", "container.id"},
    {"container.image", "container.id"},
    {"container.image.repository", "container.id"},
};

// Names of the most frequent kinds first.
std::string events_text(const EventSet& events) {
  constexpr size_t kMaxNames = 4;
  std::vector<std::string> names = event_names(events);
  std::ranges::stable_sort(names, std::greater{},
                           [](const std::string& name) { return frequency_of(name); });
  std::string text;
  for (size_t i = 0; i < std::min(kMaxNames, names.size()); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() <= kMaxNames
             ? text
             : text + " and " + std::to_string(names.size() - kMaxNames) + " more";
}

class CostFinder {
 public:
  CostFinder(const RuleDescription& rule, const RuleSet& rules)
      : rule_(rule), rules_(rules), needs_every_event_(needs_every_event(rule)) {}

  RuleCost find() {
    cost_.rule = rule_.definition.name.value;
    const Passage* worst = nullptr;
    for (const Passage& passage : rule_.filter.passages) {
      cost_.share += share_of(passage);
      cost_.tried_share += tried_share_of(passage);
      if (worst == nullptr || share_of(passage) > share_of(*worst)) {
        worst = &passage;
      }
    }
    if (worst == nullptr) {
      cost_.reason = "no event";
      return std::move(cost_);
    }
    cost_.reason = events_text(worst->events) + ": " +
                   passage_text(*worst, leaf_rows(*rule_.condition.resolved));
    add_event_hint();
    add_wordings(*rule_.condition.resolved, false);
    add_relatives(*worst);
    return std::move(cost_);
  }

 private:
  // Of all events. What reaches user space whatever the rules are does not count.
  [[nodiscard]] double share_of(const Passage& passage) const {
    return passage.cause == FilterExplanation::Cause::kProcesses
               ? 0
               : frequency_of(passage.events) * (needs_every_event_ ? 1 : passage.share);
  }

  [[nodiscard]] double tried_share_of(const Passage& passage) const {
    EventSet tried;
    for (size_t index = 0; index < EventCatalog::builtin().size(); ++index) {
      const auto number = static_cast<uint32_t>(rule_.outcome.number);
      const auto route = passage.events.test(index)
                             ? rules_.index().route_to(number, static_cast<EventCode>(index))
                             : std::nullopt;
      tried.set(index, route && !route->is_looked_up);
    }
    return frequency_of(tried) * passage.share;
  }

  void add_event_hint() {
    if (rule_.condition.events.count() > kManyEvents) {
      cost_.hints.emplace_back("name the kinds of events it is about: evt.type in (...)");
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser limits how deep a condition may be
  void add_wordings(const lang::Expr& expr, bool is_negated) {
    if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
      add_wordings(*negation->child, !is_negated);
    } else if (const auto* all = std::get_if<lang::And>(&expr.node)) {
      for (const lang::ExprPtr& child : all->children) {
        add_wordings(*child, is_negated);
      }
    } else if (const auto* any = std::get_if<lang::Or>(&expr.node)) {
      for (const lang::ExprPtr& child : any->children) {
        add_wordings(*child, is_negated);
      }
    } else {
      add_wording(expr, is_negated);
    }
  }

  void add_wording(const lang::Expr& expr, bool is_negated) {
    const auto& comparison = std::get<lang::Comparison>(expr.node);
    const std::string cheaper = lang::cheaper_form(comparison);
    const std::string narrower = is_negated ? std::string() : lang::narrowing_form(comparison);
    if (!cheaper.empty()) {
      add_hint(cheaper + " says the same as " + lang::to_text(expr));
    } else if (!narrower.empty()) {
      add_hint(narrower + " and " + lang::to_text(expr) + " says the same, and is refused early");
    }
  }

  void add_hint(const std::string& hint) {
    constexpr size_t kMaxHints = 3;
    if (cost_.hints.size() < kMaxHints) {
      cost_.hints.push_back(shown(hint, 2 * kMaxLeafText));
    }
  }

  // Only where all events pass: there any comparison that the kernel can make helps.
  void add_relatives(const Passage& worst) {
    if (!worst.passes_all() || worst.cause != FilterExplanation::Cause::kRule) {
      return;
    }
    const auto names = [this](std::string_view field) {
      return std::ranges::find(rule_.condition.fields, field) != rule_.condition.fields.end();
    };
    for (const Relative& relative : kRelatives) {
      if (names(relative.field) && !names(relative.known)) {
        add_hint("also compare " + std::string(relative.known) + ": the kernel does not know " +
                 std::string(relative.field));
      }
    }
  }

  const RuleDescription& rule_;
  const RuleSet& rules_;
  const bool needs_every_event_;
  RuleCost cost_;
};

// "12.3 %"
std::string percent_text(double share) {
  char text[32];
  std::snprintf(text, sizeof(text), share > 0 && share < 0.0001 ? "<0.01 %%" : "%.2f %%",
                100 * share);
  return text;
}

}  // namespace

std::vector<RuleCost> rule_costs(const RulesDescription& description, const RuleSet& rules) {
  std::vector<RuleCost> costs;
  for (const RuleDescription& rule : description.rules) {
    if (rule.outcome.state == RuleState::kLoaded) {
      costs.push_back(CostFinder(rule, rules).find());
    }
  }
  std::ranges::stable_sort(costs, std::greater{}, [](const RuleCost& cost) {
    return std::tuple(cost.share, cost.tried_share);
  });
  return costs;
}

std::string to_text(const std::vector<RuleCost>& costs) {
  constexpr size_t kMaxName = 100;
  constexpr size_t kWidth = 9;
  std::string out = padded("share", kWidth) + padded("tried", kWidth) + "  rule\n";
  for (const RuleCost& cost : costs) {
    out += padded(percent_text(cost.share), kWidth) +
           padded(percent_text(cost.tried_share), kWidth) + "  " + shown(cost.rule, kMaxName) +
           ": " + cost.reason + '\n';
    for (const std::string& hint : cost.hints) {
      out += std::string(2 * kWidth + 2, ' ') + "hint: " + hint + '\n';
    }
  }
  return out;
}

void write_json(JsonWriter& json, const std::vector<RuleCost>& costs) {
  json.begin_array();
  for (const RuleCost& cost : costs) {
    json.begin_object();
    json.text("rule", cost.rule);
    json.real("share", cost.share);
    json.real("tried_share", cost.tried_share);
    json.text("reason", cost.reason);
    json.texts("hints", cost.hints);
    json.end_object();
  }
  json.end_array();
}

}  // namespace saker
