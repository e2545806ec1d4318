// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/kernel_fields.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/filter/path_needs.h"
#include "engine/filter/verdict.h"

namespace saker::filter {
namespace {

using lang::CheckedComparison;

constexpr int64_t kMinInt = std::numeric_limits<int64_t>::min();
constexpr int64_t kMaxInt = std::numeric_limits<int64_t>::max();
constexpr uint32_t kSucceeded = 0;

void add_nothing(KernelComparison&, Vocabulary&) {}

// What `verdict(value)` says of each of the dimension's values.
template <typename Verdicts>
Decision decide_each(ev_dimension dimension, size_t size, Verdicts verdict) {
  std::vector<uint32_t> may_hold;
  std::vector<uint32_t> may_fail;
  for (uint32_t value = 0; value < size; ++value) {
    const Verdict found = verdict(value);
    if (found.may_hold) {
      may_hold.push_back(value);
    }
    if (found.may_fail) {
      may_fail.push_back(value);
    }
  }
  return {static_cast<Axis>(dimension), ClassSet::of(std::move(may_hold)),
          ClassSet::of(std::move(may_fail))};
}

// One that is the same whatever the event.
Decision decide_always(Verdict verdict) {
  return {EV_DIM_RESULT, verdict.may_hold ? ClassSet::all() : ClassSet::none(),
          verdict.may_fail ? ClassSet::all() : ClassSet::none()};
}

// Fields whose value depends on the kind of event only.
using Decided = std::optional<Decision>;
Decided by_event_name(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  return decide_always(verdict_on(comparison.checked, Value::of_text(call.def->name)));
}
template <char Letter>
Decided by_constant(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  const char letter = Letter;
  return decide_always(verdict_on(comparison.checked, Value::of_text({&letter, 1})));
}

Decided by_result(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  return decide_each(EV_DIM_RESULT, 2, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on_range(comparison.checked, 0, kMaxInt)
                               : verdict_on_range(comparison.checked, kMinInt, -1);
  });
}

Decided by_new_descriptor(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (call.source.fd_arg != EV_ARG_RET || (call.def->flags & kEventCreatesFd) == 0) {
    return std::nullopt;
  }
  return decide_each(EV_DIM_RESULT, 2, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on_range(comparison.checked, 0, kMaxInt)
                               : verdict_on_range(comparison.checked, -1, -1);
  });
}

Decided by_error_name(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  constexpr std::string_view kSuccess = "SUCCESS";
  return decide_each(EV_DIM_RESULT, 2, [&](uint32_t value) {
    return value == kSucceeded ? verdict_on(comparison.checked, Value::of_text(kSuccess))
                               : verdict_on_other(comparison.checked, kSuccess);
  });
}

Decided by_failure(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  return decide_each(EV_DIM_RESULT, 2, [&](uint32_t value) {
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
  if (call.def->name == "openat2") {
    return std::nullopt;
  }
  if (!call.has(call.source.flags_arg)) {
    return decide_always(verdict_on(comparison.checked, Value::of_bool(false)));
  }
  return decide_intent(comparison, [](uint32_t intent) {
    const uint32_t access = intent & EV_INTENT_ACCESS;
    const bool is_so = access == Access || access == O_RDWR;
    return Verdict{is_so, !is_so};
  });
}

// Whether something is created is known when the call has returned, and how is in the mode.
template <uint32_t Needed>
Decided by_creation(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (!call.has(call.source.flags_arg)) {
    return std::nullopt;
  }
  return decide_intent(comparison,
                       [](uint32_t intent) { return Verdict{(intent & Needed) == Needed, true}; });
}

Decided by_place(const KernelComparison& comparison, const Call&, const Vocabulary&) {
  constexpr std::string_view kHost = "host";
  return decide_each(EV_DIM_PLACE, 2, [&](uint32_t place) {
    return place == EV_PLACE_HOST ? verdict_on(comparison.checked, Value::of_text(kHost))
                                  : verdict_on_other(comparison.checked, kHost);
  });
}

// What a descriptor can be by the format in its inode's mode (fields_descriptor.cpp decides).
struct FileKind {
  uint32_t format;  // kOtherFormat: regular files and what has no format at all
  std::string_view type;
  std::string_view letter;
};
constexpr uint32_t kOtherFormat = 0;
constexpr FileKind kFileKinds[] = {
    {S_IFDIR, "directory", "d"},
    {S_IFCHR, "file", "f"},
    {S_IFBLK, "file", "f"},
    {S_IFLNK, "file", "f"},
    {S_IFIFO, "pipe", "p"},
    {S_IFIFO, "file", "f"},
    {S_IFSOCK, "ipv4", "4"},
    {S_IFSOCK, "ipv6", "6"},
    {S_IFSOCK, "unix", "u"},
    {S_IFSOCK, "netlink", "n"},
    {S_IFSOCK, "unsupported", "X"},
    {S_IFSOCK, "file", "f"},
    {kOtherFormat, "file", "f"},
    {kOtherFormat, "memfd", "m"},
    {kOtherFormat, "event", "e"},
    {kOtherFormat, "eventpoll", "l"},
    {kOtherFormat, "signalfd", "s"},
    {kOtherFormat, "timerfd", "t"},
    {kOtherFormat, "inotify", "i"},
    {kOtherFormat, "bpf", "b"},
    {kOtherFormat, "userfaultfd", "u"},
    {kOtherFormat, "io_uring", "r"},
    {kOtherFormat, "pidfd", "P"},
    {kOtherFormat, "unsupported", "X"},
};

template <auto Name>
Decided by_file_kind(const KernelComparison& comparison, const Call& call, const Vocabulary&) {
  if (!call.has(call.source.fd_arg)) {
    return std::nullopt;
  }
  return decide_each(EV_DIM_FILE_KIND, EV_SMALL_VALUES, [&](uint32_t value) {
    const bool is_listed =
        std::ranges::find(kFileKinds, value << 12U, &FileKind::format) != std::end(kFileKinds);
    Verdict any{false, false};
    for (const FileKind& kind : kFileKinds) {
      if (kind.format == (is_listed ? value << 12U : kOtherFormat)) {
        const Verdict one = verdict_on(comparison.checked, Value::of_text(kind.*Name));
        any = {any.may_hold || one.may_hold, any.may_fail || one.may_fail};
      }
    }
    return any;
  });
}

// The constants for which equality decides, as keys of the kernel's table.
template <ev_class_kind Kind, auto KeyOf>
void add_keys(KernelComparison& comparison, Vocabulary& vocabulary) {
  if (!is_equality(comparison.checked) && !is_inequality(comparison.checked)) {
    return;
  }
  for (const lang::TypedConstant& constant : comparison.checked.constants) {
    if (const std::optional<std::string> key = KeyOf(constant.value())) {
      vocabulary.keys(Kind).add(*key);
    }
  }
}

// A comparison for equality tells its own keys from all others; there may be very many of them.
template <ev_dimension Dimension, ev_class_kind Kind, auto KeyOf, auto ValueOf>
Decided by_key(const KernelComparison& comparison, const Call&, const Vocabulary& vocabulary) {
  const CheckedComparison& checked = comparison.checked;
  const KeyDomain& domain = vocabulary.keys(Kind);
  const Verdict other = verdict_on_no_constant(checked);
  std::vector<uint32_t> hold_unlike_other;
  std::vector<uint32_t> fail_unlike_other;
  const auto decide = [&](std::string_view key, uint32_t number) {
    const Verdict verdict = verdict_on(checked, ValueOf(key));
    if (verdict.may_hold != other.may_hold) {
      hold_unlike_other.push_back(number);
    }
    if (verdict.may_fail != other.may_fail) {
      fail_unlike_other.push_back(number);
    }
  };
  if (is_equality(checked) || is_inequality(checked)) {
    for (const lang::TypedConstant& constant : checked.constants) {
      if (const std::optional<std::string> key = KeyOf(constant.value())) {
        decide(*key, domain.find(*key));
      }
    }
  } else {
    for (const auto& [key, number] : domain.keys()) {
      decide(key, number);
    }
  }
  const ClassSet holds = ClassSet::of(std::move(hold_unlike_other));
  const ClassSet fails = ClassSet::of(std::move(fail_unlike_other));
  return Decision{Dimension, other.may_hold ? holds.complement() : holds,
                  other.may_fail ? fails.complement() : fails};
}

// Longer ones equal no name.
std::optional<std::string> name_key(const Value& value) {
  return value.kind() == Value::Kind::kText && value.as_text().size() < EV_COMM_SIZE
             ? std::optional<std::string>(value.as_text())
             : std::nullopt;
}
Value name_value(std::string_view key) { return Value::of_text(key); }

// The number's bytes, as they stand in ev_filter_value.
std::optional<std::string> user_key(const Value& value) {
  if (value.as_uint() > std::numeric_limits<uint32_t>::max()) {
    return std::nullopt;
  }
  const auto id = static_cast<uint32_t>(value.as_uint());
  return std::string(reinterpret_cast<const char*>(&id), sizeof(id));
}
Value user_value(std::string_view key) {
  uint32_t id = 0;
  std::memcpy(&id, key.data(), sizeof(id));
  return Value::of_uint(id);
}

void keep_path_needs(PathNeeds needs, ev_automaton_text text, KernelComparison& comparison,
                     Vocabulary& vocabulary) {
  comparison.is_exact = needs.is_exact;
  if (!needs.patterns.empty()) {
    comparison.pattern_bit = vocabulary.add_patterns(text, needs.patterns, needs.is_at_end);
  } else if (!needs.prefixes.empty()) {
    for (const std::string& prefix : needs.prefixes) {
      vocabulary.paths().add(prefix);
    }
    comparison.prefixes = std::move(needs.prefixes);
  }
}

template <PathNeeds (*NeedsOf)(const CheckedComparison&), ev_automaton_text Text>
void add_path(KernelComparison& comparison, Vocabulary& vocabulary) {
  keep_path_needs(NeedsOf(comparison.checked), Text, comparison, vocabulary);
}

Decision decide_inside(Axis axis, const ClassSet& inside, const KernelComparison& comparison) {
  const bool is_negation = comparison.checked.op->is_negation;
  const ClassSet outside = inside.complement();
  if (comparison.is_exact) {
    return is_negation ? Decision{axis, outside, inside} : Decision{axis, inside, outside};
  }
  return is_negation ? Decision{axis, ClassSet::all(), inside}
                     : Decision{axis, inside, ClassSet::all()};
}

template <ev_automaton_text Text>
Decided by_text(const KernelComparison& comparison, const Call& call,
                const Vocabulary& vocabulary) {
  const uint8_t arg = Text == EV_TEXT_GIVEN ? call.source.path_arg : call.source.fd_arg;
  if (!call.has(arg)) {
    return std::nullopt;
  }
  if (comparison.pattern_bit) {
    const ClassSet found = ClassSet::of({1});
    const Axis axis = pattern_axis(Text, *comparison.pattern_bit);
    const bool is_own = vocabulary.is_own_bit(Text, *comparison.pattern_bit);
    Decision decision = decide_inside(axis, found, comparison);
    if (!is_own) {
      decision.may_fail = ClassSet::all();
    }
    return decision;
  }
  if (!comparison.prefixes) {
    return std::nullopt;
  }
  std::vector<uint32_t> inside;
  for (const std::string& prefix : *comparison.prefixes) {
    std::ranges::copy(vocabulary.paths().below(prefix), std::back_inserter(inside));
  }
  return decide_inside(EV_DIM_PATH, ClassSet::of(std::move(inside)), comparison);
}

// Calls of which fs.path.name is the path of the descriptor's file; they have no other fs.path.
constexpr std::string_view kWorkOnFile[] = {
    "open", "openat", "openat2", "creat", "open_by_handle_at", "fchmod", "fchown"};

bool works_on_file(const Call& call) {
  return std::ranges::find(kWorkOnFile, call.def->name) != std::end(kWorkOnFile);
}

// Missing when the call failed, or when the path it was given could not be read.
Decided by_worked_on_path(const KernelComparison& comparison, const Call& call,
                          const Vocabulary& vocabulary) {
  if (!works_on_file(call)) {
    return std::nullopt;
  }
  Decided decision = by_text<EV_TEXT_PATH>(comparison, call, vocabulary);
  if (decision) {
    decision->may_fail = ClassSet::all();
  }
  return decision;
}

Decided by_other_path(const KernelComparison&, const Call& call, const Vocabulary&) {
  return works_on_file(call) ? Decided(decide_always({.may_hold = false, .may_fail = true}))
                             : std::nullopt;
}

constexpr KernelField kFields[] = {
    {"evt.type", "the kind of event", add_nothing, by_event_name},
    {"syscall.type", "the kind of event", add_nothing, by_event_name},
    {"evt.dir", "the kind of event", add_nothing, by_constant<'<'>},
    {"evt.rawres", "success", add_nothing, by_result},
    {"evt.res", "success", add_nothing, by_error_name},
    {"evt.failed", "success", add_nothing, by_failure},
    {"fd.num", "success", add_nothing, by_new_descriptor},
    {"evt.is_open_read", "open flags", add_nothing, by_access<O_RDONLY>},
    {"evt.is_open_write", "open flags", add_nothing, by_access<O_WRONLY>},
    {"evt.is_open_create", "open flags", add_nothing, by_creation<EV_INTENT_CREATE>},
    {"evt.is_open_exec", "open flags and mode", add_nothing,
     by_creation<EV_INTENT_CREATE | EV_INTENT_EXECUTABLE>},
    {"container.id", "host or container", add_nothing, by_place},
    {"fd.type", "format of the file", add_nothing, by_file_kind<&FileKind::type>},
    {"fd.typechar", "format of the file", add_nothing, by_file_kind<&FileKind::letter>},
    {"user.uid", "user id", add_keys<EV_CLASS_USER, user_key>,
     by_key<EV_DIM_USER, EV_CLASS_USER, user_key, user_value>},
    {"proc.name", "process name", add_keys<EV_CLASS_NAME, name_key>,
     by_key<EV_DIM_NAME, EV_CLASS_NAME, name_key, name_value>},
    {"proc.pname", "name of the parent", add_keys<EV_CLASS_NAME, name_key>,
     by_key<EV_DIM_PARENT_NAME, EV_CLASS_NAME, name_key, name_value>},
    {"fd.name", "path", add_path<name_needs, EV_TEXT_PATH>, by_text<EV_TEXT_PATH>},
    {"fd.directory", "path", add_path<directory_needs, EV_TEXT_PATH>, by_text<EV_TEXT_PATH>},
    {"fd.filename", "path", add_path<file_name_needs, EV_TEXT_PATH>, by_text<EV_TEXT_PATH>},
    {"fs.path.name", "path", add_path<name_needs, EV_TEXT_PATH>, by_worked_on_path},
    {"fs.path.source", "path", add_nothing, by_other_path},
    {"fs.path.target", "path", add_nothing, by_other_path},
    {"fd.nameraw", "path as given", add_path<given_name_needs, EV_TEXT_GIVEN>,
     by_text<EV_TEXT_GIVEN>},
};

}  // namespace

std::span<const KernelField> kernel_fields() noexcept { return kFields; }

}  // namespace saker::filter
