// SPDX-License-Identifier: Apache-2.0
#include "tests/support/corpus.h"

#include <simdjson.h>

#include <cstdlib>
#include <fstream>

#include "engine/base/check.h"

namespace saker::test {
namespace {

Json convert(simdjson::dom::element element) {
  using Type = simdjson::dom::element_type;
  Json json;
  switch (element.type()) {
    case Type::NULL_VALUE:
      break;
    case Type::BOOL:
      json.kind = Json::Kind::kBool;
      json.boolean = element.get_bool().value();
      break;
    case Type::INT64:
      json.kind = Json::Kind::kInt;
      json.integer = element.get_int64().value();
      break;
    case Type::UINT64:
      json.kind = Json::Kind::kInt;
      json.integer = static_cast<int64_t>(element.get_uint64().value());
      break;
    case Type::DOUBLE:
      json.kind = Json::Kind::kDouble;
      json.real = element.get_double().value();
      break;
    case Type::STRING:
      json.kind = Json::Kind::kText;
      json.text = std::string(element.get_string().value());
      break;
    case Type::ARRAY: {
      json.kind = Json::Kind::kArray;
      const simdjson::dom::array array = element.get_array().value();
      for (const simdjson::dom::element item : array) {
        json.items.push_back(convert(item));
      }
      break;
    }
    case Type::OBJECT: {
      json.kind = Json::Kind::kObject;
      const simdjson::dom::object object = element.get_object().value();
      for (const auto& [key, value] : object) {
        json.members.push_back({std::string(key), convert(value)});
      }
      break;
    }
  }
  return json;
}

}  // namespace

bool Json::has(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) {
      return true;
    }
  }
  return false;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNone;
  for (const auto& [name, value] : members) {
    if (name == key) {
      return value;
    }
  }
  return kNone;
}

std::string Json::bytes(std::string_view key) const {
  const std::string hex_key = std::string(key) + "_hex";
  if (!has(hex_key)) {
    return (*this)[key].text;
  }
  const std::string& digits = (*this)[hex_key].text;
  std::string out;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return out;
}

Json parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  SAKER_CHECK(parser.parse(simdjson::padded_string(text)).get(element) == simdjson::SUCCESS);
  return convert(element);
}

std::vector<Json> read_json_lines(const std::string& path) {
  std::ifstream file(path);
  SAKER_CHECK(file.good());
  std::vector<Json> values;
  std::string line;
  while (std::getline(file, line)) {
    values.push_back(parse_json(line));
  }
  return values;
}

std::optional<std::string> shared_path(std::string_view relative) {
  const char* root = std::getenv("SAKER_SHARED");
  if (root == nullptr) {
    return std::nullopt;
  }
  return std::string(root) + "/" + std::string(relative);
}

}  // namespace saker::test
