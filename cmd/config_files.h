// SPDX-License-Identifier: Apache-2.0
// ConfigFiles: reads the files that a configuration consists of: the main one, and those that its
// key config_files names.
#ifndef SAKER_CMD_CONFIG_FILES_H
#define SAKER_CMD_CONFIG_FILES_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/config_tree.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/source_text.h"

namespace saker {

// The main file when no other is named, and the directory whose files come behind it when it does
// not say anything else. Neither has to be there.
struct DefaultConfig {
  std::string path = "/etc/saker/saker.yaml";
  std::string directory = "/etc/saker/config.d";
};

struct ConfigFiles {
  ConfigNode tree;                                       // a map: all of them, merged
  std::vector<std::shared_ptr<const SourceText>> texts;  // in the order of reading
};

// `path`: the main file; empty: the default.
[[nodiscard]] ConfigFiles read_config_files(const std::string& path, Diagnostics& diagnostics,
                                            const DefaultConfig& defaults = {});

// The text of one; fails for what is not a regular file of at most 1 MiB.
[[nodiscard]] Result<std::shared_ptr<const SourceText>> read_config_file(const std::string& path);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_FILES_H
