// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <limits>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/check.h"
#include "engine/base/scalar_walker.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// Errors in one file after which the rest is of no use to anybody.
constexpr size_t kMaxErrors = 100;

// Reads from memory without copying it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written: no put area, no putback
    setg(begin, begin, begin + text.size());
  }
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(YamlFile& file, std::string_view text, size_t offset)
      : file_(file), text_(text), offset_(offset) {}

  // Set when what follows would be meaningless or too much; events are ignored from then on.
  [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    stack_.clear();
    // At some stray tokens (a ',' between blocks) yaml-cpp 0.7 makes empty documents for ever.
    if (mark.pos == document_pos_) {
      const uint32_t at = offset_of(mark);
      fail("not valid YAML: unexpected text", "", {at, at});
      gave_up_ = true;
    }
    document_pos_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (gave_up_) {
      return;
    }
    YamlNode& node = add_node(YamlNode::Kind::kNull, mark, anchor);
    const std::string_view rest = text_.substr(std::min<size_t>(node.span.begin, text_.size()));
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (rest.starts_with(word)) {
        node.text = word;
        node.span.end = node.span.begin + static_cast<uint32_t>(word.size());
      }
    }
    attach(node);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    if (gave_up_) {
      return;
    }
    YamlNode& node = add_node(YamlNode::Kind::kScalar, mark, anchor);
    node.text = value;
    node.span.begin = skip_properties(text_, node.span.begin);
    ScalarWalker walker(text_, node.span.begin);
    node.quoted = walker.is_quoted();
    node.span.end = walker.end_of(value);
    attach(node);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::kSequence, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { close(); }

  void fail(std::string message, std::string hint, Span span) {
    file_.errors.push_back({std::move(message), std::move(hint), span});
    gave_up_ = gave_up_ || file_.errors.size() >= kMaxErrors;
  }

 private:
  struct Open {
    YamlNode* node;
    YAML::anchor_t anchor;
    size_t size_before;  // total_ when it was opened
    const YamlNode* key = nullptr;
    std::unordered_set<std::string_view> keys;
  };
  struct Anchored {
    const YamlNode* node;
    size_t size;  // nodes in it, aliases expanded; 0: still open
  };

  uint32_t offset_of(const YAML::Mark& mark) const {
    const size_t at = mark.pos < 0 ? 0 : static_cast<size_t>(mark.pos) + offset_;
    return static_cast<uint32_t>(std::min(at, text_.size()));
  }
  YamlNode& add_node(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlNode& node = file_.nodes.emplace_back();
    node.kind = kind;
    node.span.begin = offset_of(mark);
    node.span.end = node.span.begin;
    ++total_;
    if (anchor != 0) {
      anchors_[anchor] = {&node, kind == YamlNode::Kind::kScalar || node.is_null() ? 1u : 0u};
    }
    return node;
  }
  void open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor);
  void close();
  void attach(const YamlNode& node);
  void attach_to_map(Open& map, const YamlNode& node);

  YamlFile& file_;
  std::string_view text_;
  size_t offset_;  // bytes in front of what yaml-cpp sees
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  size_t total_ = 0;       // nodes, aliases expanded
  size_t aliased_ = 0;     // nodes that exist only because of aliases
  int document_pos_ = -1;  // where the last document starts
  bool gave_up_ = false;
};

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (gave_up_) {
    return;
  }
  const uint32_t at = offset_of(mark);
  uint32_t end = at;
  while (end < text_.size() &&
         std::string_view(" \t\r\n,[]{}").find(text_[end]) == std::string::npos) {
    ++end;
  }
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end() || found->second.size == 0) {
    fail("this alias names a value that contains it", "", {at, end});
    gave_up_ = true;
    return;
  }
  total_ += found->second.size;
  aliased_ += found->second.size;
  if (aliased_ > kMaxYamlAliasedNodes) {
    fail("the aliases of this file stand for more than " + std::to_string(kMaxYamlAliasedNodes) +
             " values",
         "write the values out, or split the file", {at, end});
    gave_up_ = true;
    return;
  }
  attach(*found->second.node);
}

void TreeBuilder::open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (gave_up_) {
    return;
  }
  const size_t size_before = total_;
  YamlNode& node = add_node(kind, mark, anchor);
  if (anchor != 0) {
    node.span.begin = node.span.end = skip_properties(text_, node.span.begin);
  }
  if (stack_.size() >= kMaxYamlDepth) {
    fail("nested deeper than " + std::to_string(kMaxYamlDepth) + " levels", "",
         {node.span.begin, node.span.begin + 1});
    gave_up_ = true;
    return;
  }
  stack_.push_back({&node, anchor, size_before, nullptr, {}});
}

void TreeBuilder::close() {
  if (gave_up_) {
    return;
  }
  SAKER_CHECK(!stack_.empty());
  const Open done = std::move(stack_.back());
  stack_.pop_back();
  YamlNode& node = *done.node;
  for (const YamlNode* item : node.items) {
    node.span.end = std::max(node.span.end, item->span.end);
  }
  for (const auto& [key, value] : node.fields) {
    node.span.end = std::max({node.span.end, key->span.end, value->span.end});
  }
  if (node.span.empty()) {  // [] or {}
    node.span.end = std::min(node.span.begin + 1, static_cast<uint32_t>(text_.size()));
  }
  if (done.anchor != 0) {
    anchors_[done.anchor].size = total_ - done.size_before;
  }
  attach(node);
}

void TreeBuilder::attach(const YamlNode& node) {
  if (stack_.empty()) {
    file_.documents.push_back(&node);
  } else if (stack_.back().node->is_sequence()) {
    stack_.back().node->items.push_back(&node);
  } else {
    attach_to_map(stack_.back(), node);
  }
}

void TreeBuilder::attach_to_map(Open& map, const YamlNode& node) {
  if (map.key != nullptr) {
    map.node->fields.emplace_back(map.key, &node);
    map.key = nullptr;
    return;
  }
  map.key = &node;
  if (!node.is_scalar()) {
    fail("a key must be a plain text", "", node.span);
  } else if (!map.keys.insert(node.text).second) {
    const YamlNode* first = nullptr;
    for (const auto& [key, value] : map.node->fields) {
      first = key->text == node.text ? key : first;
    }
    const auto lines = std::count(text_.begin(), text_.begin() + first->span.begin, '\n');
    fail("key '" + node.text + "' is already there",
         "it stands in line " + std::to_string(lines + 1) + " too; keep one of them", node.span);
  }
}

// What yaml-cpp would misread or misplace. True: the text is fit to be parsed.
bool check_bytes(std::string_view text, YamlFile& file) {
  const auto refuse = [&file](std::string message, std::string hint, size_t at) {
    const auto begin = static_cast<uint32_t>(at);
    file.errors.push_back({std::move(message), std::move(hint), {begin, begin + 1}});
    return false;
  };
  if (text.size() > std::numeric_limits<int>::max() / 2) {
    return refuse("the file is too large", "", 0);
  }
  const size_t nul = text.find('\0');
  const size_t invalid = find_invalid_utf8(text);
  if (nul < invalid) {
    return refuse("this is not a text: it has a NUL byte",
                  "is this a YAML file, and in UTF-8 (not UTF-16)?", nul);
  }
  if (invalid != std::string_view::npos) {
    return refuse("this byte is not UTF-8", "is this a YAML file, and in UTF-8?", invalid);
  }
  return true;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const noexcept {
  for (const auto& [name, value] : fields) {
    if (name->text == key) {
      return value;
    }
  }
  return nullptr;
}

YamlFile parse_yaml(std::string_view text) {
  YamlFile file;
  if (!check_bytes(text, file)) {
    return file;
  }
  const size_t offset = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  TreeBuilder builder(file, text, offset);
  ViewBuffer buffer(text.substr(offset));
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (!builder.gave_up() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (!builder.gave_up()) {
      const size_t at = error.mark.pos < 0 ? 0 : static_cast<size_t>(error.mark.pos) + offset;
      const auto begin = static_cast<uint32_t>(std::min(at, text.size()));
      builder.fail("not valid YAML: " + error.msg, "", {begin, begin});
    }
  }
  return file;
}

Span locate_in_scalar(std::string_view file_text, Span scalar, std::string_view value, Span part) {
  ScalarWalker walker(file_text, scalar.begin);
  return walker.locate(value, part);
}

}  // namespace saker
