// SPDX-License-Identifier: Apache-2.0
// YamlFiles: which files of a directory of rules, cases or configurations count, and their texts.
#ifndef SAKER_ENGINE_BASE_YAML_FILES_H
#define SAKER_ENGINE_BASE_YAML_FILES_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/source_text.h"

namespace saker {

using SourceTexts = std::vector<std::shared_ptr<const SourceText>>;

// The paths of its *.yaml and *.yml in name order, without subdirectories, devices and hidden ones;
// a link counts as what it leads to, also when that is nothing.
[[nodiscard]] Result<std::vector<std::string>> list_yaml_files(const std::string& directory);

// The file of a path, or those of a directory; there may be none. Refuses devices, pipes and files
// above 64 MiB. `kind` names them in errors: "rule".
[[nodiscard]] Result<SourceTexts> read_yaml_files(const std::string& path, std::string_view kind);

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_YAML_FILES_H
