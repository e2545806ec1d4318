// SPDX-License-Identifier: Apache-2.0
#include "engine/format.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/base/strings.h"
#include "engine/event_catalog.h"
#include "engine/lang/ast_walk.h"
#include "engine/lang/compiler.h"
#include "engine/lang/parser.h"

namespace saker {
namespace {

constexpr std::string_view kMissing = "<NA>";
constexpr uint32_t kMaxWidth = 1024;

bool is_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Length of the text up to the bracket that closes the one it starts with; 0: it does not.
// Brackets inside quotes do not count.
size_t bracketed_length(std::string_view text, char open, char close) {
  size_t depth = 0;
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == open) {
      ++depth;
    } else if (c == close && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

void append_number(std::string& out, uint64_t value, PrintFormat format) {
  std::array<char, 24> digits;
  const int base = format == PrintFormat::kHex ? 16 : format == PrintFormat::kOctal ? 8 : 10;
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  const auto size = static_cast<size_t>(end - digits.data());
  constexpr size_t kPaddedDigits = 9;
  if (format == PrintFormat::kPaddedDecimal && size < kPaddedDigits) {
    out.append(kPaddedDigits - size, '0');
  }
  for (size_t i = 0; i < size; ++i) {
    const char c = digits[i];
    out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
}

void append_ip(std::string& out, const IpAddress& ip) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ip.is_v6 ? AF_INET6 : AF_INET;
  if (::inet_ntop(family, ip.bytes.data(), text.data(), text.size()) != nullptr) {
    out += text.data();
  }
}

void append_bytes(std::string& out, std::string_view bytes, BufferFormat buffers) {
  if (buffers == BufferFormat::kBase64) {
    append_base64(out, bytes);
    return;
  }
  for (const char c : bytes) {
    out += c >= 0x20 && c < 0x7f ? c : '.';
  }
}

void append_list(std::string& out, std::span<const Value> values, FieldType type,
                 const FieldDef* def, BufferFormat buffers) {
  const bool is_one_text = def != nullptr && is_shown_as_one_text(def->shape);
  if (is_one_text && values.empty()) {
    out += kMissing;
    return;
  }
  out += is_one_text ? "" : "(";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) {
      out += is_one_text ? ' ' : ',';
    }
    append_text(out, values[i], type, def, buffers);
  }
  out += is_one_text ? "" : ")";
}

}  // namespace

// Turns one text into a template; stops at the first error.
class TemplateParser {
 public:
  TemplateParser(std::string_view text, const FieldCatalog& fields)
      : text_(text), fields_(fields), compiler_(fields, EventCatalog::builtin()) {}

  std::variant<OutputTemplate, FormatError> parse();

 private:
  bool parse_value(OutputTemplate::Element& element);
  bool parse_width(OutputTemplate::Element& element);
  // Length of the field or transformer at the position; 0: failed.
  size_t operand_length();
  size_t field_length(std::string_view rest);
  void show_own_number(lang::Operand& operand) const;
  size_t transformer_length(std::string_view rest, size_t name);
  OutputTemplate::OperandPtr compile(const lang::Operand& operand, size_t begin, size_t length);
  bool add_fields(const lang::Operand& operand, size_t length);
  bool fail(std::string message, std::string hint, size_t begin, size_t length) {
    error_ = {std::move(message),
              std::move(hint),
              {static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + length)},
              unknown_field_};
    return false;
  }

  std::string_view text_;
  const FieldCatalog& fields_;
  lang::Compiler compiler_;
  OutputTemplate result_;
  FormatError error_;
  size_t at_ = 0;
  bool unknown_field_ = false;
};

std::variant<OutputTemplate, FormatError> TemplateParser::parse() {
  at_ = text_.starts_with('*') ? 1 : 0;
  while (at_ < text_.size()) {
    OutputTemplate::Element element;
    const size_t percent = std::min(text_.find('%', at_), text_.size());
    element.literal = text_.substr(at_, percent - at_);
    at_ = percent;
    if (at_ < text_.size() && !parse_value(element)) {
      return std::move(error_);
    }
    result_.elements_.push_back(std::move(element));
  }
  result_.sort_fields();
  return std::move(result_);
}

bool TemplateParser::parse_value(OutputTemplate::Element& element) {
  const size_t percent = at_;
  ++at_;
  if (!parse_width(element)) {
    return false;
  }
  if (at_ == text_.size()) {
    return fail("a '%' at the end names no field", "", percent, at_ - percent);
  }
  const size_t length = operand_length();
  if (length == 0) {
    return false;
  }
  const auto parsed = lang::parse_operand(text_.substr(at_, length));
  if (const auto* error = std::get_if<lang::ParseError>(&parsed)) {
    return fail(error->message, error->hint, at_ + error->span.begin,
                error->span.end - error->span.begin);
  }
  lang::Operand operand = *std::get_if<lang::Operand>(&parsed);
  show_own_number(operand);
  element.operand = compile(operand, at_, length);
  if (element.operand == nullptr || !add_fields(operand, length)) {
    return false;
  }
  at_ += length;
  return true;
}

// proc.apid without an index is any ancestor's in a condition, and the process's own in an output.
void TemplateParser::show_own_number(lang::Operand& operand) const {
  auto* field = std::get_if<lang::FieldRef>(&operand.node);
  const FieldDef* def = field == nullptr ? nullptr : fields_.find(field->name);
  if (def != nullptr && def->shape == FieldShape::kAncestors && !field->has_arg &&
      def->type != FieldType::kCharBuf) {
    field->arg = "0";
    field->has_arg = true;
  }
}

bool TemplateParser::parse_width(OutputTemplate::Element& element) {
  const size_t begin = at_;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
    ++at_;
  }
  if (at_ == begin) {
    return true;
  }
  const auto [end, error] =
      std::from_chars(text_.data() + begin, text_.data() + at_, element.width);
  if (error != std::errc() || element.width > kMaxWidth) {
    return fail("a width is at most " + std::to_string(kMaxWidth), "", begin, at_ - begin);
  }
  return true;
}

size_t TemplateParser::operand_length() {
  const std::string_view rest = text_.substr(at_);
  size_t name = 0;
  while (name < rest.size() && is_word(rest[name])) {
    ++name;
  }
  if (name > 0 && name < rest.size() && rest[name] == '(') {
    return transformer_length(rest, name);
  }
  return field_length(rest);
}

size_t TemplateParser::transformer_length(std::string_view rest, size_t name) {
  const size_t args = bracketed_length(rest.substr(name), '(', ')');
  if (args == 0) {
    fail("missing ')'", "", at_, name + 1);
    return 0;
  }
  const size_t length = name + args;
  if (length < rest.size() && rest[length] == '[') {
    return length + bracketed_length(rest.substr(length), '[', ']');
  }
  return length;
}

size_t TemplateParser::field_length(std::string_view rest) {
  const size_t name = fields_.longest_prefix(rest);
  if (name == 0) {
    size_t word = 0;
    while (word < rest.size() && (is_word(rest[word]) || rest[word] == '.')) {
      ++word;
    }
    while (word > 0 && rest[word - 1] == '.') {
      --word;  // the end of a sentence
    }
    const std::string token(rest.substr(0, word));
    unknown_field_ = token.find('.') != std::string::npos;
    if (word == 0) {
      fail("a '%' must be followed by the name of a field", "there is no way to write a plain '%'",
           at_ - 1, 1);
    } else {
      fail("unknown field '" + token + "'", did_you_mean(token, fields_.names()), at_, word);
    }
    return 0;
  }
  if (name >= rest.size() || rest[name] != '[') {
    return name;
  }
  const FieldDef* def = fields_.find(rest.substr(0, name));
  if (def != nullptr && def->arg == FieldArg::kNone) {
    return name;
  }
  const size_t bracket = bracketed_length(rest.substr(name), '[', ']');
  if (bracket == 0) {
    fail("missing ']'", "", at_, name + 1);
    return 0;
  }
  return name + bracket;
}

OutputTemplate::OperandPtr TemplateParser::compile(const lang::Operand& operand, size_t begin,
                                                   size_t length) {
  std::vector<lang::Finding> findings;
  OutputTemplate::OperandPtr compiled = compiler_.operand(operand, findings);
  for (const lang::Finding& finding : findings) {
    if (finding.is_error) {
      unknown_field_ = finding.unknown_filter;
      const Span span =
          finding.span.empty() ? Span{0, static_cast<uint32_t>(length)} : finding.span;
      fail(finding.message, finding.hint, begin + span.begin, span.end - span.begin);
      return nullptr;
    }
  }
  return compiled;
}

bool TemplateParser::add_fields(const lang::Operand& operand, size_t length) {
  bool good = true;
  lang::for_each_field(operand, [&](const lang::FieldRef& field) {
    OutputTemplate::Field entry;
    entry.name.assign(text_.substr(at_ + field.span.begin, field.span.end - field.span.begin));
    entry.operand = compile(lang::Operand{field}, at_, length);
    const FieldDef* def = entry.operand == nullptr ? nullptr : entry.operand->field();
    if (def != nullptr && (def->flags & kFieldConditionOnly) != 0) {
      good = fail("field '" + entry.name + "' is for conditions only", "", at_ + field.span.begin,
                  field.span.end - field.span.begin);
    }
    good = good && entry.operand != nullptr;
    result_.fields_.push_back(std::move(entry));
  });
  return good;
}

std::variant<OutputTemplate, FormatError> OutputTemplate::parse(std::string_view text,
                                                                const FieldCatalog& fields) {
  return TemplateParser(text, fields).parse();
}

uint16_t OutputTemplate::field_flags() const noexcept {
  uint16_t flags = 0;
  for (const Field& field : fields_) {
    if (field.operand->field() != nullptr) {
      flags = static_cast<uint16_t>(flags | field.operand->field()->flags);
    }
  }
  return flags;
}

void OutputTemplate::append(const OutputTemplate& other) {
  elements_.insert(elements_.end(), other.elements_.begin(), other.elements_.end());
  fields_.insert(fields_.end(), other.fields_.begin(), other.fields_.end());
  sort_fields();
}

void OutputTemplate::sort_fields() {
  std::ranges::sort(fields_, {}, &Field::name);
  const auto repeated = std::ranges::unique(fields_, {}, &Field::name);
  fields_.erase(repeated.begin(), repeated.end());
}

void OutputTemplate::render(std::string& out, const Event& event, BufferFormat buffers) const {
  for (const Element& element : elements_) {
    out += element.literal;
    if (element.operand == nullptr) {
      continue;
    }
    const size_t begin = out.size();
    append_text(out, element.operand->eval(event), element.operand->type(),
                element.operand->field(), buffers);
    if (element.width != 0) {
      out.resize(begin + element.width, ' ');
    }
  }
}

void append_text(std::string& out, const Value& value, FieldType type, const FieldDef* def,
                 BufferFormat buffers) {
  const PrintFormat format = def == nullptr ? PrintFormat::kDecimal : def->format;
  switch (value.kind()) {
    case Value::Kind::kMissing:
      out += kMissing;
      break;
    case Value::Kind::kBool:
      out += value.as_bool() ? "true" : "false";
      break;
    case Value::Kind::kInt:
      // Hexadecimal and octal show the bits, as for the unsigned value.
      if (value.as_int() < 0 && (format == PrintFormat::kDecimal || format == PrintFormat::kId)) {
        out += std::to_string(value.as_int());
      } else {
        append_number(out, static_cast<uint64_t>(value.as_int()), format);
      }
      break;
    case Value::Kind::kUint:
      append_number(out, value.as_uint(), format);
      break;
    case Value::Kind::kDouble: {
      std::array<char, 340> text;  // DBL_MAX has 309 digits in front of the point
      const int size = std::snprintf(text.data(), text.size(), "%.1f", value.as_double());
      out.append(text.data(), static_cast<size_t>(std::max(size, 0)));
      break;
    }
    case Value::Kind::kText:
      if (type == FieldType::kByteBuf) {
        append_bytes(out, value.as_text(), buffers);
      } else {
        out += value.as_text();
      }
      break;
    case Value::Kind::kIp:
      append_ip(out, value.as_ip());
      break;
    case Value::Kind::kList:
      append_list(out, value.as_list(), type, def, buffers);
      break;
  }
}

}  // namespace saker
