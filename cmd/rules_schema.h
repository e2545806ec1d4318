// SPDX-License-Identifier: Apache-2.0
// RulesSchema: the JSON schema (draft 4) of rule files, for editors.
#ifndef SAKER_CMD_RULES_SCHEMA_H
#define SAKER_CMD_RULES_SCHEMA_H

#include <string>

namespace saker {

[[nodiscard]] std::string rules_schema();

}  // namespace saker

#endif  // SAKER_CMD_RULES_SCHEMA_H
