// SPDX-License-Identifier: Apache-2.0
// FindingCode: what kind of finding a diagnostic is, for programs that read findings. The names are
// those of the compatibility reference; one row per kind.
#ifndef SAKER_ENGINE_BASE_FINDING_CODE_H
#define SAKER_ENGINE_BASE_FINDING_CODE_H

#include <string_view>

namespace saker {

// Texts are static.
struct FindingCode {
  std::string_view name;  // empty: none (findings in configuration files)
  std::string_view description;

  friend bool operator==(const FindingCode& a, const FindingCode& b) { return a.name == b.name; }
};

namespace code {
inline constexpr FindingCode kFileRead{"LOAD_ERR_FILE_READ", "The file cannot be read"};
inline constexpr FindingCode kYamlParse{"LOAD_ERR_YAML_PARSE", "The file is not valid YAML"};
inline constexpr FindingCode kYamlValidate{"LOAD_ERR_YAML_VALIDATE",
                                           "A key or value is not what a rule file may have there"};
inline constexpr FindingCode kCompileCondition{"LOAD_ERR_COMPILE_CONDITION",
                                               "A condition cannot be compiled"};
inline constexpr FindingCode kCompileOutput{"LOAD_ERR_COMPILE_OUTPUT",
                                            "An output cannot be compiled"};
inline constexpr FindingCode kValidate{"LOAD_ERR_VALIDATE", "Items of rule files do not fit"};
inline constexpr FindingCode kCannotEnforce{"LOAD_ERR_ENFORCEMENT",
                                            "The kernel cannot do what a rule's action says"};

inline constexpr FindingCode kNotEnforced{"LOAD_NOT_ENFORCED",
                                          "A rule only alerts, whatever it says"};
inline constexpr FindingCode kUnknownSource{"LOAD_UNKNOWN_SOURCE",
                                            "Nothing gives events of this source"};
inline constexpr FindingCode kUnsafeNaCheck{"LOAD_UNSAFE_NA_CHECK",
                                            "Comparing with <NA> does not find missing values"};
inline constexpr FindingCode kNoEventType{"LOAD_NO_EVTTYPE",
                                          "A condition is not limited to kinds of events"};
inline constexpr FindingCode kUnknownFilter{"LOAD_UNKNOWN_FILTER",
                                            "A rule is left out: a field or event is not known"};
inline constexpr FindingCode kUnusedMacro{"LOAD_UNUSED_MACRO", "A macro is not used"};
inline constexpr FindingCode kUnusedList{"LOAD_UNUSED_LIST", "A list is not used"};
inline constexpr FindingCode kUnknownItem{"LOAD_UNKNOWN_ITEM", "An item of unknown kind"};
inline constexpr FindingCode kUnknownKey{"LOAD_UNKNOWN_KEY", "A key that means nothing"};
inline constexpr FindingCode kDeprecated{"LOAD_DEPRECATED_ITEM", "An older form is used"};
inline constexpr FindingCode kAppendNoValues{"LOAD_APPEND_NO_VALUES",
                                             "Nothing is appended to an exception"};
inline constexpr FindingCode kExceptionNotUnique{"LOAD_EXCEPTION_NAME_NOT_UNIQUE",
                                                 "Two exceptions have the same name"};
inline constexpr FindingCode kInvalidMacroName{"LOAD_INVALID_MACRO_NAME",
                                               "No condition can name this macro"};
inline constexpr FindingCode kInvalidListName{"LOAD_INVALID_LIST_NAME",
                                              "No condition can name this list"};
inline constexpr FindingCode kSuspectCondition{"LOAD_COMPILE_CONDITION",
                                               "A condition may not mean what it says"};

// Not of the reference: what is valid but useless, dangerous or needlessly slow.
inline constexpr FindingCode kNeverMatches{"LINT_NEVER_MATCHES",
                                           "A rule, or a part of it, can hold for no event"};
inline constexpr FindingCode kShadowedRule{"LINT_SHADOWED_RULE",
                                           "An earlier rule holds whenever this one does"};
inline constexpr FindingCode kForgeableException{
    "LINT_FORGEABLE_EXCEPTION", "An exception asks only for what a process chooses itself"};
inline constexpr FindingCode kCheaperOperator{"LINT_CHEAPER_OPERATOR",
                                              "A cheaper operator does the same"};
inline constexpr FindingCode kConstantComparison{"LINT_CONSTANT_COMPARISON",
                                                 "A comparison holds for every value, or for none"};
}  // namespace code

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_FINDING_CODE_H
