// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_members.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "engine/fields/catalog.h"
#include "outputs/alert_ecs.h"
#include "outputs/alert_ocsf.h"
#include "tests/support/sample_alerts.h"
#include "tests/support/schema_check.h"

namespace saker {
namespace {

// Values as the fields of this type have them in alerts; one of them has to fit.
std::vector<OutputValue> values_of(FieldType type) {
  using std::string_literals::operator""s;
  switch (type) {
    case FieldType::kBool:
      return {{true}};
    case FieldType::kIpAddr:
      return {{"10.1.2.3"s}, {"2001:db8::9"s}};
    case FieldType::kCharBuf:
      return {{"web"s},
              {"/etc/shadow"s},
              {"file"s},
              {"ipv4"s},
              {"10.1.2.3"s},
              {"10.1.2.3:40022->10.9.9.9:443"s},
              {"b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11"s}};
    default:
      return {{int64_t{4711}}};
  }
}

// Whether the row says something of this value.
bool takes(const MemberRow& row, const OutputValue& value) {
  Alert alert;
  alert.fields = {{"fd.l4proto", {std::string("tcp")}}};
  std::string out;
  Members members(out);
  row.write(members, row.path, {alert, 1, &value});
  return members.has(row.path);
}

TEST(MemberRow, ShowsAFieldOfTheCatalogWithAFittingType) {
  for (const auto rows : {ecs_rows(), ocsf_rows()}) {
    for (const MemberRow& row : rows) {
      if (row.field.empty()) {
        continue;
      }
      const FieldDef* field = FieldCatalog::builtin().find(row.field);
      ASSERT_NE(field, nullptr) << row.path << " shows " << row.field;
      EXPECT_EQ(field->flags & kFieldConditionOnly, 0) << row.field << " is never in an alert";
      bool fits = false;
      for (const OutputValue& value : values_of(field->type)) {
        fits = fits || takes(row, value);
      }
      EXPECT_TRUE(fits) << row.path << " cannot show what " << row.field << " is";
    }
  }
}

// The first value that the row takes.
OutputValue fitting_value(const MemberRow& row) {
  const std::vector<OutputValue> values = values_of(FieldCatalog::builtin().find(row.field)->type);
  return *std::ranges::find_if(values, [&](const OutputValue& value) { return takes(row, value); });
}

// An alert with all fields of the table, and each of them in turn as one of its rows wants it.
TEST(MemberRow, EveryMemberIsOneOfTheSchema) {
  for (const auto rows : {ecs_rows(), ocsf_rows()}) {
    std::map<std::string, OutputValue> fields;
    for (const MemberRow& row : rows) {
      if (!row.field.empty()) {
        fields.emplace(row.field, fitting_value(row));
      }
    }
    fields["fd.l4proto"] = {std::string("tcp")};
    for (const MemberRow& row : rows) {
      Alert alert = test::typical_alert();
      if (!row.field.empty()) {
        fields[std::string(row.field)] = fitting_value(row);
      }
      alert.fields.assign(fields.begin(), fields.end());
      EXPECT_EQ(test::schema_problem_of(alert), "") << row.path;
    }
  }
}

TEST(MemberRow, NeedsAnObjectThatARowOpens) {
  for (const auto rows : {ecs_rows(), ocsf_rows()}) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto opens = [&](const MemberRow& row) {
        return row.path.starts_with(std::string(rows[i].needs) + '.') && row.needs != rows[i].needs;
      };
      EXPECT_TRUE(rows[i].needs.empty() ||
                  std::any_of(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(i), opens))
          << rows[i].path << " can never be written";
    }
  }
}

TEST(Members, OpensAndClosesObjectsAsPathsNeed) {
  std::string out;
  Members members(out);
  members.at("a").integer(1);
  members.at("b.c.d").integer(2);
  EXPECT_TRUE(members.has("b.c"));
  EXPECT_TRUE(members.has("b.c.d"));
  members.at("b.c.dd").integer(3);
  EXPECT_FALSE(members.has("b.c.d"));
  members.at("b.e[].f.g").integer(4);
  EXPECT_FALSE(members.has("b.c"));
  members.at("b.e[].h").integer(5);
  members.at("i[].j[].k").integer(6);
  members.end();
  EXPECT_EQ(out,
            R"({"a":1,"b":{"c":{"d":2,"dd":3},"e":[{"f":{"g":4},"h":5}]},"i":[{"j":[{"k":6}]}]})");
}

TEST(Members, FirstRowThatWritesCounts) {
  constexpr MemberRow kRows[] = {
      {"a.b", "x", [](Members&, std::string_view, const MemberSource&) {}},
      {"a.b", "y", write_constant<1>},
      {"a.b", "z", write_constant<2>},
      {"a.c", "", write_constant<"text">, "a"},
      {"d.e", "", write_constant<3>, "d"},
  };
  Alert alert;
  alert.fields = {{"x", {true}}, {"y", {true}}, {"z", {true}}};
  std::string out;
  write_members(out, kRows, alert, 1);
  EXPECT_EQ(out, R"({"a":{"b":1,"c":"text"}})");
  out.clear();
  alert.fields = {{"x", {true}}, {"y", {std::string("<NA>")}}, {"z", {std::string()}}};
  write_members(out, kRows, alert, 1);
  EXPECT_EQ(out, "{}");
}

TEST(Members, TablesThatOpenAnObjectTwiceAreRefused) {
  constexpr MemberRow kGrouped[] = {{"a.b", "", write_constant<1>},
                                    {"a.c.d", "", write_constant<1>},
                                    {"a.e", "", write_constant<1>}};
  constexpr MemberRow kTorn[] = {
      {"a.b", "", write_constant<1>}, {"c", "", write_constant<1>}, {"a.e", "", write_constant<1>}};
  EXPECT_TRUE(are_grouped(kGrouped));
  EXPECT_FALSE(are_grouped(kTorn));
}

}  // namespace
}  // namespace saker
