// SPDX-License-Identifier: Apache-2.0
// MapReader: reads the keys of one YAML map and reports what is wrong with each; keys that nobody
// asked for are errors.
#ifndef SAKER_ENGINE_CASES_MAP_READER_H
#define SAKER_ENGINE_CASES_MAP_READER_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "engine/base/yaml.h"
#include "engine/rules/document.h"

namespace saker {

class MapReader {
 public:
  // Borrows the node and the diagnostics.
  MapReader(const YamlNode& node, std::shared_ptr<const SourceText> source, Diagnostics& out);

  // The value of the key, or null. The key is known from now on.
  const YamlNode* take(std::string_view key);
  // Also when there is none.
  void know(std::string_view key) { known_.emplace_back(key); }
  void refuse_unknown_keys();

  void error(const YamlNode& place, std::string message, std::string hint = {});
  // "'pid' is missing", unless it is there.
  void require(std::string_view key);
  // What is wrong with the map as a whole: at its first key.
  void error_of_map(std::string message, std::string hint = {});

  [[nodiscard]] Text text_of(const YamlNode& scalar) const {
    return {scalar.text, source_, scalar.span};
  }
  [[nodiscard]] const YamlNode& node() const noexcept { return node_; }
  // A reader of a map inside this one.
  [[nodiscard]] MapReader inner(const YamlNode& node) const { return {node, source_, out_}; }

 private:
  const YamlNode& node_;
  std::shared_ptr<const SourceText> source_;
  Diagnostics& out_;
  std::vector<std::string> known_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_MAP_READER_H
