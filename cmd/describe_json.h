// SPDX-License-Identifier: Apache-2.0
// DescribeJson: the description of rules (engine/rules/describe.h) as JSON, with the keys of the
// compatibility reference.
#ifndef SAKER_CMD_DESCRIBE_JSON_H
#define SAKER_CMD_DESCRIBE_JSON_H

#include "engine/rules/describe.h"
#include "outputs/json.h"

namespace saker {

// {required_engine_version, required_plugin_versions, rules, macros, lists}. Rules whose condition
// was not looked at are not in it.
void write_json(JsonWriter& json, const RulesDescription& description);
// One entry of `rules`: {info, details}. Requires: its condition is resolved.
void write_json(JsonWriter& json, const RuleDescription& rule);

}  // namespace saker

#endif  // SAKER_CMD_DESCRIBE_JSON_H
