// SPDX-License-Identifier: Apache-2.0
// YamlJson: YAML as JSON, with the types of values that an editor sees, to hold it against a
// schema.
#ifndef SAKER_TESTS_SUPPORT_YAML_JSON_H
#define SAKER_TESTS_SUPPORT_YAML_JSON_H

#include <string>
#include <string_view>

namespace saker::test {

// Of the first document. Requires: it is YAML.
[[nodiscard]] std::string yaml_as_json(std::string_view yaml);

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_YAML_JSON_H
