// SPDX-License-Identifier: Apache-2.0
#include "outputs/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace saker {
namespace {

TEST(JsonWriter, WritesEachKindOfValue) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("null");
  json.null();
  json.key("bool");
  json.boolean(true);
  json.key("integers");
  json.begin_array();
  json.integer(std::numeric_limits<int64_t>::min());
  json.unsigned_integer(std::numeric_limits<uint64_t>::max());
  json.end_array();
  json.key("text");
  json.text("a\"b\\c/d");
  json.key("texts");
  json.texts(std::vector<std::string>{"a", "b"});
  json.key("none");
  json.texts(std::vector<std::string>());
  json.end_object();
  EXPECT_EQ(out,
            R"({"null":null,"bool":true,"integers":[-9223372036854775808,18446744073709551615],)"
            R"("text":"a\"b\\c/d","texts":["a","b"],"none":[]})");
}

TEST(JsonWriter, WritesDoublesShortAndExact) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.real(0.1);
  json.real(0.5);
  json.real(100.0);
  json.real(-2.25e-9);
  json.real(std::numeric_limits<double>::quiet_NaN());
  json.real(-std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(out, "[0.1,0.5,100.0,-2.25e-9,null,null]");
}

TEST(JsonWriter, HostileBytesStayInsideTheText) {
  using std::string_view_literals::operator""sv;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("k\xff");
  json.text("\0\n\x1b\xc3\xbc\xe2\x82\"}"sv);
  json.end_object();
  EXPECT_EQ(out, "{\"k\xef\xbf\xbd\":\"\\u0000\\n\\u001B\xc3\xbc\xef\xbf\xbd\xef\xbf\xbd\\\"}\"}");
}

}  // namespace
}  // namespace saker
