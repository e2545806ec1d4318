// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/getopt.h"

#include <algorithm>
#include <optional>

#include "engine/lang/quoting.h"

namespace saker::lang {
namespace {

// The arguments of a list of texts, or the words of one text.
class Arguments {
 public:
  explicit Arguments(const Value& args) noexcept {
    if (args.kind() == Value::Kind::kList) {
      items_ = args.as_list();
    } else if (args.kind() == Value::Kind::kText) {
      text_ = args.as_text();
    }
  }

  std::optional<std::string_view> next() noexcept {
    if (!items_.empty()) {
      const Value item = items_.front();
      items_ = items_.subspan(1);
      return item.kind() == Value::Kind::kText ? item.as_text() : std::string_view{};
    }
    const auto* begin = std::find_if_not(text_.begin(), text_.end(), is_blank);
    if (begin == text_.end()) {
      return std::nullopt;
    }
    const auto* end = std::find_if(begin, text_.end(), is_blank);
    const std::string_view word(begin, static_cast<size_t>(end - begin));
    text_.remove_prefix(static_cast<size_t>(end - text_.begin()));
    return word;
  }

 private:
  std::span<const Value> items_;
  std::string_view text_;
};

struct Option {
  std::string_view letter;
  std::optional<std::string_view> argument;  // absent: it takes none, or has none
  bool is_known = true;
  bool lacks_argument = false;
};

// Calls emit(const Option&) for each option.
template <typename Emit>
void for_each_option(const Value& args, std::string_view spec, Emit emit) noexcept {
  Arguments arguments(args);
  while (const std::optional<std::string_view> next = arguments.next()) {
    const std::string_view arg = *next;
    if (arg == "--" || arg.size() < 2 || arg[0] != '-') {
      return;
    }
    if (arg.starts_with("--")) {
      continue;
    }
    for (size_t i = 1; i < arg.size(); ++i) {
      Option option{arg.substr(i, 1), std::nullopt};
      const size_t at = arg[i] == ':' ? std::string_view::npos : spec.find(arg[i]);
      option.is_known = at != std::string_view::npos;
      const bool takes_argument = option.is_known && at + 1 < spec.size() && spec[at + 1] == ':';
      if (takes_argument) {
        option.argument = i + 1 < arg.size() ? arg.substr(i + 1) : arguments.next();
        option.lacks_argument = !option.argument;
      }
      emit(option);
      if (takes_argument) {
        break;
      }
    }
  }
}

}  // namespace

Value list_options(const Value& args, std::string_view spec, Scratch& scratch) noexcept {
  size_t count = 0;
  for_each_option(args, spec, [&count](const Option& option) { count += option.argument ? 2 : 1; });
  const std::span<Value> values = scratch.allocate<Value>(count);
  if (values.size() < count) {
    return Value::missing();
  }
  size_t i = 0;
  for_each_option(args, spec, [&](const Option& option) {
    if (option.lacks_argument) {
      values[i++] = Value::of_text("");
      return;
    }
    values[i++] = Value::of_text(option.is_known ? option.letter : "?");
    if (option.argument) {
      values[i++] = Value::of_text(*option.argument);
    }
  });
  return Value::of_list(values);
}

Value option_argument(const Value& args, std::string_view spec, char wanted) noexcept {
  Value result;
  for_each_option(args, spec, [&](const Option& option) {
    if (option.is_known && option.letter[0] == wanted) {
      result = Value::of_text(option.argument.value_or(""));
    }
  });
  return result;
}

}  // namespace saker::lang
