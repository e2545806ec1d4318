// SPDX-License-Identifier: Apache-2.0
// OutputValue -> JSON, with the type it has.
#ifndef SAKER_OUTPUTS_OUTPUT_VALUE_H
#define SAKER_OUTPUTS_OUTPUT_VALUE_H

#include "engine/alert.h"
#include "outputs/json.h"

namespace saker {

void write_value(JsonWriter& json, const OutputValue& value);

}  // namespace saker

#endif  // SAKER_OUTPUTS_OUTPUT_VALUE_H
