// SPDX-License-Identifier: Apache-2.0
// CaseOutcome: what came of a case, and how that differs from what it expects.
#ifndef SAKER_ENGINE_CASES_CASE_OUTCOME_H
#define SAKER_ENGINE_CASES_CASE_OUTCOME_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "engine/base/diagnostic.h"
#include "engine/cases/case.h"

namespace saker {

struct CaseDifference {
  enum class Kind : uint8_t {
    kMissing,     // expected, and did not come
    kUnexpected,  // came, and was not expected
    kDiffers,     // came with other values; without any: at another place in the order
    kUnasked,     // the case is quiet about a rule that none of its events can be about
  };
  struct Value {
    std::string name;  // of a field; "priority", "output"
    std::string expected;
    std::string got;
  };

  Kind kind = Kind::kMissing;
  std::string rule;
  Span span;                  // in the case: what is expected; of kUnexpected the case's name
  std::vector<Value> values;  // those that differ; of kUnexpected all, without `expected`
  std::string event;          // that the alert came from; empty: none did
  std::string nearest;        // why there is no alert, as far as that can be told
};
[[nodiscard]] std::string_view to_string(CaseDifference::Kind kind) noexcept;

// An alert, and which event it came from, for people.
struct CameAlert {
  std::shared_ptr<const Alert> alert;
  std::string event;
};

struct CaseOutcome {
  Diagnostics findings;  // with an error the case was not run
  std::vector<CaseDifference> differences;
  std::vector<CameAlert> alerts;
};

// The text of a value, as cases have it.
[[nodiscard]] std::string text_of(const OutputValue& value);

// How alerts differ from those that the case expects, in their order.
[[nodiscard]] std::vector<CaseDifference> compare_alerts(const Case& test_case,
                                                         const std::vector<CameAlert>& alerts);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_OUTCOME_H
