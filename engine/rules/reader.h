// SPDX-License-Identifier: Apache-2.0
// Reader: a YAML rule file -> items (document.h). Knows the keys of every kind of item, their types
// and which of them `override` may change; nothing about other items.
#ifndef SAKER_ENGINE_RULES_READER_H
#define SAKER_ENGINE_RULES_READER_H

#include <memory>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"

namespace saker {

// In file order; broken items included, and those that are not YAML, as far as their names can be
// found.
[[nodiscard]] std::vector<Item> read_rule_file(const std::shared_ptr<const SourceText>& source,
                                               Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_READER_H
