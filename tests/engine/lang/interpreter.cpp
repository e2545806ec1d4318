// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/lang/interpreter.h"

#include <regex.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/lang/types.h"

namespace saker::lang::test {
namespace {

using Plain = std::variant<std::string, int64_t, IpAddress>;

struct Extracted {
  bool missing = true;
  FieldType type = FieldType::kCharBuf;
  FieldShape shape = FieldShape::kOne;
  std::vector<Plain> values;
};

Plain to_plain(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kText:
      return std::string(value.as_text());
    case Value::Kind::kIp:
      return value.as_ip();
    default:
      return value.as_int();
  }
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return text;
}

// Only * and ?, by trying everything.
bool glob(const std::string& pattern, const std::string& text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern[0] == '*') {
    return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         glob(pattern.substr(1), text.substr(1));
}

std::vector<std::string> components(const std::string& path) {
  std::vector<std::string> parts;
  if (path.starts_with('/')) {
    parts.emplace_back("/");
  }
  std::string part;
  for (const char c : path + "/") {
    if (c != '/') {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::exchange(part, ""));
    }
  }
  return parts;
}

bool matches_component(const std::string& wanted, const std::string& part) {
  return wanted == part || (part != "/" && glob(wanted, part));
}

bool is_below(const std::string& path, const std::string& prefix) {
  const std::vector<std::string> parts = components(path);
  const std::vector<std::string> wanted = components(prefix);
  return wanted.size() <= parts.size() &&
         std::equal(wanted.begin(), wanted.end(), parts.begin(), matches_component);
}

bool regex(const std::string& pattern, const std::string& text) {
  regex_t compiled;
  if (regcomp(&compiled, ("^(" + pattern + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return false;
  }
  const bool matches = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return matches;
}

bool compare_text(const std::string& op, const std::string& a, const std::string& b) {
  return op == "contains"     ? a.find(b) != std::string::npos
         : op == "icontains"  ? lower(a).find(lower(b)) != std::string::npos
         : op == "startswith" ? a.starts_with(b)
         : op == "endswith"   ? a.ends_with(b)
         : op == "glob"       ? glob(b, a)
         : op == "iglob"      ? glob(lower(b), lower(a))
         : op == "pmatch"     ? is_below(a, b)
         : op == "regex"      ? regex(b, a)
         : op == "<"          ? a < b
         : op == "<="         ? a <= b
         : op == ">"          ? a > b
                              : a >= b;
}

bool compare(const std::string& op, const Plain& a, const Plain& b) {
  if (op == "=" || op == "==" || op == "in" || op == "intersects") {
    return a == b;
  }
  if (op == "!=") {
    return a != b;
  }
  if (const auto* text = std::get_if<std::string>(&a)) {
    return compare_text(op, *text, std::get<std::string>(b));
  }
  const int64_t x = std::get<int64_t>(a);
  const int64_t y = std::get<int64_t>(b);
  return op == "<" ? x < y : op == "<=" ? x <= y : op == ">" ? x > y : x >= y;
}

// `a op constant`, the constant read by the type of the field.
bool compare_constant(const std::string& op, FieldType type, const Plain& a,
                      const std::string& text) {
  switch (type_def(type).type_class) {
    case kTextClass:
      return compare(op, a, text);
    case kIpClass:
      return compare(op, a, *parse_ip(text));
    case kNetClass: {
      const size_t slash = text.find('/');
      const bool inside = is_in_network(std::get<IpAddress>(a), *parse_ip(text.substr(0, slash)),
                                        static_cast<uint8_t>(std::stoi(text.substr(slash + 1))));
      return inside == (op != "!=");
    }
    case kBoolClass:
      return compare(op, a, int64_t{text == "true"});
    default:
      return compare(op, a, int64_t{std::stoll(text)});
  }
}

class Interpreter {
 public:
  Interpreter(const FieldCatalog& fields, const Event& event) : fields_(fields), event_(event) {}

  bool holds(const Expr& expr) const {
    const auto child_holds = [this](const ExprPtr& child) { return holds(*child); };
    if (const auto* node = std::get_if<And>(&expr.node)) {
      return std::all_of(node->children.begin(), node->children.end(), child_holds);
    }
    if (const auto* node = std::get_if<Or>(&expr.node)) {
      return std::any_of(node->children.begin(), node->children.end(), child_holds);
    }
    if (const auto* node = std::get_if<Not>(&expr.node)) {
      return !holds(*node->child);
    }
    return holds(std::get<Comparison>(expr.node));
  }

 private:
  [[nodiscard]] bool holds(const Comparison& c) const {
    const Extracted lhs = eval(c.lhs);
    if (lhs.missing) {
      return false;
    }
    if (c.op == "exists") {
      return lhs.shape == FieldShape::kOne || lhs.shape == FieldShape::kList || !lhs.values.empty();
    }
    if (const auto* operand = std::get_if<Operand>(&c.rhs.node)) {
      const Extracted rhs = eval(*operand);
      return !rhs.missing && compare(c.op, lhs.values.front(), rhs.values.front());
    }
    if (const auto* constant = std::get_if<Constant>(&c.rhs.node)) {
      return holds_for(c.op, lhs, {*constant});
    }
    const auto& items = std::get<std::vector<Constant>>(c.rhs.node);
    if (items.empty()) {
      return false;
    }
    if (c.modifier == Modifier::kNone) {
      return holds_for(c.op, lhs, items);
    }
    const auto count = std::count_if(items.begin(), items.end(), [&](const Constant& item) {
      return holds_for(c.op, lhs, {item});
    });
    return c.modifier == Modifier::kOneOf   ? count == 1
           : c.modifier == Modifier::kAnyOf ? count > 0
                                            : count == std::ssize(items);
  }

  // Over the values of the field: any or all of them; over the constants: any.
  [[nodiscard]] static bool holds_for(const std::string& op, const Extracted& lhs,
                                      const std::vector<Constant>& constants) {
    const auto value_holds = [&](const Plain& value) {
      return std::any_of(constants.begin(), constants.end(), [&](const Constant& constant) {
        return compare_constant(op, lhs.type, value, constant.text);
      });
    };
    if (lhs.shape == FieldShape::kList && op == "in") {
      return std::all_of(lhs.values.begin(), lhs.values.end(), value_holds);
    }
    if (lhs.shape == FieldShape::kEnds && op == "!=") {
      return !lhs.values.empty() && std::all_of(lhs.values.begin(), lhs.values.end(), value_holds);
    }
    return std::any_of(lhs.values.begin(), lhs.values.end(), value_holds);
  }

  [[nodiscard]] Extracted eval(const Operand& operand) const {
    if (const auto* constant = std::get_if<Constant>(&operand.node)) {
      return {false, FieldType::kCharBuf, FieldShape::kOne, {constant->text}};
    }
    if (const auto* ref = std::get_if<FieldRef>(&operand.node)) {
      FieldCatalog::Use use;
      static_cast<void>(fields_.resolve(ref->name, ref->has_arg, ref->arg, use));
      const Value value = use.def->extract(event_, use.args);
      Extracted result{value.is_missing(), use.type, use.def->shape, {}};
      if (value.kind() == Value::Kind::kList) {
        for (const Value& item : value.as_list()) {
          result.values.push_back(to_plain(item));
        }
      } else if (!value.is_missing()) {
        result.values.push_back(to_plain(value));
      }
      return result;
    }
    return transform(std::get<TransformerCall>(operand.node));
  }

  [[nodiscard]] Extracted transform(const TransformerCall& call) const {
    std::vector<Extracted> args;
    for (const Operand& arg : call.args) {
      args.push_back(eval(arg));
      if (args.back().missing) {
        return {};
      }
    }
    Extracted result = args.front();
    if (call.name == "val") {
      return result;
    }
    if (call.name == "len") {
      const bool is_list = result.shape == FieldShape::kList;
      const size_t length =
          is_list ? result.values.size() : std::get<std::string>(result.values.front()).size();
      return {false, FieldType::kUint64, FieldShape::kOne, {static_cast<int64_t>(length)}};
    }
    if (call.name == "concat") {
      std::string text;
      for (const Extracted& arg : args) {
        text += std::get<std::string>(arg.values.front());
      }
      return {false, FieldType::kCharBuf, FieldShape::kOne, {text}};
    }
    for (Plain& value : result.values) {
      const std::string text = std::get<std::string>(value);
      value = call.name == "tolower"   ? lower(text)
              : call.name == "toupper" ? upper(text)
                                       : text.substr(text.rfind('/') + 1);
    }
    return result;
  }

  const FieldCatalog& fields_;
  const Event& event_;
};

}  // namespace

bool interpret(const Expr& condition, const FieldCatalog& fields, const Event& event) {
  return Interpreter(fields, event).holds(condition);
}

}  // namespace saker::lang::test
