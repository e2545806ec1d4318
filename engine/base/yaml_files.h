// SPDX-License-Identifier: Apache-2.0
// YamlFiles: which files of a directory of rules or configurations count.
#ifndef SAKER_ENGINE_BASE_YAML_FILES_H
#define SAKER_ENGINE_BASE_YAML_FILES_H

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace saker {

// The paths of its *.yaml and *.yml in name order, without subdirectories, devices and hidden ones;
// a link counts as what it leads to, also when that is nothing.
[[nodiscard]] Result<std::vector<std::string>> list_yaml_files(const std::string& directory);

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_YAML_FILES_H
