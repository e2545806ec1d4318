// SPDX-License-Identifier: Apache-2.0
// Types of values in JSON schemas of files that are written as YAML: every scalar is a text.
#ifndef SAKER_CMD_SCHEMA_TYPES_H
#define SAKER_CMD_SCHEMA_TYPES_H

#include "outputs/json.h"

namespace saker {

// Both write the members of the object that is the type.
void write_text_type(JsonWriter& json);
void write_texts_type(JsonWriter& json);

}  // namespace saker

#endif  // SAKER_CMD_SCHEMA_TYPES_H
