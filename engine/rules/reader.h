// SPDX-License-Identifier: Apache-2.0
// Reader: a YAML rule file -> items (document.h). Knows the keys of every kind of item, their types
// and which of them `override` may change; nothing about other items.
#ifndef SAKER_ENGINE_RULES_READER_H
#define SAKER_ENGINE_RULES_READER_H

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"

namespace saker {

// What the value of a key looks like.
enum class RuleKeyShape : uint8_t {
  kText,
  kBool,
  kNumber,
  kTexts,
  kPriority,
  kAction,
  kEnforcement,
  kPlugins,
  kExceptions,
  kOverride,
};

struct RuleKey {
  std::string_view name;
  RuleKeyShape shape = RuleKeyShape::kText;
  bool can_append = false;  // by `override`
  bool can_replace = false;
};

// The keys of all kinds of items, each once: one that several have is the same in each.
[[nodiscard]] std::vector<RuleKey> rule_file_keys();

// In file order; broken items included, and those that are not YAML, as far as their names can be
// found.
[[nodiscard]] std::vector<Item> read_rule_file(const std::shared_ptr<const SourceText>& source,
                                               Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_READER_H
