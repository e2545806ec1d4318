// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/transformers.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

using test::MockFields;

struct Row {
  std::string_view condition;
  std::string_view result;
};

constexpr Row kRows[] = {
    {"tolower(t.text) = /tmp/file", "true"},
    {"toupper(t.text) = /TMP/FILE", "true"},
    {"toupper(t.list) intersects (-A)", "true"},
    {"basename(t.text) = File", "true"},
    {"basename(t.empty) = ''", "true"},
    {"len(t.text) = 9", "true"},
    {"len(t.list) = 3", "true"},
    {"b64(t.b64) = hello", "true"},
    {"b64(t.text) exists", "false"},
    {"b64(t.empty) = ''", "true"},
    {"join(\"-\", (t.text, \"x\", t.n)) = /tmp/File-x-12", "true"},
    {"join(\",\", t.list) = \"-a,1,x\"", "true"},
    {"join(\",\", ()) = ''", "true"},
    {"join(\",\", t.numbers) = \"-1,2\"", "true"},
    {"concat(t.text, \"!\") = /tmp/File!", "true"},
    {"concat(t.text, t.missing) exists", "false"},
    {"tolower(t.missing) != a", "false"},
    {"len(t.missing) exists", "false"},
    {"t.text = concat(\"/tmp/\", basename(t.text))", "true"},
    {"getopt(t.list, \"a:\")[a] = 1", "true"},
    {"getopt(t.list, \"a\")[a] = ''", "true"},
    {"getopt(t.list, \"a:\")[b] exists", "false"},
    {"getopt(t.words, \"lp:\")[p] = 80", "true"},
    {"getopt(t.words, \"lp:\") in (l, p, 80)", "true"},
    {"getopt(t.words, \"p:\") intersects (?)", "true"},
    {"getopt((\"--long\", \"-x\", \"--\", \"-y\"), \"xy\") in (x)", "true"},
    {"getopt((\"-x\"), \"x:\") in (\"\")", "true"},
};

TEST(Transformers, ComputeValues) {
  MockFields fields;
  fields.declare("t.text", FieldType::kFsPath);
  fields.declare("t.empty", FieldType::kCharBuf);
  fields.declare("t.missing", FieldType::kCharBuf);
  fields.declare("t.words", FieldType::kCharBuf);
  fields.declare("t.b64", FieldType::kCharBuf);
  fields.declare("t.n", FieldType::kUint64);
  fields.declare("t.list", FieldType::kCharBuf, FieldShape::kList);
  fields.declare("t.numbers", FieldType::kInt64, FieldShape::kList);
  fields.set_text("t.text", "/tmp/File");
  fields.set_text("t.empty", "");
  fields.set_text("t.words", "-l  -p 80 end -x");
  fields.set_text("t.b64", "aGVsbG8");
  fields.set("t.n", Value::of_uint(12));
  fields.set_list("t.list", {Value::of_text("-a"), Value::of_text("1"), Value::of_text("x")});
  fields.set_list("t.numbers", {Value::of_int(-1), Value::of_int(2)});
  for (const Row& row : kRows) {
    const std::string result = test::evaluate(fields, row.condition);
    // concat() gives CHARBUF, so a path cannot be compared with it.
    const bool is_typed = row.condition.find("t.text = concat") != std::string_view::npos;
    if (!is_typed) {
      EXPECT_EQ(result, row.result) << row.condition;
    } else {
      EXPECT_EQ(result,
                "error: 't.text' is of type FSPATH, but "
                "'concat(\"/tmp/\",basename(t.text))' is of type CHARBUF "
                "[both sides must be of the same type]\n");
    }
  }
}

constexpr Row kErrors[] = {
    {"tolower(t.n) exists",
     "error: transformer 'tolower' takes one text or list of texts [it is written "
     "tolower(text)]\n"},
    {"b64(t.n) exists",
     "error: transformer 'b64' takes one text or byte buffer, or a list of them "
     "[it is written b64(text)]\n"},
    {"len(t.n) exists",
     "error: transformer 'len' takes one text, byte buffer or list "
     "[it is written len(text or list)]\n"},
    {"concat(t.text) exists",
     "error: transformer 'concat' takes two or more texts [it is written concat(text, text, "
     "...)]\n"},
    {"join(\",\", t.text) exists",
     "error: transformer 'join' takes a separator and a list of texts or numbers "
     "[it is written join(separator, list)]\n"},
    {"join(\",\", (t.small)) exists",
     "error: items of a list must be single texts or numbers, this is of type INT32\n"},
    {"getopt(t.text, (\"a\")) exists",
     "error: transformer 'getopt' takes a list of arguments and a text that names the options "
     "[it is written getopt(list, \"ab:\")[x]]\n"},
    {"getopt(t.text, \"a\")[ab] exists",
     "error: the argument of 'getopt' must be one character, the letter of an option\n"},
    {"toupper(t.text)[x] exists",
     "error: transformer 'toupper' does not support field arguments\n"},
    {"toupper(t.plain) exists", "error: field 't.plain' cannot be an argument of a transformer\n"},
    {"toupper(evt.type) exists",
     "error: field 'evt.type' cannot be an argument of a transformer\n"},
};

TEST(Transformers, SayWhatIsWrongWithTheirArguments) {
  MockFields fields;
  fields.declare("t.text", FieldType::kCharBuf);
  fields.declare("t.n", FieldType::kUint64);
  fields.declare("t.small", FieldType::kInt32);
  fields.declare("t.plain", FieldType::kCharBuf, FieldShape::kOne, kFieldNoTransformer);
  fields.declare("evt.type", FieldType::kCharBuf);
  for (const Row& row : kErrors) {
    EXPECT_EQ(test::to_text(test::check(fields, row.condition)), row.result) << row.condition;
  }
}

TEST(Transformers, EachHasADocumentationAndIsFoundByItsName) {
  for (const TransformerDef& def : transformers()) {
    EXPECT_FALSE(def.doc.empty()) << def.name;
    EXPECT_EQ(find_transformer(def.name), &def);
  }
  EXPECT_EQ(find_transformer("val"), nullptr);
}

}  // namespace
}  // namespace saker::lang
