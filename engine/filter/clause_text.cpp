// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/clause_text.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

using Texts = std::vector<std::string>;

constexpr size_t kMaxListed = 3;  // values that a text names
constexpr uint32_t kOther = KeyDomain::kOther;

std::string join(const Texts& texts, std::string_view word) {
  std::string joined;
  for (const std::string& text : texts) {
    joined += (joined.empty() ? std::string() : std::string(word)) + text;
  }
  return joined;
}

// "a or b", "one of 7".
std::string one_of(const Texts& texts) {
  return texts.size() <= kMaxListed ? join(texts, " or ")
                                    : "one of " + std::to_string(texts.size());
}

// "none of 7" and the like stand behind "is".
std::string is_one_of(const Texts& texts, bool is_negated) {
  return !is_negated                 ? "is " + one_of(texts)
         : texts.size() > kMaxListed ? "is none of " + std::to_string(texts.size())
                                     : "is not " + join(texts, " or ");
}

// The classes below `size` that are in the set, or those that are not.
std::vector<uint32_t> members(const ClassSet& classes, size_t size, bool is_member) {
  std::vector<uint32_t> found;
  for (uint32_t number = 0; number < size; ++number) {
    if (classes.contains(number) == is_member) {
      found.push_back(number);
    }
  }
  return found;
}

// Of the classes of values that rules name: those in the set, or, when the others are in it, those
// that are not.
std::vector<uint32_t> named(const ClassSet& classes, size_t size) {
  const bool has_others = classes.contains(kOther);
  return classes.is_inverted() == has_others ? classes.listed()
                                             : members(classes, size, !has_others);
}

// Values of EV_DIM_INTENT, those that say more first.
struct IntentWord {
  std::string_view yes;
  std::string_view no;
  bool (*is_so)(uint32_t intent);
};
constexpr uint32_t kCreatesExecutable = EV_INTENT_CREATE | EV_INTENT_EXECUTABLE;
constexpr IntentWord kIntentWords[] = {
    {"may create an executable file", "creates no executable file",
     [](uint32_t intent) { return (intent & kCreatesExecutable) == kCreatesExecutable; }},
    {"may create the file", "does not create the file",
     [](uint32_t intent) { return (intent & EV_INTENT_CREATE) != 0; }},
    {"opened for writing", "not opened for writing",
     [](uint32_t intent) {
       const uint32_t access = intent & EV_INTENT_ACCESS;
       return access == O_WRONLY || access == O_RDWR;
     }},
    {"opened for reading", "not opened for reading",
     [](uint32_t intent) {
       const uint32_t access = intent & EV_INTENT_ACCESS;
       return access == O_RDONLY || access == O_RDWR;
     }},
};

struct IntentSet {
  std::string_view text;
  uint32_t values = 0;  // a bit each
};

std::vector<IntentSet> intent_sets() {
  std::vector<IntentSet> sets;
  for (const IntentWord& word : kIntentWords) {
    IntentSet yes{word.yes};
    IntentSet no{word.no};
    for (uint32_t intent = 0; intent < EV_SMALL_VALUES; ++intent) {
      (word.is_so(intent) ? yes : no).values |= 1U << intent;
    }
    sets.push_back(yes);
    sets.push_back(no);
  }
  return sets;
}

std::string intent_text(const ClassSet& intents) {
  uint32_t wanted = 0;
  for (const uint32_t intent : members(intents, EV_SMALL_VALUES, true)) {
    wanted |= 1U << intent;
  }
  uint32_t all_of = (1U << EV_SMALL_VALUES) - 1;
  uint32_t any_of = 0;
  Texts needed;
  Texts enough;
  for (const IntentSet& set : intent_sets()) {
    if ((set.values & wanted) == wanted && (all_of & ~set.values) != 0) {
      all_of &= set.values;
      needed.emplace_back(set.text);
    }
    if ((set.values & ~wanted) == 0 && (set.values & ~any_of) != 0) {
      any_of |= set.values;
      enough.emplace_back(set.text);
    }
  }
  return all_of == wanted   ? join(needed, " and ")
         : any_of == wanted ? join(enough, " or ")
                            : "some open flags";
}

// Values of EV_DIM_FILE_KIND; formats that do not exist are not listed.
struct FormatName {
  uint32_t value;
  std::string_view name;
  double share;
};
constexpr FormatName kFormatNames[] = {
    {8, "a regular file", 0.6},
    {4, "a directory", 0.1},
    {2, "a character device", 0.1},
    {12, "a socket", 0.1},
    {1, "a pipe", 0.05},
    {0, "an anonymous file", 0.04},
    {6, "a block device", 0.005},
    {10, "a symbolic link", 0.005},
};

std::string format_text(const ClassSet& formats) {
  Texts in;
  Texts out;
  for (const FormatName& format : kFormatNames) {
    (formats.contains(format.value) ? in : out).emplace_back(format.name);
  }
  return in.size() <= out.size() ? "is " + join(in, " or ") : "is not " + join(out, " or ");
}

double format_share(const ClassSet& formats) {
  double share = 0;
  for (const FormatName& format : kFormatNames) {
    share += formats.contains(format.value) ? format.share : 0;
  }
  return share;
}

double intent_share(const ClassSet& intents) {
  constexpr double kReads = 0.9;
  constexpr double kWrites = 0.05;
  const auto creates = [](uint32_t intent) { return (intent & EV_INTENT_CREATE) != 0; };
  double share = 0;
  for (const uint32_t intent : members(intents, EV_SMALL_VALUES, true)) {
    const bool only_reads = (intent & EV_INTENT_ACCESS) == O_RDONLY && !creates(intent);
    share += only_reads && intent == O_RDONLY ? kReads : only_reads ? 0 : kWrites / 2;
  }
  return std::min(share, 1.0);
}

// Of values that rules name, of which each is that of so many events.
double named_share(const ClassSet& classes, size_t size, double each) {
  constexpr double kMost = 0.5;
  const auto count = static_cast<double>(named(classes, size).size());
  const double share = std::min(kMost, each * count);
  return classes.contains(kOther) ? 1 - share : share;
}

// The comparison of the condition that asks for the pattern; null: it shares it with others.
const KernelComparison* find_pattern(const Condition& condition,  // NOLINT(misc-no-recursion)
                                     const Call& call, const Vocabulary& vocabulary, Axis axis) {
  if (condition.kind == Condition::Kind::kComparison) {
    const std::optional<Decision> decision = vocabulary.decide(condition.comparison, call);
    return decision && decision->axis == axis ? &vocabulary[condition.comparison] : nullptr;
  }
  for (const Condition& child : condition.children) {
    if (const KernelComparison* found = find_pattern(child, call, vocabulary, axis)) {
      return found;
    }
  }
  return nullptr;
}

std::string user_text(std::string_view key) {
  uint32_t id = 0;
  std::memcpy(&id, key.data(), sizeof(id));
  return std::to_string(id);
}

std::string path_text(std::string key) {
  if (key.ends_with('\0')) {
    key.pop_back();
  } else {
    key += '*';
  }
  return key;
}

}  // namespace

ClauseText::ClauseText(const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), path_parents_(vocabulary.paths().parents()) {
  for (const ev_class_kind kind : {EV_CLASS_NAME, EV_CLASS_USER}) {
    const KeyDomain& domain = vocabulary.keys(kind);
    keys_[kind].resize(domain.size());
    for (const auto& [key, number] : domain.keys()) {
      keys_[kind][number] = kind == EV_CLASS_USER ? user_text(key) : key;
    }
  }
}

std::string ClauseText::of(const Box::Side& side, const Condition& condition,
                           const Call& call) const {
  if (is_pattern(side.axis)) {
    return of_pattern(side, condition, call);
  }
  switch (side.axis) {
    case EV_DIM_RESULT:
      return side.classes.contains(0) ? "success" : "failure";
    case EV_DIM_INTENT:
      return intent_text(side.classes);
    case EV_DIM_FILE_KIND:
      return "file " + format_text(side.classes);
    case EV_DIM_PLACE:
      return side.classes.contains(EV_PLACE_HOST) ? "on the host" : "in a container";
    case EV_DIM_PATH:
      return of_paths(side.classes);
    default:
      return of_keys(side);
  }
}

double ClauseText::share_of(const Box::Side& side) const {
  constexpr double kSuccess = 0.9;
  constexpr double kHost = 0.5;
  constexpr double kPath = 0.002;
  constexpr double kUser = 0.5;
  constexpr double kName = 0.01;
  const size_t size = vocabulary_.sizes()[side.axis];
  switch (side.axis) {
    case EV_DIM_RESULT:
      return side.classes.contains(0) ? kSuccess : 1 - kSuccess;
    case EV_DIM_INTENT:
      return intent_share(side.classes);
    case EV_DIM_FILE_KIND:
      return format_share(side.classes);
    case EV_DIM_PLACE:
      return side.classes.contains(EV_PLACE_HOST) ? kHost : 1 - kHost;
    case EV_DIM_PATH:
      return named_share(side.classes, size, kPath);
    case EV_DIM_USER:
      return named_share(side.classes, size, kUser);
    default:
      return named_share(side.classes, size, kName);
  }
}

std::string ClauseText::of_keys(const Box::Side& side) const {
  const bool is_user = side.axis == EV_DIM_USER;
  Texts texts;
  for (const uint32_t number : named(side.classes, vocabulary_.sizes()[side.axis])) {
    texts.push_back(keys_[is_user ? EV_CLASS_USER : EV_CLASS_NAME][number]);
  }
  std::ranges::sort(texts);
  const std::string_view what = is_user                    ? "user id "
                                : side.axis == EV_DIM_NAME ? "process name "
                                                           : "name of the parent ";
  return std::string(what) + is_one_of(texts, side.classes.contains(kOther));
}

// A set of paths is some prefixes, without some of the longer ones below them.
std::string ClauseText::of_paths(const ClassSet& paths) const {
  const std::vector<std::string>& keys = vocabulary_.paths().keys();
  const ClassSet listed = ClassSet::of(named(paths, path_parents_.size()));
  Texts texts;
  size_t exceptions = 0;
  for (const uint32_t top : listed.listed()) {
    if (listed.contains(path_parents_[top])) {
      continue;
    }
    texts.push_back(path_text(keys[top - 1]));
    for (uint32_t below = top + 1; below <= keys.size() && path_parents_[below] >= top; ++below) {
      const bool is_exception = !listed.contains(below) && listed.contains(path_parents_[below]);
      exceptions += is_exception ? 1 : 0;
    }
  }
  return "path " + is_one_of(texts, paths.contains(kOther)) +
         (exceptions > 0 ? ", but for " + std::to_string(exceptions) + " below" : "");
}

std::string ClauseText::of_pattern(const Box::Side& side, const Condition& condition,
                                   const Call& call) const {
  const std::string negation = side.classes.contains(1) ? "" : "not ";
  const ev_automaton_text text = text_of(side.axis);
  const KernelComparison* comparison = vocabulary_.is_own_bit(text, bit_of(side.axis))
                                           ? find_pattern(condition, call, vocabulary_, side.axis)
                                           : nullptr;
  if (comparison == nullptr) {
    return negation + "one of many texts is in the path";
  }
  Texts constants;
  for (const lang::TypedConstant& constant : comparison->checked.constants) {
    constants.emplace_back(constant.value().as_text());
  }
  return negation + std::string(comparison->field->name) + " " +
         std::string(comparison->checked.op->name) + " " + one_of(constants);
}

}  // namespace saker::filter
