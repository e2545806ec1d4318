// SPDX-License-Identifier: Apache-2.0
// Diagnostics: everything that is wrong with the user's text (rules, configuration, command line).
//
// A pass reports all it finds and goes on; nothing throws and nothing stops at the first finding.
// The text form is
//
//   rules/shell.yaml:14:36-47: error: unknown field 'proc.exepaht' [LOAD_ERR_COMPILE_CONDITION]
//     condition: evt.type = execve and proc.exepaht = /bin/sh
//                                      ~~~~~~~~~~~~
//   hint: did you mean 'proc.exepath'?
//
// A finding inside a macro is followed by where the macro was used, innermost first:
//
//   rules/shell.yaml:20:14-20: note: macro 'is_sh' is used by rule 'Shell in container'
#ifndef SAKER_ENGINE_BASE_DIAGNOSTIC_H
#define SAKER_ENGINE_BASE_DIAGNOSTIC_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding_code.h"
#include "engine/base/source_text.h"

namespace saker {

enum class Severity : uint8_t { kWarning, kError };

// One step of the chain "in rule X, in its condition, in macro Y", outermost first.
struct DiagnosticContext {
  std::string_view item_type;  // static text, e.g. "rule", "macro condition" (spec 1.12)
  std::string item_name;
  // Where the item stands; for a macro inside a condition: where it is used.
  std::shared_ptr<const SourceText> source;
  Span span;
};

struct Diagnostic {
  Severity severity = Severity::kError;
  FindingCode code;
  std::string message;                       // one sentence without a final period
  std::string hint;                          // empty: none
  std::shared_ptr<const SourceText> source;  // null: no place (command line)
  Span span;                                 // in source
  std::vector<DiagnosticContext> contexts;
  // A key that rule files do not have, or a value of the wrong type: what a schema would refuse.
  bool breaks_schema = false;
  std::string deprecated_field = {};  // that it warns about; empty: none
};

// Keeps at most kMaxKept of each severity, so a hostile file costs a bounded amount of memory; all
// are counted.
class Diagnostics {
 public:
  static constexpr size_t kMaxKept = 1000;

  void add(Diagnostic diagnostic);
  [[nodiscard]] const std::vector<Diagnostic>& items() const noexcept { return items_; }
  [[nodiscard]] bool has_errors() const noexcept { return errors_ > 0; }
  [[nodiscard]] size_t count(Severity severity) const noexcept {
    return severity == Severity::kError ? errors_ : warnings_;
  }

 private:
  std::vector<Diagnostic> items_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

// The text form above, without a final newline. Control characters and bytes that are not UTF-8 are
// shown as '?', long lines are cut around the place.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);

// The line of the place and one that underlines it, without a final newline; empty: no place.
[[nodiscard]] std::string excerpt(const Diagnostic& diagnostic);

// The candidate closest to `name` by edit distance, or empty when none is near enough to suggest.
[[nodiscard]] std::string_view closest(std::string_view name,
                                       const std::vector<std::string_view>& candidates);
// "did you mean 'X'?", or empty.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       const std::vector<std::string_view>& candidates);

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_DIAGNOSTIC_H
