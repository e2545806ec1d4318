// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include "engine/base/strings.h"
#include "engine/rules/item_reader.h"

namespace saker {
namespace {

const std::vector<std::string_view> kExceptionKeys = {"name", "fields", "comps", "values"};

// A scalar, or a sequence of scalars.
std::optional<OneOrMany> one_or_many(ItemReader& reader, std::string_view key,
                                     const YamlNode& node) {
  OneOrMany result;
  result.place = reader.place(node);
  if (node.is_sequence()) {
    result.is_sequence = true;
    std::optional<std::vector<Text>> texts = reader.texts(key, node);
    if (!texts.has_value()) {
      return std::nullopt;
    }
    result.texts = *std::move(texts);
    return result;
  }
  std::optional<Text> text = reader.text(key, node);
  if (!text.has_value()) {
    return std::nullopt;
  }
  result.texts.push_back(*std::move(text));
  return result;
}

std::optional<ExceptionTuple> read_tuple(ItemReader& reader, const YamlNode& node) {
  ExceptionTuple tuple;
  tuple.place = reader.place(node);
  tuple.is_sequence = node.is_sequence();
  if (node.is_scalar()) {
    tuple.values.push_back({{reader.raw(node)}, false, reader.place(node)});
    return tuple;
  }
  if (!node.is_sequence()) {
    reader.wrong_type("each of 'values' must be a text or a sequence", node.span);
    return std::nullopt;
  }
  for (const YamlNode* entry : node.items) {
    ExceptionValue value;
    value.place = reader.place(*entry);
    value.is_sequence = entry->is_sequence();
    if (entry->is_scalar()) {
      value.texts.push_back(reader.raw(*entry));
    } else if (entry->is_sequence()) {
      value.texts = reader.texts("values", *entry).value_or(std::vector<Text>());
    } else {
      reader.wrong_type("each of 'values' must be a text or a sequence", entry->span);
      return std::nullopt;
    }
    tuple.values.push_back(std::move(value));
  }
  return tuple;
}

void read_values(ItemReader& reader, ExceptionItem& exception, const YamlNode& node) {
  if (!reader.is_sequence("values", node)) {
    return;
  }
  exception.values.emplace();
  reader.enter("exception values", "", node.span);
  for (const YamlNode* entry : node.items) {
    reader.enter("exception value", "", entry->span);
    std::optional<ExceptionTuple> tuple = read_tuple(reader, *entry);
    reader.leave();
    if (tuple.has_value()) {
      exception.values->push_back(*std::move(tuple));
    }
  }
  reader.leave();
}

std::optional<ExceptionItem> read_exception(ItemReader& reader, const YamlNode& node) {
  if (!node.is_map()) {
    reader.wrong_type("each of 'exceptions' must be a map", node.span);
    return std::nullopt;
  }
  const YamlNode* name = node.find("name");
  if (name == nullptr) {
    reader.wrong_type("an exception has no 'name'", node.span);
    return std::nullopt;
  }
  std::optional<Text> name_text = reader.text("name", *name);
  if (!name_text.has_value()) {
    return std::nullopt;
  }
  ExceptionItem exception;
  exception.name = *std::move(name_text);
  reader.enter("exception", exception.name.value, exception.name.span);
  for (const auto& [key, value] : node.fields) {
    if (key->text == "fields") {
      exception.fields = one_or_many(reader, "fields", *value);
    } else if (key->text == "comps") {
      exception.comps = one_or_many(reader, "comps", *value);
    } else if (key->text == "values") {
      read_values(reader, exception, *value);
    } else if (key->text != "name") {
      reader.unknown_key("unknown key '" + key->text + "' in an exception", key->span,
                         did_you_mean(key->text, kExceptionKeys));
    }
  }
  reader.leave();
  return exception;
}

}  // namespace

void read_exceptions(ItemReader& reader, std::string_view key, const YamlNode& node) {
  reader.enter("exceptions", "", node.span);
  if (reader.is_sequence(key, node)) {
    std::vector<ExceptionItem> exceptions;
    for (const YamlNode* entry : node.items) {
      std::optional<ExceptionItem> exception = read_exception(reader, *entry);
      if (exception.has_value()) {
        exceptions.push_back(*std::move(exception));
      }
    }
    reader.item().exceptions = std::move(exceptions);
  }
  reader.leave();
}

}  // namespace saker
