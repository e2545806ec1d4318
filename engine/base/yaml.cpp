// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <limits>
#include <optional>
#include <streambuf>
#include <unordered_map>

#include "engine/base/check.h"
#include "engine/base/scalar_walker.h"
#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// Errors in one file after which the rest is of no use to anybody.
constexpr size_t kMaxErrors = 100;
constexpr std::string_view kBlanks = " \t\r\n";

// Reads from memory without copying it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written: no put area, no putback
    setg(begin, begin, begin + text.size());
  }
};

// What there is to parse.
Span all_of(std::string_view text) {
  const size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(text.size())};
}

// Column of the dash that the line begins with; npos: it begins with something else.
size_t dash_column(std::string_view line) {
  const size_t column = line.find_first_not_of(' ');
  const bool is_dash =
      column != std::string_view::npos && line[column] == '-' &&
      (column + 1 == line.size() || kBlanks.find(line[column + 1]) != std::string_view::npos);
  return is_dash ? column : std::string_view::npos;
}

// Blank, a comment, a directive or the mark of a document.
bool is_preamble(std::string_view line) {
  const size_t begin = line.find_first_not_of(kBlanks);
  return begin == std::string_view::npos || line[begin] == '#' || line[begin] == '%' ||
         line.starts_with("---");
}

// The items of a file that is a sequence, each with what stands behind it; all of any other file.
std::vector<Span> split_items(std::string_view text) {
  const Span all = all_of(text);
  std::vector<Span> parts;
  std::optional<size_t> column;
  uint32_t begin = all.begin;
  for (uint32_t at = all.begin; at < all.end;) {
    const auto end = static_cast<uint32_t>(std::min<size_t>(text.find('\n', at), all.end - 1) + 1);
    const std::string_view line = text.substr(at, end - at);
    if (!column.has_value() && !is_preamble(line)) {
      column = dash_column(line);
    } else if (column.has_value() && dash_column(line) == *column &&
               *column != std::string_view::npos) {
      parts.push_back({begin, at});
      begin = at;
    }
    at = end;
  }
  parts.push_back({begin, all.end});
  return parts;
}

// Whether the quoted scalar that begins the text has its second quote. yaml-cpp 0.7 does not care.
bool is_closed(std::string_view text) {
  const char quote = text.front();
  for (size_t at = 1; at < text.size(); ++at) {
    const bool is_doubled = quote == '\'' && text.substr(at, 2) == "''";
    const bool is_escape = quote == '"' && text[at] == '\\';
    if (is_doubled || is_escape) {
      ++at;
    } else if (text[at] == quote) {
      return true;
    }
  }
  return false;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(YamlFile& file, std::string_view text) : file_(file), text_(text) {}

  // Adds the documents of these bytes of the text; one that is_unreadable() when they are no YAML.
  void read(Span part);

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
    check_quotes(node);
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

 private:
  struct Open {
    YamlNode* node;
    YAML::anchor_t anchor;
    size_t size_before;  // total_ when it was opened
    const YamlNode* key = nullptr;
    bool key_is_bad = false;
    std::unordered_map<std::string_view, const YamlNode*> keys;
  };
  struct Anchored {
    const YamlNode* node;
    size_t size;  // nodes in it, aliases expanded; 0: still open
  };

  bool check_bytes();
  void check_quotes(const YamlNode& scalar);
  void fail(const YAML::Exception& error);
  void fail(std::string message, std::string hint, Span span) {
    file_.errors.push_back({std::move(message), std::move(hint), span});
    gave_up_ = gave_up_ || file_.errors.size() >= kMaxErrors;
  }
  uint32_t offset_of(const YAML::Mark& mark) const {
    const size_t at = mark.pos < 0 ? 0 : static_cast<size_t>(mark.pos) + part_.begin;
    return static_cast<uint32_t>(std::min<size_t>(at, part_.end));
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
  Span part_;  // what yaml-cpp sees
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  size_t total_ = 0;       // nodes, aliases expanded
  size_t aliased_ = 0;     // nodes that exist only because of aliases
  int document_pos_ = -1;  // where the last document starts
  // What follows would be meaningless or too much; events are ignored from then on.
  bool gave_up_ = false;
};

void TreeBuilder::read(Span part) {
  part_ = part;
  document_pos_ = -1;
  gave_up_ = file_.errors.size() >= kMaxErrors || !check_bytes();
  const size_t documents = file_.documents.size();
  ViewBuffer buffer(text_.substr(part.begin, part.end - part.begin));
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (!gave_up_ && parser.HandleNextDocument(*this)) {
    }
  } catch (const YAML::Exception& error) {
    fail(error);
  }
  if (gave_up_) {
    YamlNode& node = file_.nodes.emplace_back();
    node.kind = YamlNode::Kind::kUnreadable;
    node.span = part;
    file_.documents.resize(documents);
    file_.documents.push_back(&node);
  }
}

// What yaml-cpp would misread or misplace. True: the part is fit to be parsed.
bool TreeBuilder::check_bytes() {
  const std::string_view text = text_.substr(part_.begin, part_.end - part_.begin);
  const auto refuse = [this](std::string message, std::string hint, size_t at) {
    const auto begin = static_cast<uint32_t>(part_.begin + at);
    fail(std::move(message), std::move(hint), {begin, begin + 1});
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

void TreeBuilder::check_quotes(const YamlNode& scalar) {
  const uint32_t begin = std::min(scalar.span.begin, part_.end);
  const std::string_view rest = text_.substr(begin, part_.end - begin);
  if ((rest.starts_with('"') || rest.starts_with('\'')) && !is_closed(rest)) {
    fail("not valid YAML: this quote is not closed", "", {begin, begin + 1});
    gave_up_ = true;
  }
}

void TreeBuilder::fail(const YAML::Exception& error) {
  const bool is_alias_of_elsewhere =
      part_.end - part_.begin < all_of(text_).end - all_of(text_).begin &&
      error.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR);
  if (!gave_up_ && !is_alias_of_elsewhere) {
    // The end of a part is the beginning of another, where nothing is wrong.
    const size_t last = text_.substr(0, part_.end).find_last_not_of(kBlanks);
    const auto end = static_cast<uint32_t>(last == std::string_view::npos ? 0 : last + 1);
    const uint32_t at = std::min(offset_of(error.mark), std::max(end, part_.begin));
    const bool is_stray_colon = error.msg == YAML::ErrorMsg::MAP_VALUE;
    fail("not valid YAML: " + error.msg,
         is_stray_colon ? "is the indentation that of the line above? A text with ': ' needs quotes"
                        : "",
         {at, at});
  }
  gave_up_ = true;
}

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
  stack_.push_back({&node, anchor, size_before, nullptr, false, {}});
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
    if (!map.key_is_bad) {
      map.node->fields.emplace_back(map.key, &node);
    }
    map.key = nullptr;
    return;
  }
  map.key = &node;
  map.key_is_bad = true;
  if (!node.is_scalar()) {
    fail("a key must be a plain text", "", node.span);
    return;
  }
  const auto [first, is_new] = map.keys.emplace(node.text, &node);
  map.key_is_bad = !is_new;
  if (!is_new) {
    const auto lines = std::count(text_.begin(), text_.begin() + first->second->span.begin, '\n');
    fail("key '" + node.text + "' is already there",
         "it stands in line " + std::to_string(lines + 1) + " too; keep one of them", node.span);
  }
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
  TreeBuilder(file, text).read(all_of(text));
  return file;
}

YamlFile parse_yaml_items(std::string_view text) {
  YamlFile whole = parse_yaml(text);
  const bool is_readable = std::none_of(whole.documents.begin(), whole.documents.end(),
                                        [](const YamlNode* node) { return node->is_unreadable(); });
  if (is_readable) {
    return whole;
  }
  YamlFile file;
  TreeBuilder builder(file, text);
  for (const Span part : split_items(text)) {
    builder.read(part);
  }
  if (file.errors.empty()) {
    file.errors = std::move(whole.errors);
  }
  return file;
}

Span locate_in_scalar(std::string_view file_text, Span scalar, std::string_view value, Span part) {
  ScalarWalker walker(file_text, scalar.begin);
  return walker.locate(value, part);
}

}  // namespace saker
