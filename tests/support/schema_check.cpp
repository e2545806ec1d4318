// SPDX-License-Identifier: Apache-2.0
#include "tests/support/schema_check.h"

#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/priority.h"
#include "outputs/alert_format.h"
#include "outputs/alert_id.h"

namespace saker::test {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

rapidjson::Document parse_schema(std::string_view text) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  SAKER_CHECK(!document.HasParseError() && document.IsObject() && document.HasMember("id"));
  return document;
}

std::string text_of(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer text;
  pointer.StringifyUriFragment(text);
  return text.GetString();
}

OutputValue value_of(const rapidjson::Value& json) {
  if (json.IsBool()) {
    return {json.GetBool()};
  }
  if (json.IsInt64()) {
    return {json.GetInt64()};
  }
  if (json.IsUint64()) {
    return {json.GetUint64()};
  }
  if (json.IsDouble()) {
    return {json.GetDouble()};
  }
  if (json.IsString()) {
    return {std::string(json.GetString(), json.GetStringLength())};
  }
  if (json.IsArray()) {
    OutputList list;
    for (const rapidjson::Value& item : json.GetArray()) {
      list.push_back(value_of(item));
    }
    return {std::move(list)};
  }
  return {};
}

// The alert that was written as this; its time is not taken over.
Alert alert_of(const rapidjson::Document& line) {
  Alert alert;
  alert.id = line["id"].GetString();
  alert.priority = parse_priority(line["priority"].GetString()).value();
  alert.rule = line["rule"].GetString();
  alert.source = line["source"].GetString();
  alert.hostname = line["hostname"].GetString();
  alert.message = line["output"].GetString();
  for (const rapidjson::Value& tag : line["tags"].GetArray()) {
    alert.tags.emplace_back(tag.GetString());
  }
  for (const auto& field : line["output_fields"].GetObject()) {
    alert.fields.emplace_back(field.name.GetString(), value_of(field.value));
  }
  return alert;
}

// As the configuration can have them: with everything, and with each property switched.
constexpr LineFormat kLineFormats[] = {
    {.json = true, .include_message = true}, {.json = true, .time_iso_8601 = true},
    {.json = true, .include_output = false}, {.json = true, .include_output_fields = false},
    {.json = true, .include_tags = false},   {.json = true, .include_id = false},
};

}  // namespace

struct SchemaCheck::Schema {
  explicit Schema(const rapidjson::Document& source) : document(source) {}

  rapidjson::SchemaDocument document;
};

SchemaCheck::SchemaCheck(std::string_view schema) {
  const rapidjson::Document source = parse_schema(schema);
  schema_ = std::make_unique<Schema>(source);
  id_ = source["id"].GetString();
}

SchemaCheck::~SchemaCheck() = default;

const SchemaCheck& SchemaCheck::of(std::string_view format) {
  static std::map<std::string, std::unique_ptr<SchemaCheck>, std::less<>> checks;
  auto known = checks.find(format);
  if (known == checks.end()) {
    std::unique_ptr<SchemaCheck> check(new SchemaCheck(read_file(path_of(format))));
    known = checks.emplace(format, std::move(check)).first;
  }
  return *known->second;
}

std::unique_ptr<SchemaCheck> SchemaCheck::of_text(std::string_view schema) {
  return std::unique_ptr<SchemaCheck>(new SchemaCheck(schema));
}

std::string SchemaCheck::path_of(std::string_view format) {
  return std::string(SAKER_SOURCE_DIR "/outputs/schemas/") + std::string(format) + ".schema.json";
}

std::string SchemaCheck::problem_of(std::string_view document) const {
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseValidateEncodingFlag>(document.data(), document.size());
  if (parsed.HasParseError()) {
    return id_ + ": no JSON at byte " + std::to_string(parsed.GetErrorOffset()) + ": " +
           std::string(document);
  }
  rapidjson::SchemaValidator validator(schema_->document);
  if (parsed.Accept(validator)) {
    return {};
  }
  return id_ + ": " + text_of(validator.GetInvalidDocumentPointer()) + " breaks `" +
         validator.GetInvalidSchemaKeyword() + "` of " +
         text_of(validator.GetInvalidSchemaPointer()) + ": " + std::string(document);
}

std::string SchemaCheck::problem_of_lines(std::string_view documents) const {
  std::string problem;
  while (problem.empty() && !documents.empty()) {
    const size_t end = std::min(documents.find('\n'), documents.size());
    problem = problem_of(documents.substr(0, end));
    documents.remove_prefix(std::min(end + 1, documents.size()));
  }
  return problem;
}

std::string schema_problem_of(Alert alert) {
  if (alert.id.empty()) {
    alert.id = AlertIds().next(alert.time_ns);
  }
  std::string problems;
  for (const AlertFormatDef& def : alert_formats()) {
    if (def.content_type != "application/json") {
      continue;
    }
    for (const LineFormat& line : kLineFormats) {
      std::string document;
      AlertFormat(def.name, line).append(document, alert, 1);
      const std::string problem = SchemaCheck::of(def.name).problem_of(document);
      problems += problem.empty() ? "" : problem + '\n';
      if (def.name != "json") {
        break;  // the others do not look at the properties
      }
    }
  }
  return problems;
}

std::string schema_problem_of_line(std::string_view line) {
  std::string problem = SchemaCheck::of("json").problem_of(line);
  if (problem.empty()) {
    rapidjson::Document parsed;
    parsed.Parse(line.data(), line.size());
    problem = schema_problem_of(alert_of(parsed));
  }
  return problem;
}

}  // namespace saker::test
