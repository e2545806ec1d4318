// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "engine/base/check.h"

namespace saker::bench {
namespace {

using Cells = std::vector<std::string>;
using JsonWriter = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string format_summary(const Summary& s) {
  std::string text = format_number(s.median);
  if (s.count > 1) {
    text += " [" + format_number(s.min) + "-" + format_number(s.max) + "]";
  }
  return text;
}

Cells cells_of(const Row& row) {
  Cells cells = {row.name, row.unit, "", format_summary(row.on), "", "", "", row.reference};
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

void append_table(std::string& out, const std::vector<Cells>& lines) {
  std::vector<size_t> widths(lines.front().size());
  for (const Cells& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], line[i].size());
    }
  }
  for (const Cells& line : lines) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - line[i].size(), ' ');
      const bool is_number = i >= 2 && i <= 6;
      // The last column is never padded: its width in columns is not its size in bytes.
      text += is_number ? pad + line[i] : i + 1 < line.size() ? line[i] + pad : line[i];
      text += "  ";
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
  }
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
  std::vector<Cells> lines = {{"what", "unit", "no sensor", "with sensor", "added", "ratio",
                               "budget", report.reference_name}};
  for (const Row& row : report.rows) {
    lines.push_back(cells_of(row));
  }
  out += '\n';
  append_table(out, lines);
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

}  // namespace saker::bench
