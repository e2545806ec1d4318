// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_tree.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "engine/base/yaml.h"

namespace saker {
namespace {

using Source = std::shared_ptr<const SourceText>;

void add_finding(Diagnostics& diagnostics, Severity severity, const Text& place,
                 std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source = place.source;
  diagnostic.span = place.span;
  diagnostics.add(std::move(diagnostic));
}

// Copies a YAML tree. The YAML stands at `offset` in the source.
class NodeReader {
 public:
  NodeReader(const Source& source, uint32_t offset) : source_(source), offset_(offset) {}

  [[nodiscard]] ConfigNode read(const YamlNode& yaml) const {
    ConfigNode node;
    node.text = text_of(yaml);
    if (yaml.is_scalar()) {
      node.kind = ConfigNode::Kind::kValue;
    } else if (yaml.is_sequence()) {
      node.kind = ConfigNode::Kind::kList;
      for (const YamlNode* item : yaml.items) {
        node.items.push_back(read(*item));
      }
    } else if (yaml.is_map()) {
      node.kind = ConfigNode::Kind::kMap;
      for (const auto& [key, value] : yaml.fields) {
        node.fields.push_back({text_of(*key), read(*value)});
      }
    }
    return node;
  }
  [[nodiscard]] Text text_of(const YamlNode& yaml) const {
    return {yaml.text, source_, in_source(yaml.span)};
  }
  [[nodiscard]] Span in_source(Span span) const {
    return {span.begin + offset_, span.end + offset_};
  }

 private:
  const Source& source_;
  uint32_t offset_;
};

// The YAML text that begins at `offset`, as far as it can be read; errors are reported.
std::vector<ConfigNode> read_yaml(const Source& source, uint32_t offset, Diagnostics& diagnostics) {
  const YamlFile file = parse_yaml(source->text().substr(offset));
  const NodeReader reader(source, offset);
  for (const YamlError& error : file.errors) {
    config_error(diagnostics, {"", source, reader.in_source(error.span)}, error.message,
                 error.hint);
  }
  std::vector<ConfigNode> documents;
  for (const YamlNode* document : file.documents) {
    documents.push_back(reader.read(*document));
  }
  return documents;
}

// Makes a map of what is none.
ConfigNode& field_of(ConfigNode& map, const Text& key) {
  if (!map.is_map()) {
    map = ConfigNode{ConfigNode::Kind::kMap, key, {}, {}};
  }
  const auto found = std::ranges::find_if(
      map.fields, [&](const ConfigField& field) { return field.key.value == key.value; });
  if (found != map.fields.end()) {
    return found->value;
  }
  map.fields.push_back({key, ConfigNode{ConfigNode::Kind::kNull, key, {}, {}}});
  return map.fields.back().value;
}

// Makes a list of what is none; a single value is its first item.
ConfigNode& appended_item(ConfigNode& list, const Text& place) {
  if (!list.is_list()) {
    ConfigNode first = std::exchange(list, ConfigNode{ConfigNode::Kind::kList, place, {}, {}});
    if (first.is_value()) {
      list.items.push_back(std::move(first));
    }
  }
  list.items.push_back(ConfigNode{ConfigNode::Kind::kNull, place, {}, {}});
  return list.items.back();
}

// Follows the PATH of an override through the tree.
class Path {
 public:
  Path(const Source& source, uint32_t end, Diagnostics& diagnostics)
      : source_(source), text_(source->text().substr(0, end)), diagnostics_(diagnostics) {}

  // The node it names, made if need be; null: reported.
  ConfigNode* follow(ConfigNode& root);

 private:
  // One step each, from the position on.
  ConfigNode* follow_key(ConfigNode& node);
  ConfigNode* follow_brackets(ConfigNode& node);
  ConfigNode* fail(uint32_t begin, std::string message, std::string hint = "") {
    config_error(diagnostics_, place_from(begin), std::move(message), std::move(hint));
    return nullptr;
  }
  [[nodiscard]] Text place_from(uint32_t begin) const { return {"", source_, {begin, at_}}; }

  const Source& source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  uint32_t at_ = 0;
};

ConfigNode* Path::follow_key(ConfigNode& node) {
  const uint32_t begin = at_;
  std::string key;
  for (; at_ < text_.size() && text_[at_] != '.' && text_[at_] != '['; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
    }
    key += text_[at_];
  }
  if (key.empty()) {
    return fail(begin, "a key is missing here", "keys are joined by dots: a.b[0].c=VALUE");
  }
  return &field_of(node, {key, source_, {begin, at_}});
}

ConfigNode* Path::follow_brackets(ConfigNode& node) {
  const uint32_t begin = at_;
  const size_t close = std::min(text_.find(']', at_), text_.size());
  const std::string_view index_text = text_.substr(at_ + 1, close - at_ - 1);
  at_ = static_cast<uint32_t>(std::min(close + 1, text_.size()));
  const bool closed = close < text_.size();
  if (closed && index_text.empty()) {
    return &appended_item(node, place_from(begin));
  }
  size_t index = 0;
  const char* const end = index_text.data() + index_text.size();
  const auto [last, error] = std::from_chars(index_text.data(), end, index);
  if (!closed || error != std::errc() || last != end) {
    return fail(begin, "this is not the place of an item",
                "'[0]' is the first item; '[]' appends one");
  }
  if (!node.is_list() || index >= node.items.size()) {
    return fail(begin, "there is no item " + std::to_string(index), "'[]' appends one");
  }
  return &node.items[index];
}

ConfigNode* Path::follow(ConfigNode& root) {
  ConfigNode* node = follow_key(root);
  for (size_t depth = 1; node != nullptr && at_ < text_.size(); ++depth) {
    if (depth == kMaxYamlDepth) {
      node = fail(at_++, "nested too deep");
    } else if (text_[at_] == '[') {
      node = follow_brackets(*node);
    } else if (text_[at_] == '.') {
      ++at_;
      node = follow_key(*node);
    } else {
      node = fail(at_++, "a '.' is missing here");
    }
  }
  return node;
}

}  // namespace

void config_warning(Diagnostics& diagnostics, const Text& place, std::string message,
                    std::string hint) {
  add_finding(diagnostics, Severity::kWarning, place, std::move(message), std::move(hint));
}

void config_error(Diagnostics& diagnostics, const Text& place, std::string message,
                  std::string hint) {
  add_finding(diagnostics, Severity::kError, place, std::move(message), std::move(hint));
}

const ConfigNode* find_field(const ConfigNode& map, std::string_view key) {
  const auto found = std::ranges::find_if(
      map.fields, [=](const ConfigField& field) { return field.key.value == key; });
  return found == map.fields.end() ? nullptr : &found->value;
}

ConfigNode read_config_tree(const std::shared_ptr<const SourceText>& file,
                            Diagnostics& diagnostics) {
  ConfigNode root{ConfigNode::Kind::kMap, {"", file, {}}, {}, {}};
  for (ConfigNode& document : read_yaml(file, 0, diagnostics)) {
    if (document.is_map()) {
      merge_config(root, std::move(document), ConfigMerge::kOverride);
    } else if (!document.is_null()) {
      config_error(diagnostics, document.text,
                   "a configuration file holds keys and values, like `json_output: true`");
    }
  }
  return root;
}

void merge_config(ConfigNode& root, ConfigNode file, ConfigMerge strategy) {
  for (ConfigField& field : file.fields) {
    ConfigNode& target = field_of(root, field.key);
    ConfigNode& value = field.value;
    if (target.is_null()) {
      target = std::move(value);
    } else if (target.is_map() && value.is_map()) {
      merge_config(target, std::move(value), strategy);
    } else if (value.is_null() || strategy == ConfigMerge::kAddOnly) {
      continue;
    } else if (target.is_list() && value.is_list() && strategy == ConfigMerge::kAppend) {
      std::ranges::move(value.items, std::back_inserter(target.items));
    } else {
      target = std::move(value);
    }
  }
}

void add_config_override(ConfigNode& root, const std::shared_ptr<const SourceText>& text,
                         Diagnostics& diagnostics) {
  const std::string_view all = text->text();
  const auto size = static_cast<uint32_t>(all.size());
  const size_t equals = all.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    config_error(diagnostics, {"", text, {0, size}}, "an override has the form KEY=VALUE");
    return;
  }
  const uint32_t begin = static_cast<uint32_t>(equals) + 1;
  const std::string_view value = all.substr(begin);
  ConfigNode node{ConfigNode::Kind::kValue, {std::string(value), text, {begin, size}}, {}, {}};
  if (value.starts_with('[') || value.starts_with('{')) {
    std::vector<ConfigNode> documents = read_yaml(text, begin, diagnostics);
    if (documents.empty()) {
      return;
    }
    node = std::move(documents.front());
  }
  ConfigNode changed = root;  // a path that leads nowhere must leave no traces
  if (ConfigNode* target = Path(text, begin - 1, diagnostics).follow(changed); target != nullptr) {
    *target = std::move(node);
    root = std::move(changed);
  }
}

}  // namespace saker
