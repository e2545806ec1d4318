// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/filter/decisions.h"
#include "engine/filter/kernel_fields.h"
#include "engine/filter/verdict.h"

namespace saker::filter {
namespace {

constexpr int64_t kMinInt = std::numeric_limits<int64_t>::min();
constexpr int64_t kMaxInt = std::numeric_limits<int64_t>::max();
constexpr uint32_t kSucceeded = 0;

// Fields whose value depends on the kind of event only.
Decided by_event_name(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  return decide_always(verdict_on(comparison.checked, Value::of_text(call.def->name)));
}
template <char Letter>
Decided by_constant(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  const char letter = Letter;
  return decide_always(verdict_on(comparison.checked, Value::of_text({&letter, 1})));
}

// What `verdict(value)` says of success and failure.
template <typename Verdicts>
Decision decide_result(const Call& call, Verdicts verdict) {
  return call.has_succeeded ? decide_always(verdict(kSucceeded))
                            : decide_each(EV_DIM_RESULT, 2, verdict);
}

// Calls that give nothing but success.
bool gives_zero(const EventDef& def) {
  return !def.params.empty() && def.params.front().type == FieldType::kErrno &&
         def.params.front().format == PrintFormat::kDecimal && (def.flags & kEventCreatesFd) == 0;
}

Decided by_result(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  const int64_t most = call.has_succeeded && gives_zero(*call.def) ? 0 : kMaxInt;
  return decide_result(call, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on_range(comparison.checked, 0, most)
                               : verdict_on_range(comparison.checked, kMinInt, -1);
  });
}

Decided by_new_descriptor(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  const bool is_created =
      call.source.fd_arg == EV_ARG_RET && (call.def->flags & kEventCreatesFd) != 0;
  if (!is_created && !dimension_at(call, comparison)) {
    return std::nullopt;
  }
  return decide_result(call, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on_range(comparison.checked, 0, kMaxInt)
                               : verdict_on_range(comparison.checked, -1, -1);
  });
}

Decided by_error_name(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  constexpr std::string_view kSuccess = "SUCCESS";
  return decide_result(call, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on(comparison.checked, Value::of_text(kSuccess))
                               : verdict_on_other(comparison.checked, kSuccess);
  });
}

Decided by_failure(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  return decide_result(call, [&](uint32_t value) {
    return verdict_on(comparison.checked, Value::of_bool(value != kSucceeded));
  });
}

// A yes or no that `verdict(intent)` tells from what a file is opened for.
template <typename Answer>
Decision decide_intent(const KernelComparison& comparison, Answer answer) {
  const Verdict yes = verdict_on(comparison.checked, Value::of_bool(true));
  const Verdict no = verdict_on(comparison.checked, Value::of_bool(false));
  return decide_each(EV_DIM_INTENT, EV_SMALL_VALUES, [&](uint32_t intent) {
    const Verdict is_so = answer(intent);
    return Verdict{(is_so.may_hold && yes.may_hold) || (is_so.may_fail && no.may_hold),
                   (is_so.may_hold && yes.may_fail) || (is_so.may_fail && no.may_fail)};
  });
}

// evt.is_open_read and its like are false for all other calls, openat2 has its flags in memory.
template <uint32_t Access>
Decided by_access(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (call.def->name == "openat2" && call.hook == nullptr) {
    return std::nullopt;
  }
  if (!call.has(call.source.flags_arg) && !dimension_at(call, comparison)) {
    return decide_always(verdict_on(comparison.checked, Value::of_bool(false)));
  }
  return decide_intent(comparison, [](uint32_t intent) {
    const uint32_t access = intent & EV_INTENT_ACCESS;
    const bool is_so = access == Access || access == O_RDWR;
    return Verdict{is_so, !is_so};
  });
}

// Whether something is created is known when the call has returned, and how is in the mode. A hook
// knows both.
template <uint32_t Needed>
Decided by_creation(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (call.hook != nullptr && !dimension_at(call, comparison)) {
    return decide_always(verdict_on(comparison.checked, Value::of_bool(false)));
  }
  if (call.hook == nullptr && !call.has(call.source.flags_arg)) {
    return std::nullopt;
  }
  return decide_intent(comparison, [&call](uint32_t intent) {
    const bool may_be = (intent & Needed) == Needed;
    return Verdict{may_be, call.hook == nullptr || !may_be};
  });
}

Decided by_place(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  constexpr std::string_view kHost = "host";
  return decide_each(EV_DIM_PLACE, 2, [&](uint32_t place) {
    return place == EV_PLACE_HOST ? verdict_on(comparison.checked, Value::of_text(kHost))
                                  : verdict_on_other(comparison.checked, kHost);
  });
}

// Longer ones, and those with a NUL, equal no name.
std::optional<std::string> name_key(const Value& value) {
  const bool can_be_name = value.kind() == Value::Kind::kText &&
                           value.as_text().size() < EV_COMM_SIZE &&
                           value.as_text().find('\0') == std::string_view::npos;
  return can_be_name ? std::optional<std::string>(value.as_text()) : std::nullopt;
}
Value name_value(std::string_view key) { return Value::of_text(key); }

// A yes or no of what is to be executed.
template <uint32_t Trait>
Decided by_trait(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (dimension_at(call, comparison) != EV_DIM_TRAITS) {
    return std::nullopt;
  }
  return decide_each(EV_DIM_TRAITS, kTraitValues, [&](uint32_t traits) {
    return verdict_on(comparison.checked, Value::of_bool((traits & Trait) != 0));
  });
}

constexpr KernelField kFields[] = {
    {"evt.type", "the kind of event", kAllForms, add_nothing, by_event_name},
    {"syscall.type", "the kind of event", kAllForms, add_nothing, by_event_name},
    {"evt.dir", "the kind of event", kAllForms, add_nothing, by_constant<'<'>},
    {"evt.rawres", "success", "whether it succeeded", add_nothing, by_result},
    {"evt.res", "success", "whether it succeeded", add_nothing, by_error_name},
    {"evt.failed", "success", kAllForms, add_nothing, by_failure},
    {"fd.num", "success", "whether it succeeded", add_nothing, by_new_descriptor},
    {"evt.is_open_read", "open flags", kAllForms, add_nothing, by_access<O_RDONLY>},
    {"evt.is_open_write", "open flags", kAllForms, add_nothing, by_access<O_WRONLY>},
    {"evt.is_open_create", "open flags", kAllForms, add_nothing, by_creation<EV_INTENT_CREATE>},
    {"evt.is_open_exec", "open flags and mode", kAllForms, add_nothing,
     by_creation<EV_INTENT_CREATE | EV_INTENT_EXECUTABLE>},
    {"container.id", "host or container", "= and != with host", add_nothing, by_place},
    {"user.uid", "user id", kKeyForms, add_keys<EV_CLASS_USER, number_key>,
     by_key<EV_DIM_USER, EV_CLASS_USER, number_key, number_value>},
    {"proc.name", "process name", kKeyForms, add_keys<EV_CLASS_NAME, name_key>,
     by_key<EV_DIM_NAME, EV_CLASS_NAME, name_key, name_value>},
    {"proc.pname", "name of the parent", kKeyForms, add_keys<EV_CLASS_NAME, name_key>,
     by_key<EV_DIM_PARENT_NAME, EV_CLASS_NAME, name_key, name_value>},
    {"proc.is_exe_from_memfd", "origin of the executable", kAllForms, add_nothing,
     by_trait<EV_TRAIT_MEMFD>, true},
    {"proc.is_exe_upper_layer", "origin of the executable", kAllForms, add_nothing,
     by_trait<EV_TRAIT_UPPER_LAYER>, true},
};

}  // namespace

std::span<const KernelField> event_kernel_fields() noexcept { return kFields; }

const KernelField* find_kernel_field(std::string_view name) noexcept {
  for (const std::span<const KernelField> fields :
       {event_kernel_fields(), path_kernel_fields(), descriptor_kernel_fields(),
        argument_kernel_fields()}) {
    const auto found = std::ranges::find(fields, name, &KernelField::name);
    if (found != fields.end()) {
      return &*found;
    }
  }
  return nullptr;
}

}  // namespace saker::filter
