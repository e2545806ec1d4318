// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/operators.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <unordered_set>
#include <utility>

#include "engine/lang/glob.h"
#include "engine/lang/path_prefix.h"
#include "engine/lang/quoting.h"
#include "engine/lang/regex.h"

namespace saker::lang {
namespace {

using Kind = Value::Kind;

bool is_integer(const Value& v) noexcept {
  return v.kind() == Kind::kInt || v.kind() == Kind::kUint || v.kind() == Kind::kBool;
}

double to_double(const Value& v) noexcept {
  return v.kind() == Kind::kDouble ? v.as_double()
         : v.kind() == Kind::kInt  ? static_cast<double>(v.as_int())
                                   : static_cast<double>(v.as_uint());
}

std::partial_ordering order_integers(const Value& a, const Value& b) noexcept {
  const bool a_negative = a.kind() == Kind::kInt && a.as_int() < 0;
  const bool b_negative = b.kind() == Kind::kInt && b.as_int() < 0;
  if (a_negative != b_negative) {
    return a_negative ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  // Of equal sign the two's complement of 64 bits orders alike.
  return a.as_uint() <=> b.as_uint();
}

// Unordered when the kinds cannot be compared (evt.rawarg, whose type depends on the event).
std::partial_ordering order(const Value& a, const Value& b) noexcept {
  if (a.kind() == Kind::kText && b.kind() == Kind::kText) {
    return a.as_text() <=> b.as_text();
  }
  if (a.kind() == Kind::kIp && b.kind() == Kind::kIp) {
    // Addresses have no order in the language; only equality is asked for.
    return a.as_ip() == b.as_ip() ? std::partial_ordering::equivalent : std::partial_ordering::less;
  }
  if (is_integer(a) && is_integer(b)) {
    return order_integers(a, b);
  }
  const bool a_number = is_integer(a) || a.kind() == Kind::kDouble;
  const bool b_number = is_integer(b) || b.kind() == Kind::kDouble;
  return a_number && b_number ? to_double(a) <=> to_double(b) : std::partial_ordering::unordered;
}

bool equals(const Value& a, const Value& b) noexcept {
  // Most comparisons are of texts, and most texts differ in length.
  return a.kind() == Kind::kText && b.kind() == Kind::kText ? a.as_text() == b.as_text()
                                                            : order(a, b) == 0;
}
bool differs(const Value& a, const Value& b) noexcept {
  const std::partial_ordering o = order(a, b);
  return o < 0 || o > 0;
}
bool is_less(const Value& a, const Value& b) noexcept { return order(a, b) < 0; }
bool is_less_or_equal(const Value& a, const Value& b) noexcept { return order(a, b) <= 0; }
bool is_greater(const Value& a, const Value& b) noexcept { return order(a, b) > 0; }
bool is_greater_or_equal(const Value& a, const Value& b) noexcept { return order(a, b) >= 0; }

// Goes from one place to the next that begins like the needle: find() of one byte is fast.
bool find_folded(std::string_view text, std::string_view needle) noexcept {
  if (needle.empty()) {
    return true;
  }
  const char lower = ascii_lower(needle.front());
  const char upper = ascii_upper(needle.front());
  const auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
  size_t next_lower = text.find(lower);
  size_t next_upper = upper != lower ? text.find(upper) : std::string_view::npos;
  while (true) {
    const size_t at = std::min(next_lower, next_upper);
    if (at == std::string_view::npos || text.size() - at < needle.size()) {
      return false;
    }
    if (std::equal(needle.begin(), needle.end(), text.begin() + static_cast<ptrdiff_t>(at), same)) {
      return true;
    }
    size_t& passed = at == next_lower ? next_lower : next_upper;
    passed = text.find(at == next_lower ? lower : upper, at + 1);
  }
}

// A comparison of two texts as a comparison of values.
template <auto Function>
bool on_text(const Value& a, const Value& b) noexcept {
  return a.kind() == Kind::kText && b.kind() == Kind::kText && Function(a.as_text(), b.as_text());
}

constexpr auto kContains = [](std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
};
constexpr auto kFoldedContains = [](std::string_view text, std::string_view part) noexcept {
  return find_folded(text, part);
};
constexpr auto kStartsWith = [](std::string_view text, std::string_view part) noexcept {
  return text.starts_with(part);
};
constexpr auto kEndsWith = [](std::string_view text, std::string_view part) noexcept {
  return text.ends_with(part);
};
constexpr auto kGlob = [](std::string_view text, std::string_view pattern) noexcept {
  return glob_match(pattern, text);
};
constexpr auto kFoldedGlob = [](std::string_view text, std::string_view pattern) noexcept {
  return glob_match(pattern, text, true);
};

// The bytes that hexadecimal digits stand for; absent: not an even number of them.
std::optional<std::string> decode_hex(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

using Compare = bool (*)(const Value&, const Value&) noexcept;

class CompareTest final : public Test {
 public:
  CompareTest(Compare compare, TypedConstant constant)
      : compare_(compare), constant_(std::move(constant)), value_(constant_.value()) {}
  bool matches(const Value& value) const noexcept override { return compare_(value, value_); }

 private:
  Compare compare_;
  TypedConstant constant_;
  Value value_;  // borrows from constant_
};

class NetworkTest final : public Test {
 public:
  NetworkTest(std::span<const TypedConstant> networks, bool negated)
      : networks_(networks.begin(), networks.end()), negated_(negated) {}
  bool matches(const Value& value) const noexcept override {
    if (value.kind() != Kind::kIp) {
      return false;
    }
    const IpAddress ip = value.as_ip();
    const bool inside =
        std::any_of(networks_.begin(), networks_.end(), [&ip](const TypedConstant& network) {
          return is_in_network(ip, std::get<IpAddress>(network.data), network.prefix_bits);
        });
    return inside != negated_;
  }

 private:
  std::vector<TypedConstant> networks_;
  bool negated_;
};

class TextSetTest final : public Test {
 public:
  explicit TextSetTest(std::span<const TypedConstant> constants) {
    texts_.reserve(constants.size());
    for (const TypedConstant& constant : constants) {
      texts_.emplace_back(constant.value().as_text());
    }
    set_.insert(texts_.begin(), texts_.end());
  }
  bool matches(const Value& value) const noexcept override {
    return value.kind() == Kind::kText && set_.contains(value.as_text());
  }

 private:
  std::vector<std::string> texts_;
  std::unordered_set<std::string_view> set_;
};

class AnyEqualTest final : public Test {
 public:
  explicit AnyEqualTest(std::span<const TypedConstant> constants) {
    for (const TypedConstant& constant : constants) {
      values_.push_back(constant.value());
    }
  }
  bool matches(const Value& value) const noexcept override {
    return std::any_of(values_.begin(), values_.end(),
                       [&value](const Value& other) { return equals(value, other); });
  }

 private:
  std::vector<Value> values_;  // numbers and addresses, which borrow nothing
};

class RegexTest final : public Test {
 public:
  explicit RegexTest(std::unique_ptr<Regex> regex) : regex_(std::move(regex)) {}
  bool matches(const Value& value) const noexcept override {
    return value.kind() == Kind::kText && regex_->matches(value.as_text());
  }

 private:
  std::unique_ptr<Regex> regex_;
};

class PathPrefixTest final : public Test {
 public:
  explicit PathPrefixTest(std::span<const TypedConstant> constants) {
    for (const TypedConstant& constant : constants) {
      prefixes_.add(constant.value().as_text());
    }
  }
  bool matches(const Value& value) const noexcept override {
    return value.kind() == Kind::kText && prefixes_.matches(value.as_text());
  }

 private:
  PathPrefixes prefixes_;
};

std::unique_ptr<Test> make_set_test(const TypeDef& type, std::span<const TypedConstant> constants,
                                    std::string&) {
  switch (type.type_class) {
    case kTextClass:
    case kBytesClass:
      return std::make_unique<TextSetTest>(constants);
    case kNetClass:
      return std::make_unique<NetworkTest>(constants, false);
    default:
      return std::make_unique<AnyEqualTest>(constants);
  }
}

template <auto Function>
std::unique_ptr<Test> make_bytes_test(const TypeDef&, std::span<const TypedConstant> constants,
                                      std::string& error) {
  std::optional<std::string> bytes = decode_hex(constants.front().value().as_text());
  if (!bytes) {
    error = "an even number of hexadecimal digits is expected";
    return nullptr;
  }
  return std::make_unique<CompareTest>(on_text<Function>, TypedConstant{std::move(*bytes), 0});
}

std::unique_ptr<Test> make_regex_test(const TypeDef&, std::span<const TypedConstant> constants,
                                      std::string& error) {
  std::unique_ptr<Regex> regex = Regex::compile(constants.front().value().as_text(), error);
  return regex != nullptr ? std::make_unique<RegexTest>(std::move(regex)) : nullptr;
}

std::unique_ptr<Test> make_prefix_test(const TypeDef&, std::span<const TypedConstant> constants,
                                       std::string&) {
  return std::make_unique<PathPrefixTest>(constants);
}

std::vector<std::string> keys_of_glob(std::string_view pattern) { return {glob_prefix(pattern)}; }
std::vector<std::string> keys_of_path(std::string_view path) { return {literal_path(path)}; }
std::vector<std::string> keys_of_part(std::string_view part) {
  std::string key(part);
  std::transform(key.begin(), key.end(), key.begin(), ascii_lower);
  return {key};
}

constexpr uint8_t kText = kTextClass;
constexpr uint8_t kTextAndBytes = kTextClass | kBytesClass;
constexpr uint8_t kOrdered = kOrderedClasses | kTextClass;
constexpr uint8_t kAll = kComparableClasses;

// A name that another one begins with stands behind it.
constexpr OperatorDef kOperators[] = {
    {"exists", RhsKind::kNone, false, kAll, false, false, 1, 0.8,
     "the field has a value (an empty text is one)", nullptr, nullptr},
    {"<=", RhsKind::kNumber, false, kOrdered, false, false, 2, 0.5,
     "less than or equal; texts by byte value", is_less_or_equal, nullptr},
    {"<", RhsKind::kNumber, false, kOrdered, false, false, 2, 0.5, "less than; texts by byte value",
     is_less, nullptr},
    {">=", RhsKind::kNumber, false, kOrdered, false, false, 2, 0.7,
     "greater than or equal; texts by byte value", is_greater_or_equal, nullptr},
    {">", RhsKind::kNumber, false, kOrdered, false, false, 2, 0.7,
     "greater than; texts by byte value", is_greater, nullptr},
    {"==", RhsKind::kText, false, kAll, false, false, 4, 0.05, "equal; the same as =", equals,
     nullptr, Likeness::kEqual},
    {"=", RhsKind::kText, false, kAll, false, false, 4, 0.05,
     "equal; texts byte by byte, an address to a network when it lies in it", equals, nullptr,
     Likeness::kEqual},
    {"!=", RhsKind::kText, false, kAll, true, false, 4, 0.9, "present and not equal", differs,
     nullptr},
    {"glob", RhsKind::kText, true, kText, false, false, 25, 0.05,
     "the whole text matches a shell pattern: * ? [..] [!..] \\x; * also matches /", on_text<kGlob>,
     nullptr, Likeness::kBegins, keys_of_glob},
    {"iglob", RhsKind::kText, true, kText, false, false, 25, 0.05,
     "glob, upper and lower case alike", on_text<kFoldedGlob>, nullptr},
    {"contains", RhsKind::kText, true, kTextAndBytes, false, false, 10, 0.05, "contains the text",
     on_text<kContains>, nullptr, Likeness::kContains, keys_of_part},
    {"icontains", RhsKind::kText, true, kText, false, false, 40, 0.05,
     "contains the text, upper and lower case alike", on_text<kFoldedContains>, nullptr,
     Likeness::kContains, keys_of_part},
    {"bcontains", RhsKind::kText, true, kBytesClass, false, false, 10, 0.05,
     "contains the bytes, given as hexadecimal digits", on_text<kContains>,
     make_bytes_test<kContains>},
    {"startswith", RhsKind::kText, true, kTextAndBytes, false, false, 4, 0.05,
     "begins with the text", on_text<kStartsWith>, nullptr, Likeness::kBegins},
    {"bstartswith", RhsKind::kText, true, kBytesClass, false, false, 4, 0.05,
     "begins with the bytes, given as hexadecimal digits", on_text<kStartsWith>,
     make_bytes_test<kStartsWith>},
    {"endswith", RhsKind::kText, true, kTextAndBytes, false, false, 4, 0.05, "ends with the text",
     on_text<kEndsWith>, nullptr, Likeness::kEnds},
    {"regex", RhsKind::kText, true, kText, false, false, 100, 0.05,
     "the whole text matches a regular expression (RE2, POSIX syntax)", nullptr, make_regex_test,
     Likeness::kContains, Regex::required_texts},
    {"intersects", RhsKind::kList, false, kAll, false, false, 10, 0.05,
     "a value of the field equals an item of the list", equals, make_set_test, Likeness::kEqual},
    {"in", RhsKind::kList, false, kAll, false, true, 10, 0.05,
     "the value equals an item of the list; of a list field, every value", equals, make_set_test,
     Likeness::kEqual},
    {"pmatch", RhsKind::kList, false, kText, false, false, 30, 0.05,
     "the path is an item of the list or below it; components may be shell patterns", nullptr,
     make_prefix_test, Likeness::kBelow, keys_of_path},
};

constexpr ModifierDef kModifiers[] = {
    {"oneof", "exactly one item of the list satisfies the operator, as in = oneof (a, b)"},
    {"anyof", "at least one item of the list satisfies the operator"},
    {"allof", "every item of the list satisfies the operator; never for an empty list"},
};

}  // namespace

std::span<const OperatorDef> operators() noexcept { return kOperators; }
std::span<const ModifierDef> modifiers() noexcept { return kModifiers; }

const OperatorDef* find_operator(std::string_view name) noexcept {
  const auto* row = std::find_if(std::begin(kOperators), std::end(kOperators),
                                 [name](const OperatorDef& def) { return def.name == name; });
  return row != std::end(kOperators) ? row : nullptr;
}

std::unique_ptr<Test> make_test(const OperatorDef& op, const TypeDef& type,
                                std::span<const TypedConstant> constants, std::string& error) {
  if (op.make_test != nullptr) {
    return op.make_test(type, constants, error);
  }
  if (type.type_class == kNetClass) {
    return std::make_unique<NetworkTest>(constants.first(1), op.is_negation);
  }
  return std::make_unique<CompareTest>(op.compare, constants.front());
}

const OperatorDef* match_operator(std::string_view text) noexcept {
  for (const OperatorDef& def : kOperators) {
    const size_t length = def.name.size();
    if (text.starts_with(def.name) &&
        (!def.needs_blank || (text.size() > length && is_blank(text[length])))) {
      return &def;
    }
  }
  return nullptr;
}

}  // namespace saker::lang
