// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/lang/condition_generator.h"

#include <utility>
#include <vector>

#include "engine/lang/types.h"

namespace saker::lang::test {
namespace {

using FieldRow = ConditionGenerator::FieldRow;

constexpr FieldRow kFields[] = {
    {"t.a", FieldType::kCharBuf, FieldShape::kOne},
    {"t.b", FieldType::kCharBuf, FieldShape::kOne},
    {"t.list", FieldType::kCharBuf, FieldShape::kList},
    {"t.up", FieldType::kCharBuf, FieldShape::kAncestors},
    {"n.u", FieldType::kUint64, FieldShape::kOne},
    {"n.i", FieldType::kInt32, FieldShape::kOne},
    {"n.up", FieldType::kInt64, FieldShape::kAncestors},
    {"n.ends", FieldType::kPort, FieldShape::kEnds},
    {"b.b", FieldType::kBool, FieldShape::kOne},
    {"ip.one", FieldType::kIpAddr, FieldShape::kOne},
    {"ip.ends", FieldType::kIpAddr, FieldShape::kEnds},
    {"net.ends", FieldType::kIpNet, FieldShape::kEnds},
};

constexpr std::string_view kTexts[] = {"",           "a",         "A",      "ab",   "aB/c",   "/",
                                       "/a",         "/a/b",      "/a/b/c", "/A/b", "bab",    "a/",
                                       "/ab",        "//a//b",    "xx",     "x",    "/a/x/b", "aab",
                                       "/usr/LIB/a", "libabc.so", "xlibabc"};
constexpr std::string_view kPatterns[] = {"",    "a*", "*b", "?",    "/a/*", "*/b", "/?/b",
                                          "*a*", "*",  "/*", "a?*b", "/a",   "/",   "/usr/*"};
constexpr std::string_view kRegexes[] = {"a.*",
                                         ".*b",
                                         "[ab]+",
                                         "(a|x)+",
                                         "/a/?.*",
                                         ".",
                                         "/usr/.*",
                                         ".*(libabc|/LIB/).*",
                                         "x?libabc([.]so)?"};
constexpr std::string_view kAddresses[] = {"10.0.0.1", "10.0.0.2", "192.168.1.1", "::1", "fe80::2"};
constexpr std::string_view kNetworks[] = {"10.0.0.0/8", "10.0.0.2/32", "0.0.0.0/0", "fe80::/10",
                                          "::1/128"};

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

void ConditionGenerator::declare(MockFields& fields) {
  for (const FieldRow& row : kFields) {
    fields.declare(row.name, row.type, row.shape);
  }
  fields.declare("evt.type", FieldType::kCharBuf);
}

std::string ConditionGenerator::condition(int depth) {
  const size_t form = depth == 0 ? 3 : below(6);
  if (form == 0 || form == 1) {
    std::string text = "(" + condition(depth - 1);
    for (size_t i = 0; i < 1 + below(3); ++i) {
      text += (form == 0 ? " and " : " or ") + condition(depth - 1);
    }
    return text + ")";
  }
  return form == 2 ? "not " + condition(depth - 1) : comparison();
}

std::string ConditionGenerator::rule_condition(int depth) {
  constexpr std::string_view kTypes[] = {"evt.type = open",
                                         "evt.type in (open, close)",
                                         "not evt.type = close",
                                         "evt.type != open",
                                         "evt.type = anyof (execve, open)",
                                         "evt.type startswith open",
                                         "not evt.type in (connect)",
                                         "evt.type exists"};
  const std::string first = "(" + std::string(one_of(kTypes)) + " and " + condition(depth) + ")";
  return once_in(2)   ? first
         : once_in(4) ? condition(depth)
                      : "(" + first + " or (" + std::string(one_of(kTypes)) + " and " +
                            condition(depth) + "))";
}

EventCode ConditionGenerator::set_event(MockFields& fields) {
  constexpr std::string_view kNames[] = {"open", "close", "execve", "connect"};
  const std::string_view name = one_of(kNames);
  fields.set_text("evt.type", name);
  return static_cast<EventCode>(EventCatalog::builtin().find(name)._Find_first());
}

void ConditionGenerator::set_values(MockFields& fields) {
  for (const FieldRow& row : kFields) {
    if (once_in(5)) {
      fields.set(row.name, Value::missing());
    } else if (row.shape == FieldShape::kOne) {
      fields.set(row.name, value(row.type));
    } else {
      std::vector<Value> items;
      const size_t count = row.shape == FieldShape::kEnds ? 2 : below(4);
      for (size_t i = 0; i < count; ++i) {
        items.push_back(value(row.type));
      }
      fields.set_list(row.name, std::move(items));
    }
  }
}

Value ConditionGenerator::value(FieldType type) {
  switch (type_def(type).type_class) {
    case kTextClass:
      return Value::of_text(one_of(kTexts));
    case kSignedClass:
      return Value::of_int(static_cast<int64_t>(below(10)) - 4);
    case kUnsignedClass:
      return Value::of_uint(below(6));
    case kBoolClass:
      return Value::of_bool(once_in(2));
    default:
      return Value::of_ip(*parse_ip(one_of(kAddresses)));
  }
}

std::string ConditionGenerator::constant(FieldType type, std::string_view op) {
  switch (type_def(type).type_class) {
    case kTextClass:
      return op.ends_with("glob") || op == "pmatch" ? quoted(one_of(kPatterns))
             : op == "regex"                        ? quoted(one_of(kRegexes))
                                                    : quoted(one_of(kTexts));
    case kSignedClass:
      return std::to_string(static_cast<int64_t>(below(10)) - 4);
    case kUnsignedClass:
      return std::to_string(below(6));
    case kBoolClass:
      return once_in(2) ? "true" : "false";
    case kIpClass:
      return std::string(one_of(kAddresses));
    default:
      return std::string(one_of(kNetworks));
  }
}

std::string ConditionGenerator::list(FieldType type, std::string_view op) {
  std::string text = "(";
  const size_t count = below(4);
  for (size_t i = 0; i < count; ++i) {
    text += (i > 0 ? ", " : "") + constant(type, op);
  }
  return text + ")";
}

std::string ConditionGenerator::comparison() {
  FieldRow row = kFields[below(std::size(kFields))];
  std::string lhs(row.name);
  if (row.name == "t.a" && once_in(2)) {
    constexpr std::string_view kCalls[] = {"tolower(t.a)", "toupper(t.a)", "basename(t.a)",
                                           "concat(t.a,t.b)", "concat(t.b,\"x\",t.a)"};
    lhs = one_of(kCalls);
  } else if ((row.name == "t.list" || row.name == "t.b") && once_in(3)) {
    lhs = "len(" + lhs + ")";
    row = {"", FieldType::kUint64, FieldShape::kOne};
  } else if (row.name == "t.list" && once_in(3)) {
    lhs = "tolower(t.list)";
  }
  while (true) {
    const OperatorDef& op = operators()[below(operators().size())];
    if ((type_def(row.type).type_class & op.type_classes) != 0 &&
        (row.shape != FieldShape::kList || op.name == "in" || op.name == "intersects" ||
         op.name == "exists")) {
      return lhs + " " + std::string(op.name) + " " + right_hand_side(row, lhs, op);
    }
  }
}

std::string ConditionGenerator::right_hand_side(const FieldRow& row, const std::string& lhs,
                                                const OperatorDef& op) {
  if (op.rhs == RhsKind::kNone) {
    return "";
  }
  if (op.rhs == RhsKind::kList) {
    return list(row.type, op.name);
  }
  const bool is_text = row.type == FieldType::kCharBuf && row.shape == FieldShape::kOne;
  if (is_text && op.compare != nullptr && !op.name.ends_with("glob") &&
      (op.rhs == RhsKind::kNumber || once_in(4))) {
    return lhs == "t.b" ? "val(t.a)" : "tolower(t.b)";
  }
  if (op.rhs == RhsKind::kText && once_in(3)) {
    constexpr std::string_view kModifiers[] = {"oneof ", "anyof ", "allof "};
    return std::string(one_of(kModifiers)) + list(row.type, op.name);
  }
  // The grammar only allows numbers behind < and its like.
  return op.rhs == RhsKind::kNumber && row.type == FieldType::kCharBuf
             ? "1"
             : constant(row.type, op.name);
}

}  // namespace saker::lang::test
