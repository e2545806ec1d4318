// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/map_reader.h"

#include <algorithm>
#include <set>
#include <utility>

namespace saker {
namespace {

std::string list_of(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : std::set<std::string>(keys.begin(), keys.end())) {
    text += (text.empty() ? "there are: " : ", ") + key;
  }
  return text;
}

}  // namespace

MapReader::MapReader(const YamlNode& node, std::shared_ptr<const SourceText> source,
                     Diagnostics& out)
    : node_(node), source_(std::move(source)), out_(out) {
  if (!node.is_map()) {
    error(node, "expected a map, as in {pid: 10, name: nginx}");
  }
}

const YamlNode* MapReader::take(std::string_view key) {
  know(key);
  return node_.find(key);
}

void MapReader::refuse_unknown_keys() {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& [key, value] : node_.fields) {
    if (std::ranges::find(known, key->text) == known.end()) {
      const std::string near = did_you_mean(key->text, known);
      error(*key, "unknown key '" + key->text + "'", near.empty() ? list_of(known_) : near);
    }
  }
}

void MapReader::error(const YamlNode& place, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source = source_;
  diagnostic.span = place.span;
  out_.add(std::move(diagnostic));
}

void MapReader::require(std::string_view key) {
  if (node_.is_map() && node_.find(key) == nullptr) {
    error_of_map("'" + std::string(key) + "' is missing");
  }
}

void MapReader::error_of_map(std::string message, std::string hint) {
  error(node_.fields.empty() ? node_ : *node_.fields.front().first, std::move(message),
        std::move(hint));
}

}  // namespace saker
