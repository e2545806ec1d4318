// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/clause_text.h"

#include <arpa/inet.h>
#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
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

// What values of a small dimension have in common.
struct ValueWord {
  std::string_view yes;
  std::string_view no;
  bool (*is_so)(uint32_t value);
};

// Of EV_DIM_INTENT, those that say more first.
constexpr uint32_t kCreatesExecutable = EV_INTENT_CREATE | EV_INTENT_EXECUTABLE;
bool creates_executable(uint32_t intent) {
  return (intent & kCreatesExecutable) == kCreatesExecutable;
}
bool creates(uint32_t intent) { return (intent & EV_INTENT_CREATE) != 0; }
bool writes(uint32_t intent) {
  const uint32_t access = intent & EV_INTENT_ACCESS;
  return access == O_WRONLY || access == O_RDWR;
}
bool reads(uint32_t intent) {
  const uint32_t access = intent & EV_INTENT_ACCESS;
  return access == O_RDONLY || access == O_RDWR;
}
constexpr ValueWord kIntentWords[] = {
    {"may create an executable file", "creates no executable file", creates_executable},
    {"may create the file", "does not create the file", creates},
    {"opened for writing", "not opened for writing", writes},
    {"opened for reading", "not opened for reading", reads},
};
// At a hook, which knows whether the file is new.
constexpr ValueWord kOpenedWords[] = {
    {"creates an executable file", "creates no executable file", creates_executable},
    {"creates the file", "does not create the file", creates},
    {"opened for writing", "not opened for writing", writes},
    {"opened for reading", "not opened for reading", reads},
};

// Of EV_DIM_TRAITS.
constexpr ValueWord kTraitWords[] = {
    {"executable is in memory only", "executable is not in memory only",
     [](uint32_t traits) { return (traits & EV_TRAIT_MEMFD) != 0; }},
    {"executable is in the upper layer", "executable is not in the upper layer",
     [](uint32_t traits) { return (traits & EV_TRAIT_UPPER_LAYER) != 0; }},
};

struct ValueSet {
  std::string_view text;
  uint32_t values = 0;  // a bit each
};

std::vector<ValueSet> value_sets(std::span<const ValueWord> words, uint32_t size) {
  std::vector<ValueSet> sets;
  for (const ValueWord& word : words) {
    ValueSet yes{word.yes};
    ValueSet no{word.no};
    for (uint32_t value = 0; value < size; ++value) {
      (word.is_so(value) ? yes : no).values |= 1U << value;
    }
    sets.push_back(yes);
    sets.push_back(no);
  }
  return sets;
}

// The set in words; `other` where they do not suffice.
std::string text_in_words(const ClassSet& values, std::span<const ValueWord> words, uint32_t size,
                          std::string_view other) {
  uint32_t wanted = 0;
  for (const uint32_t value : members(values, size, true)) {
    wanted |= 1U << value;
  }
  uint32_t all_of = (1U << size) - 1;
  uint32_t any_of = 0;
  Texts needed;
  Texts enough;
  for (const ValueSet& set : value_sets(words, size)) {
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
                            : std::string(other);
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

std::string number_text(std::string_view key) {
  uint32_t number = 0;
  std::memcpy(&number, key.data(), sizeof(number));
  return std::to_string(number);
}

// Of a prefix of '0' and '1', "10.0.0.0/8".
std::string address_text(const std::string& key) {
  constexpr size_t kMappedBits = 96;
  constexpr size_t kBits = 128;
  std::array<uint8_t, kBits / 8> bytes{};
  for (size_t bit = 0; bit < key.size(); ++bit) {
    const unsigned mask = key[bit] == '1' ? 0x80U >> bit % 8 : 0;
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] | mask);
  }
  const bool is_v4 = key.starts_with(std::string(80, '0') + std::string(16, '1'));
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data() + (is_v4 ? kMappedBits / 8 : 0), text.data(),
            text.size());
  return std::string(text.data()) +
         (key.size() < kBits ? "/" + std::to_string(key.size() - (is_v4 ? kMappedBits : 0)) : "");
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
    : vocabulary_(vocabulary),
      path_parents_(vocabulary.paths().parents()),
      address_parents_(vocabulary.addresses().parents()) {
  for (const ev_class_kind kind : {EV_CLASS_NAME, EV_CLASS_USER, EV_CLASS_NUMBER}) {
    const KeyDomain& domain = vocabulary.keys(kind);
    keys_[kind].resize(domain.size());
    for (const auto& [key, number] : domain.keys()) {
      keys_[kind][number] = kind == EV_CLASS_NAME ? key : number_text(key);
    }
  }
  for (const std::string& key : vocabulary.paths().keys()) {
    paths_.push_back(path_text(key));
  }
  for (const std::string& key : vocabulary.addresses().keys()) {
    addresses_.push_back(address_text(key));
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
    case EV_DIM_TRAITS:
      return text_in_words(side.classes, kTraitWords, kTraitValues, "some executables");
    case EV_DIM_INTENT:
      return text_in_words(side.classes,
                           call.hook != nullptr ? std::span(kOpenedWords) : std::span(kIntentWords),
                           EV_SMALL_VALUES, "some open flags");
    case EV_DIM_FILE_KIND:
      return "file " + format_text(side.classes);
    case EV_DIM_PLACE:
      return side.classes.contains(EV_PLACE_HOST) ? "on the host" : "in a container";
    case EV_DIM_PATH:
      return "path " + of_prefixes(side.classes, paths_, path_parents_);
    case EV_DIM_TARGET:
      return "second path " + of_prefixes(side.classes, paths_, path_parents_);
    case EV_DIM_EXE:
      return "executable " + of_prefixes(side.classes, paths_, path_parents_);
    case EV_DIM_ADDRESS:
      return "address " + of_prefixes(side.classes, addresses_, address_parents_);
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
    case EV_DIM_TARGET:
    case EV_DIM_EXE:
    case EV_DIM_ADDRESS:
      return named_share(side.classes, size, kPath);
    case EV_DIM_USER:
      return named_share(side.classes, size, kUser);
    default:
      return named_share(side.classes, size, kName);
  }
}

std::string ClauseText::of_keys(const Box::Side& side) const {
  struct Keys {
    Axis axis;
    ev_class_kind kind;
    std::string_view what;
  };
  constexpr Keys kKeys[] = {
      {EV_DIM_USER, EV_CLASS_USER, "user id "},
      {EV_DIM_NAME, EV_CLASS_NAME, "process name "},
      {EV_DIM_PARENT_NAME, EV_CLASS_NAME, "name of the parent "},
      {EV_DIM_NUMBER, EV_CLASS_NUMBER, "number "},
  };
  const Keys& keys = *std::ranges::find(kKeys, side.axis, &Keys::axis);
  Texts texts;
  for (const uint32_t number : named(side.classes, vocabulary_.sizes()[side.axis])) {
    texts.push_back(keys_[keys.kind][number]);
  }
  std::ranges::sort(texts);
  return std::string(keys.what) + is_one_of(texts, side.classes.contains(kOther));
}

// A set of prefixes, without some of the longer ones below them.
std::string ClauseText::of_prefixes(const ClassSet& prefixes, const Texts& keys,
                                    const std::vector<uint32_t>& parents) {
  const ClassSet listed = ClassSet::of(named(prefixes, parents.size()));
  Texts texts;
  size_t exceptions = 0;
  for (const uint32_t top : listed.listed()) {
    if (listed.contains(parents[top])) {
      continue;
    }
    texts.push_back(keys[top - 1]);
    for (uint32_t below = top + 1; below <= keys.size() && parents[below] >= top; ++below) {
      const bool is_exception = !listed.contains(below) && listed.contains(parents[below]);
      exceptions += is_exception ? 1 : 0;
    }
  }
  return is_one_of(texts, prefixes.contains(kOther)) +
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
