// SPDX-License-Identifier: Apache-2.0
// CaseSchema: the JSON schema (draft 4) of a case, which is a document of a case file, for editors.
#ifndef SAKER_CMD_CASE_SCHEMA_H
#define SAKER_CMD_CASE_SCHEMA_H

#include <string>

namespace saker {

[[nodiscard]] std::string case_schema();

}  // namespace saker

#endif  // SAKER_CMD_CASE_SCHEMA_H
