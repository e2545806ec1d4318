// SPDX-License-Identifier: Apache-2.0
// Arguments: what hooks know of them.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/decisions.h"
#include "engine/filter/kernel_fields.h"
#include "engine/filter/verdict.h"
#include "engine/scratch.h"

namespace saker::filter {
namespace {

using lang::CheckedComparison;

// Where an argument is known by its number, numbers below this have classes of their own: those
// with a name are among them. Of modes, all that there are.
constexpr uint32_t kNamedNumbers = 64;
constexpr uint32_t kModes = 1U << 12U;

uint32_t numbers_of(const KernelComparison& comparison) {
  return comparison.name == "evt.arg.mode" ? kModes : kNamedNumbers;
}

std::string key_of(uint32_t number) { return *number_key(Value::of_uint(number)); }

void add_named_numbers(KernelComparison& comparison, Vocabulary& vocabulary) {
  for (uint32_t number = 0; number < numbers_of(comparison); ++number) {
    vocabulary.keys(EV_CLASS_NUMBER).add(key_of(number));
  }
}

bool is_positive_text_test(const CheckedComparison& comparison) {
  constexpr std::string_view kTests[] = {"contains", "startswith", "endswith"};
  return is_equality(comparison) ||
         (is_any_of(comparison) &&
          std::ranges::find(kTests, comparison.op->name) != std::end(kTests));
}

// Of a text that is a number, in whatever base: no constant with other characters is part of it.
Verdict verdict_on_digits(const CheckedComparison& comparison) {
  const bool all_are_names =
      std::ranges::all_of(comparison.constants, [](const lang::TypedConstant& constant) {
        const Value value = constant.value();
        return value.kind() == Value::Kind::kText &&
               value.as_text().find_first_not_of("0123456789abcdefABCDEFx") !=
                   std::string_view::npos;
      });
  return !all_are_names                      ? Verdict{}
         : is_positive_text_test(comparison) ? Verdict{.may_hold = false, .may_fail = true}
         : is_inequality(comparison)         ? Verdict{.may_hold = true, .may_fail = false}
                                             : Verdict{};
}

// The name that evt.arg shows for a number; empty: it has none.
std::string_view name_of(const ParamDef& param, uint32_t number, Scratch& scratch) {
  return param.type == FieldType::kSigType
             ? signal_name(number)
             : render_flags(param.flags, number, param.type != FieldType::kMode, scratch);
}

Decided by_named_number(const KernelComparison& comparison, const ParamDef& param,
                        const Vocabulary& vocabulary) {
  const KeyDomain& domain = vocabulary.keys(EV_CLASS_NUMBER);
  std::vector<Verdict> verdicts(domain.size(), verdict_on_digits(comparison.checked));
  Scratch scratch;
  for (uint32_t number = 0; number < numbers_of(comparison); ++number) {
    scratch.reset();
    const std::string_view name = name_of(param, number, scratch);
    if (!name.empty()) {
      verdicts[domain.find(key_of(number))] = verdict_on(comparison.checked, Value::of_text(name));
    }
  }
  return decide_each(EV_DIM_NUMBER, domain.size(),
                     [&](uint32_t number) { return verdicts[number]; });
}

// The format of a node that is made. Of its mode, permissions are not known.
Decided by_node_format(const KernelComparison& comparison, const ParamDef& param) {
  const bool asks_for_format =
      comparison.checked.op->name == "contains" && is_any_of(comparison.checked) &&
      std::ranges::all_of(comparison.checked.constants, [](const lang::TypedConstant& constant) {
        const Value value = constant.value();
        return value.kind() == Value::Kind::kText && value.as_text().starts_with("S_IF");
      });
  if (!asks_for_format) {
    return std::nullopt;
  }
  Scratch scratch;
  return decide_each(EV_DIM_FILE_KIND, EV_SMALL_VALUES, [&](uint32_t format) {
    const std::string_view text = render_flags(param.flags, format << 12U, false, scratch);
    return verdict_on(comparison.checked, Value::of_text(text));
  });
}

// What a limit says of the field: one of few values, or a set of flags.
Decided by_limit(const KernelComparison& comparison, const Call& call) {
  const HookLimit& limit = *call.hook->limit;
  const CheckedComparison& checked = comparison.checked;
  const auto is_among = [&limit](const lang::TypedConstant& constant) {
    const Value value = constant.value();
    return value.kind() == Value::Kind::kText &&
           std::ranges::find(limit.values, value.as_text()) != limit.values.end();
  };
  const bool all_among = std::ranges::all_of(checked.constants, is_among);
  if (limit.is_flag) {
    const bool asks_for_flag = checked.op->name == "contains" && all_among && is_any_of(checked);
    return asks_for_flag ? Decided(decide_always({!call.is_unseen, call.is_unseen})) : std::nullopt;
  }
  if (call.is_unseen) {
    return all_among ? Decided(decide_always(verdict_on_no_constant(checked))) : std::nullopt;
  }
  Verdict any{false, false};
  for (const std::string_view value : limit.values) {
    const Verdict one = verdict_on(checked, Value::of_text(value));
    any = {any.may_hold || one.may_hold, any.may_fail || one.may_fail};
  }
  return decide_always(any);
}

Decided by_argument(const KernelComparison& comparison, const Call& call,
                    const Vocabulary& vocabulary) {
  if (call.hook == nullptr) {
    return std::nullopt;
  }
  if (call.hook->limit != nullptr && call.hook->limit->field == comparison.name) {
    return by_limit(comparison, call);
  }
  constexpr std::string_view kPrefix = "evt.arg.";
  const std::optional<ev_dimension> dimension = dimension_at(call, comparison);
  if (!dimension) {
    return std::nullopt;
  }
  const std::string_view name = std::string_view(comparison.name).substr(kPrefix.size());
  const auto param = std::ranges::find(call.def->params, name, &ParamDef::name);
  if (param == call.def->params.end()) {
    return std::nullopt;
  }
  return *dimension == EV_DIM_FILE_KIND ? by_node_format(comparison, *param)
                                        : by_named_number(comparison, *param, vocabulary);
}

constexpr KernelField kFields[] = {
    {"evt.arg", "argument", "=, in and contains with names", add_named_numbers, by_argument, true},
};

}  // namespace

std::span<const KernelField> argument_kernel_fields() noexcept { return kFields; }

}  // namespace saker::filter
