// SPDX-License-Identifier: Apache-2.0
// Program: conditions compiled together, the third of their three representations (text -> tree ->
// program). Made by the compiler (compiler.h), run by the Evaluator (evaluator.h).
//
// Equal predicates of all rules are one Predicate, equal left-hand sides one operand. A rule is a
// short run of Instructions, each: "test this predicate; when it is false (or true) jump".
#ifndef SAKER_ENGINE_LANG_PROGRAM_H
#define SAKER_ENGINE_LANG_PROGRAM_H

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/fields/catalog.h"
#include "engine/lang/estimate.h"
#include "engine/lang/fact.h"
#include "engine/value.h"

namespace saker {
class Event;
}

namespace saker::lang {

// A field, transformer or constant, checked and ready to be evaluated.
class CompiledOperand {
 public:
  virtual ~CompiledOperand() = default;
  // Noexcept and allocation-free; computed texts go to event.scratch().
  [[nodiscard]] virtual Value eval(const Event& event) const noexcept = 0;
  [[nodiscard]] virtual FieldType type() const noexcept = 0;
  [[nodiscard]] virtual bool is_list() const noexcept = 0;
  // The row of a plain field; null for transformers and constants.
  [[nodiscard]] virtual const FieldDef* field() const noexcept = 0;
};

// One leaf of a condition with its constants converted.
class Predicate;

struct Instruction {
  uint32_t predicate;
  uint32_t if_true;  // index of the next instruction, or kAccept / kReject
  uint32_t if_false;
};
inline constexpr uint32_t kAccept = 0xfffffffe;
inline constexpr uint32_t kReject = 0xffffffff;

class Program {
 public:
  Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  // Number of compiled conditions; condition i starts at entry(i).
  [[nodiscard]] size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] uint32_t entry(size_t condition) const noexcept { return entries_[condition]; }
  // The instructions of condition i are those from begin(i) to entry(i). They stand in reverse: its
  // first comparison, in the order of the text, is at entry(i), the next one before it.
  [[nodiscard]] uint32_t begin(size_t condition) const noexcept {
    return condition == 0 ? 0 : entries_[condition - 1] + 1;
  }
  [[nodiscard]] const std::vector<Instruction>& instructions() const noexcept { return code_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Predicate>>& predicates() const noexcept {
    return predicates_;
  }
  // The left-hand sides of the predicates.
  [[nodiscard]] const std::vector<std::shared_ptr<const CompiledOperand>>& operands()
      const noexcept {
    return operands_;
  }
  // What is known about each predicate.
  [[nodiscard]] const std::vector<Fact>& facts() const noexcept { return facts_; }
  // What is guessed of each predicate.
  [[nodiscard]] const std::vector<Estimate>& estimates() const noexcept { return estimates_; }
  // What fields of host names (FieldShape::kNames) are compared with.
  [[nodiscard]] const std::set<std::string>& host_names() const noexcept { return host_names_; }

 private:
  friend class Compiler;
  std::vector<std::unique_ptr<Predicate>> predicates_;
  std::vector<Fact> facts_;          // one per predicate
  std::vector<Estimate> estimates_;  // one per predicate
  std::vector<std::shared_ptr<const CompiledOperand>> operands_;
  std::vector<Instruction> code_;
  std::vector<uint32_t> entries_;
  std::set<std::string> host_names_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_PROGRAM_H
