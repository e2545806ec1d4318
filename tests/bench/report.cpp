// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.h"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "engine/base/check.h"
#include "tests/bench/text_table.h"

namespace saker::bench {
namespace {

using JsonWriter = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string format_summary(const Summary& s) {
  std::string text = format_number(s.median);
  if (s.count > 1) {
    text += " [" + format_number(s.min) + "-" + format_number(s.max) + "]";
  }
  return text;
}

TableLine cells_of(const Row& row) {
  TableLine cells = {row.name, row.unit, "", format_summary(row.on), "", "", "", row.reference};
  if (row.off) {
    cells[2] = format_summary(*row.off);
    cells[4] = (row.added() < 0 ? "" : "+") + format_number(row.added());
    cells[5] = "x" + format_number(row.ratio());
  }
  if (row.budget) {
    cells[6] = format_number(*row.budget) + (row.within_budget() ? "" : " over");
  }
  return cells;
}

void write_text(JsonWriter& json, const char* key, const std::string& value) {
  json.Key(key);
  json.String(value.c_str());
}

void write_number(JsonWriter& json, const char* key, double value) {
  json.Key(key);
  json.Double(value);
}

void write_summary(JsonWriter& json, const char* key, const Summary& s) {
  json.Key(key);
  json.StartObject();
  write_number(json, "median", s.median);
  write_number(json, "min", s.min);
  write_number(json, "max", s.max);
  json.Key("count");
  json.Uint64(s.count);
  write_number(json, "spread", s.spread);
  json.EndObject();
}

void write_row(JsonWriter& json, const Row& row) {
  json.StartObject();
  write_text(json, "name", row.name);
  write_text(json, "unit", row.unit);
  if (row.off) {
    write_summary(json, "off", *row.off);
    write_number(json, "added", row.added());
    write_number(json, "ratio", row.ratio());
  }
  write_summary(json, "on", row.on);
  if (row.budget) {
    write_number(json, "budget", *row.budget);
    json.Key("within_budget");
    json.Bool(row.within_budget());
  }
  if (!row.reference.empty()) {
    write_text(json, "reference", row.reference);
  }
  json.EndObject();
}

// Null when there is none.
const rapidjson::Value* find_member(const rapidjson::Value& object, const char* key) {
  if (!object.IsObject()) {
    return nullptr;
  }
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string read_text(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value* value = find_member(object, key);
  return value != nullptr && value->IsString() ? value->GetString() : "";
}

double read_number(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value* value = find_member(object, key);
  return value != nullptr && value->IsNumber() ? value->GetDouble() : 0;
}

Summary read_summary(const rapidjson::Value& object) {
  return {read_number(object, "median"), read_number(object, "min"), read_number(object, "max"),
          static_cast<size_t>(read_number(object, "count")), read_number(object, "spread")};
}

}  // namespace

double Row::added() const {
  SAKER_CHECK(off.has_value());
  return on.median - off->median;
}

double Row::ratio() const {
  SAKER_CHECK(off.has_value());
  return off->median == 0 ? 0 : on.median / off->median;
}

bool Row::within_budget() const { return !budget || (off ? added() : on.median) <= *budget; }

std::string format_number(double value) {
  const double size = std::fabs(value);
  const int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  std::string text = buffer.data();
  if (decimals == 0) {
    const size_t first_digit = text.starts_with('-') ? 1 : 0;
    for (size_t at = text.size(); at > first_digit + 3; at -= 3) {
      text.insert(at - 3, ",");
    }
  }
  return text;
}

std::string to_text(const Report& report) {
  std::string out;
  for (const auto& [key, value] : report.facts) {
    out += key + ": " + value + '\n';
  }
  std::vector<TableLine> lines = {{"what", "unit", "no sensor", "with sensor", "added", "ratio",
                                   "budget", report.reference_name}};
  for (const Row& row : report.rows) {
    lines.push_back(cells_of(row));
  }
  out += '\n';
  append_table(out, lines, {2, 6});
  for (const std::string& note : report.notes) {
    out += "\nnote: " + note;
  }
  return report.notes.empty() ? out : out + '\n';
}

std::string to_json(const Report& report) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.SetIndent(' ', 2);
  json.StartObject();
  json.Key("facts");
  json.StartObject();
  for (const auto& [key, value] : report.facts) {
    write_text(json, key.c_str(), value);
  }
  json.EndObject();
  json.Key("rows");
  json.StartArray();
  for (const Row& row : report.rows) {
    write_row(json, row);
  }
  json.EndArray();
  json.Key("notes");
  json.StartArray();
  for (const std::string& note : report.notes) {
    json.String(note.c_str());
  }
  json.EndArray();
  if (!report.reference_name.empty()) {
    write_text(json, "reference", report.reference_name);
  }
  json.EndObject();
  return std::string(buffer.GetString()) + '\n';
}

Result<Report> read_report(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.c_str());
  const rapidjson::Value* facts = find_member(document, "facts");
  const rapidjson::Value* rows = find_member(document, "rows");
  if (document.HasParseError() || facts == nullptr || !facts->IsObject() || rows == nullptr ||
      !rows->IsArray()) {
    return Error{"not a report of saker_bench", 0, "make one with --save"};
  }
  Report report;
  for (const auto& fact : facts->GetObject()) {
    report.facts.emplace_back(fact.name.GetString(), read_text(*facts, fact.name.GetString()));
  }
  for (const rapidjson::Value& value : rows->GetArray()) {
    Row& row = report.rows.emplace_back();
    row.name = read_text(value, "name");
    row.unit = read_text(value, "unit");
    if (const rapidjson::Value* off = find_member(value, "off"); off != nullptr) {
      row.off = read_summary(*off);
    }
    if (const rapidjson::Value* on = find_member(value, "on"); on != nullptr) {
      row.on = read_summary(*on);
    }
  }
  return report;
}

}  // namespace saker::bench
