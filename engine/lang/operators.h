// SPDX-License-Identifier: Apache-2.0
// OperatorDef: one row per operator of conditions. The parser takes the names and the kind of
// right-hand side from it, the checker the types, the compiler the comparison, and
// `saker list operators` the documentation.
#ifndef SAKER_ENGINE_LANG_OPERATORS_H
#define SAKER_ENGINE_LANG_OPERATORS_H

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/types.h"
#include "engine/value.h"

namespace saker::lang {

// The right-hand sides of the grammar.
enum class RhsKind : uint8_t { kNone, kNumber, kText, kList };

// What a value is to one of the constants wherever the operator holds.
enum class Likeness : uint8_t {
  kNone,
  kEqual,
  kBegins,    // it begins with it
  kEnds,      // it ends with it
  kBelow,     // the same, both taken as paths, where repeated slashes do not count
  kContains,  // it contains it, upper and lower case alike
  kInside,    // it is an address in that network
};

// Compares single values with the constants of one comparison.
class Test {
 public:
  virtual ~Test() = default;
  // Requires: `value` is present and not a list.
  [[nodiscard]] virtual bool matches(const Value& value) const noexcept = 0;
};

struct OperatorDef {
  std::string_view name;
  RhsKind rhs;
  bool needs_blank;      // behind the name
  uint8_t type_classes;  // TypeClass bits of the left-hand side
  bool is_negation;      // of two ends both must satisfy it, not one
  bool wants_all;        // of a list field every value must satisfy it, not one
  double ns;             // what a test costs, and
  double holds;          // how often it holds when nothing is known of the values: guesses
  std::string_view doc;
  // One value against another; null: the right-hand side must be constant.
  bool (*compare)(const Value& value, const Value& other) noexcept;
  // A test specialised for the operator; null result: `error` says what is wrong with the
  // constants. Null function: `compare`.
  std::unique_ptr<Test> (*make_test)(const TypeDef& type, std::span<const TypedConstant> constants,
                                     std::string& error);
  Likeness likeness = Likeness::kNone;
  // The texts one of which the likeness is about; none: nothing is known. Null: the constant.
  std::vector<std::string> (*keys)(std::string_view constant) = nullptr;
};

[[nodiscard]] std::span<const OperatorDef> operators() noexcept;
[[nodiscard]] const OperatorDef* find_operator(std::string_view name) noexcept;
// The operator that `text` begins with, by the rules of the grammar; null: none.
[[nodiscard]] const OperatorDef* match_operator(std::string_view text) noexcept;

// The test of the operator for one constant, or for all items of the list of `in`, `intersects` and
// `pmatch`; null: `error` says what is wrong with them.
// Requires: the type is accepted by the operator; the constants are not empty.
[[nodiscard]] std::unique_ptr<Test> make_test(const OperatorDef& op, const TypeDef& type,
                                              std::span<const TypedConstant> constants,
                                              std::string& error);

struct ModifierDef {
  std::string_view name;
  std::string_view doc;
};
[[nodiscard]] std::span<const ModifierDef> modifiers() noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_OPERATORS_H
