// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/acting_check.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/filter/condition_builder.h"
#include "engine/filter/decisions.h"
#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

using Names = std::vector<std::string_view>;

// More events without a hook than this: the condition is not limited to kinds of events at all.
constexpr size_t kMaxNamed = 8;
// A kill is not asked about when that many calls return.
constexpr size_t kMaxReturns = 100;

constexpr std::string_view kEventsHint =
    "name events that hooks decide about: `saker list hooks` has them";

bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// "a, b and c".
std::string list_of(std::span<const std::string_view> names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + std::string(names[i]);
  }
  return text;
}

std::string demand_for(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "evt.type in (" : ", ") + std::string(name);
  }
  return text + ")";
}

// NOLINTNEXTLINE(misc-no-recursion): the parser limits how deep a condition may be
void collect(const lang::Expr& expr, std::vector<const lang::Expr*>& comparisons) {
  const auto visit_all = [&comparisons](const std::vector<lang::ExprPtr>& children) {
    for (const lang::ExprPtr& child : children) {
      collect(*child, comparisons);
    }
  };
  if (const auto* all = std::get_if<lang::And>(&expr.node)) {
    visit_all(all->children);
  } else if (const auto* any = std::get_if<lang::Or>(&expr.node)) {
    visit_all(any->children);
  } else if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
    collect(*negation->child, comparisons);
  } else {
    comparisons.push_back(&expr);
  }
}

// What can be asked for instead of a field that is not known, the best first.
struct Replacement {
  std::string_view field;  // or how its name begins
  std::string_view known;
  std::string_view text;
  bool is_always_known = false;
};
constexpr Replacement kReplacements[] = {
    {"fd.nameraw", "fd.name", "fd.name, the path that the kernel works on"},
    {"fd.directory", "fd.name", "fd.name startswith DIRECTORY/"},
    {"fd.filename", "fd.name", "fd.name endswith /NAME"},
    {"fd.name", "proc.exepath", "proc.exepath"},
    {"fd.name", "fs.path.name", "fs.path.name"},
    {"fd.name", "fs.path.source", "fs.path.source"},
    {"fd.name", "fs.path.target", "fs.path.target"},
    {"fd.name", "fd.rip", "fd.rip and fd.rport"},
    {"fd.name", "fd.lip", "fd.lip and fd.lport"},
    {"fd.ip", "fd.rip", "fd.rip"},
    {"fd.ip", "fd.lip", "fd.lip"},
    {"fd.net", "fd.rnet", "fd.rnet"},
    {"fd.net", "fd.lnet", "fd.lnet"},
    {"fd.port", "fd.rport", "fd.rport"},
    {"fd.port", "fd.lport", "fd.lport"},
    {"fd.l4proto", "fd.typechar", "fd.typechar"},
    {"fs.path.", "fs.path.name", "fs.path.name"},
    {"fs.path.name", "fs.path.source", "fs.path.source"},
    {"proc.", "proc.exepath", "proc.exepath, proc.name or proc.pname", true},
    {"user.", "user.uid", "user.uid", true},
    {"container.", "container.id", "container.id = host, or != host", true},
    {"k8s.", "container.id", "container.id != host", true},
};

Names fields_at(const Call& call) {
  Names names;
  if (call.hook != nullptr) {
    std::ranges::transform(call.hook->fields, std::back_inserter(names), &HookField::name);
  }
  std::ranges::copy(fields_of_all_hooks(), std::back_inserter(names));
  return names;
}

// Of two paths only the first is searched for texts, and the executable is not.
std::string_view forms_at(const KernelField& def, std::string_view field, const Call& call) {
  constexpr std::string_view kUnsearched = "=, !=, in, startswith, and pmatch without wildcards";
  const auto dimension = call.hook != nullptr ? call.hook->dimension_of(field) : std::nullopt;
  const bool is_unsearched =
      dimension == EV_DIM_TARGET || (def.name == "proc.exepath" && dimension != EV_DIM_PATH);
  return is_unsearched ? kUnsearched : def.exact_forms;
}

std::string hint_for(std::string_view field, const Call& call) {
  const Names known = fields_at(call);
  const KernelField* const def =
      find_kernel_field(field.starts_with("evt.arg.") ? std::string_view("evt.arg") : field);
  if (call.hook == nullptr && def != nullptr && def->exact_forms == kAllForms) {
    return "the arguments of this call do not tell";
  }
  const bool is_known = call.hook == nullptr || is_among(known, field);
  if (is_known && def != nullptr && !def->exact_forms.empty()) {
    return "exact are: " + std::string(forms_at(*def, field, call));
  }
  for (const Replacement& replacement : kReplacements) {
    const bool is_there =
        replacement.is_always_known ||
        (call.hook != nullptr && call.hook->dimension_of(replacement.known).has_value());
    if (is_there && field.starts_with(replacement.field) && field != replacement.known) {
      return "ask for " + std::string(replacement.text);
    }
  }
  return "known there: " + list_of(known);
}

bool holds_for_regular_files(const Box& clause) {
  constexpr uint32_t kRegular = 8;
  const ClassSet* formats = clause.side(EV_DIM_FILE_KIND);
  return formats == nullptr || formats->contains(kRegular);
}

}  // namespace

ActingCheck::ActingCheck(const FieldCatalog& fields, const EventCatalog& events,
                         const lang::Expr& condition, const lang::ConditionInfo& info)
    : events_(events), condition_(condition), info_(info) {
  built_ = ConditionBuilder(fields, events, vocabulary_).build(condition, info, Purpose::kActing);
  vocabulary_.finish();
  collect(condition, comparisons_);
}

std::vector<lang::Finding> ActingCheck::run(Means means) {
  check_events(means);
  if (!findings_.empty()) {
    return std::move(findings_);
  }
  if (means == Means::kHooks) {
    for (const EnforcementHook& hook : enforcement_hooks()) {
      check_hook(hook);
    }
    return std::move(findings_);
  }
  for (size_t code = 0; code < events_.size(); ++code) {
    const EventDef& def = events_.def(static_cast<EventCode>(code));
    if (info_.events.test(code) && def.syscall_nr >= 0) {
      check_return(def);
    }
  }
  return std::move(findings_);
}

void ActingCheck::report(const lang::Expr& place, std::string message, std::string_view hint) {
  lang::Finding finding;
  finding.code = code::kCannotEnforce;
  finding.message = std::move(message);
  finding.hint = hint;
  finding.span = place.span;
  finding.origin = place.origin;
  findings_.push_back(std::move(finding));
}

const lang::Expr& ActingCheck::place_of_events() const {
  const auto found = std::ranges::find_if(comparisons_, [](const lang::Expr* expr) {
    const auto* comparison = std::get_if<lang::Comparison>(&expr->node);
    const std::string field = comparison != nullptr ? lang::to_text(comparison->lhs) : "";
    return field == "evt.type" || field == "syscall.type";
  });
  return found != comparisons_.end() ? **found : condition_;
}

bool ActingCheck::is_decided(const EventDef& def, Means means) const {
  if (means == Means::kReturn) {
    return def.syscall_nr >= 0 && (def.flags & kEventOfHook) == 0;
  }
  return std::ranges::any_of(enforcement_hooks(), [&](const EnforcementHook& hook) {
    return is_among(hook.events, def.name) || (is_among(hook.also, def.name) && is_about_all(hook));
  });
}

void ActingCheck::check_events(Means means) {
  Names unknown;
  for (size_t code = 0; code < events_.size(); ++code) {
    const EventDef& def = events_.def(static_cast<EventCode>(code));
    const bool can_happen = (def.flags & kEventForeign) == 0;
    if (info_.events.test(code) && can_happen && !is_decided(def, means)) {
      unknown.push_back(def.name);
    }
  }
  if (unknown.size() > kMaxNamed ||
      (means == Means::kReturn && info_.events.count() > kMaxReturns)) {
    report(condition_, "the condition is not limited to operations that the kernel decides about",
           kEventsHint);
    return;
  }
  for (const EnforcementHook& hook : enforcement_hooks()) {
    Names joined;
    std::ranges::copy_if(unknown, std::back_inserter(joined),
                         [&hook](std::string_view name) { return is_among(hook.also, name); });
    if (!joined.empty()) {
      std::erase_if(unknown, [&](std::string_view name) { return is_among(joined, name); });
      report(place_of_events(),
             "hook " + std::string(hook.name) + " decides about " + list_of(joined) +
                 " together with " + list_of(hook.events),
             "name these, too: " + demand_for(hook.events));
    }
  }
  if (!unknown.empty()) {
    report(place_of_events(), "no hook decides about " + list_of(unknown), kEventsHint);
  }
}

bool ActingCheck::is_about_all(const EnforcementHook& hook) const {
  return std::ranges::all_of(hook.events, [this](std::string_view name) {
    const EventSet codes = events_.find(name);
    return (codes & info_.events) == codes;
  });
}

std::optional<std::vector<Box>> ActingCheck::clauses_at(const Call& call,
                                                        const std::string& where) {
  ExactClauses exact = exact_clauses_of(built_, call, vocabulary_);
  for (const Condition& comparison : exact.unknown) {
    report_unknown(comparison, call, where);
  }
  if (exact.unknown.empty() && exact.is_too_large) {
    report(condition_, "the condition has too many alternatives " + where,
           "write lists where it has alternatives of one field");
  }
  return exact.is_exact() ? std::optional(std::move(exact.boxes)) : std::nullopt;
}

void ActingCheck::report_unknown(const Condition& comparison, const Call& call,
                                 const std::string& where) {
  if (!reported_.insert(comparison.place).second) {
    return;
  }
  const lang::Expr& place = *comparisons_[comparison.place];
  const auto& node = std::get<lang::Comparison>(place.node);
  const std::string field = lang::to_text(node.lhs);
  report(place, quoted(field + " " + node.op) + " cannot be decided " + where,
         hint_for(field, call));
}

void ActingCheck::check_hook(const EnforcementHook& hook) {
  if (!hook.sees_any(info_.events, events_)) {
    return;
  }
  const std::string where = "at hook " + std::string(hook.name);
  std::optional<std::vector<Box>> of_first;
  Names holding;
  bool is_alike = true;
  const auto check_event = [&](std::string_view name, bool may_be_left_out) {
    const EventDef& def = events_.def(static_cast<EventCode>(events_.find(name)._Find_first()));
    if ((def.flags & kEventForeign) != 0) {
      return true;
    }
    const auto clauses = clauses_at(call_of(def, hook), where);
    if (!clauses) {
      return false;
    }
    if (!clauses->empty()) {
      holding.push_back(def.name);
    }
    of_first = of_first ? of_first : clauses;
    is_alike = is_alike && (*clauses == *of_first || (may_be_left_out && clauses->empty()));
    return true;
  };
  const bool is_exact =
      std::ranges::all_of(hook.events, [&](auto name) { return check_event(name, false); }) &&
      std::ranges::all_of(hook.also, [&](auto name) { return check_event(name, true); });
  if (!is_exact || !of_first) {
    return;
  }
  if (!is_alike) {
    report(place_of_events(),
           "hook " + std::string(hook.name) + " cannot tell " + list_of(hook.events) +
               " apart, and the condition does: it is about " + list_of(holding),
           "ask the same of all: " + demand_for(hook.events));
  } else {
    check_limit(hook);
    check_regular_files(hook, *of_first);
  }
}

void ActingCheck::check_limit(const EnforcementHook& hook) {
  if (hook.limit == nullptr) {
    return;
  }
  const EventSet codes = events_.find(hook.events.front());
  Call unseen = call_of(events_.def(static_cast<EventCode>(codes._Find_first())), hook);
  unseen.is_unseen = true;
  const ExactClauses exact = exact_clauses_of(built_, unseen, vocabulary_);
  if (!exact.is_exact() || !exact.boxes.empty()) {
    report(place_of_events(),
           "hook " + std::string(hook.name) + " sees " + std::string(hook.limit->seen) + " only",
           "ask for them: " + std::string(hook.limit->demand));
  }
}

void ActingCheck::check_regular_files(const EnforcementHook& hook,
                                      const std::vector<Box>& clauses) {
  if (hook.regular_files == RegularFiles::kNotTold &&
      std::ranges::any_of(clauses, holds_for_regular_files)) {
    report(place_of_events(),
           "hook " + std::string(hook.name) +
               " cannot tell a regular file that is made from one that an open creates",
           "leave them out: not evt.arg.mode contains S_IFREG");
  }
}

void ActingCheck::check_return(const EventDef& def) {
  Call call = call_of(def);
  call.has_succeeded = true;
  clauses_at(call, "when " + std::string(def.name) + " has returned");
}

}  // namespace saker::filter
