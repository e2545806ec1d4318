// SPDX-License-Identifier: Apache-2.0
#include "engine/base/yaml.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace saker {
namespace {

std::string_view cut(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

// "MESSAGE @ LINE:TEXT" of the only error.
std::string error_of(std::string_view text) {
  const YamlFile file = parse_yaml(text);
  if (file.errors.size() != 1) {
    return std::to_string(file.errors.size()) + " errors";
  }
  const YamlError& error = file.errors[0];
  const auto line = SourceText("f", std::string(text)).position(error.span.begin).line;
  return error.message + " @ " + std::to_string(line) + ":" + std::string(cut(text, error.span));
}

TEST(Yaml, ReadsEveryKindOfNodeWithItsPlace) {
  const std::string_view text = "- {a: 1, 'b': [x, ~]}\n---\nplain\n";
  const YamlFile file = parse_yaml(text);
  ASSERT_TRUE(file.errors.empty());
  ASSERT_EQ(file.documents.size(), 2u);
  const YamlNode& list = *file.documents[0];
  ASSERT_TRUE(list.is_sequence());
  const YamlNode& map = *list.items[0];
  ASSERT_TRUE(map.is_map());
  ASSERT_EQ(map.fields.size(), 2u);
  EXPECT_EQ(cut(text, map.fields[1].first->span), "'b'");
  EXPECT_TRUE(map.fields[1].first->quoted);
  EXPECT_EQ(map.find("a")->text, "1");
  EXPECT_EQ(map.find("c"), nullptr);
  const YamlNode& items = *map.find("b");
  EXPECT_FALSE(items.items[0]->quoted);
  EXPECT_TRUE(items.items[1]->is_null());
  EXPECT_EQ(cut(text, items.items[1]->span), "~");
  EXPECT_EQ(file.documents[1]->text, "plain");
}

TEST(Yaml, APlainEqualsSignIsAText) {
  const YamlFile file = parse_yaml("comps: [=, =]");
  ASSERT_TRUE(file.errors.empty());
  EXPECT_EQ(file.documents[0]->find("comps")->items[1]->text, "=");
}

TEST(Yaml, AByteOrderMarkDoesNotMovePlaces) {
  const std::string_view text =
      "\xef\xbb\xbf"
      "a: value";
  const YamlFile file = parse_yaml(text);
  ASSERT_TRUE(file.errors.empty());
  EXPECT_EQ(cut(text, file.documents[0]->find("a")->span), "value");
}

// Each row: a scalar, a part of its value, and the bytes of the file this part came from.
TEST(Yaml, LocatesPartsOfValuesInTheFile) {
  struct Row {
    std::string_view text;
    std::string_view part;
    std::string_view expected;
    uint32_t line;
  };
  for (const Row& row : {
           Row{"a: one two", "two", "two", 1},
           Row{"a: one\n   two\n\n   three", "three", "three", 4},
           Row{"a: 'it''s me'", "me", "me", 1},
           Row{"a: 'it''s me'", "it's", "it''s", 1},
           Row{"a: \"x\\n\\x41 b\"", "b", "b", 1},
           Row{"a: \"x\\n\\x41 b\"", "A", "\\x41", 1},
           Row{"a: \"\\u00e9\\\\ q\"", "q", "q", 1},
           Row{"a: \"one \\\n   two\"", "two", "two", 2},
           Row{"a: \"one\n\n  \\ttwo\"", "two", "two", 3},
           Row{"a: >\n  one\n  two\n", "two", "two", 3},
           Row{"a: >2- # why\n  one\n\n    two\n  x\n", "x", "x", 5},
           Row{"a: |\n  one\n    two # no comment\n", "comment", "comment", 3},
           Row{"a: &anchor !!str\n  one two", "two", "two", 2},
           Row{"a: &anchor >\n  one\n  two", "two", "two", 3},
           Row{"a: >\r\n  one\r\n  two\r\n", "two", "two", 3},
           Row{"a: >\n  one and\n  two = three\n", "and two", "and\n  two", 2},
       }) {
    const YamlFile file = parse_yaml(row.text);
    ASSERT_TRUE(file.errors.empty()) << row.text;
    const YamlNode& node = *file.documents[0]->find("a");
    const size_t at = node.text.find(row.part);
    ASSERT_NE(at, std::string::npos) << row.text << "\n" << node.text;
    const auto begin = static_cast<uint32_t>(at);
    const Span place = locate_in_scalar(row.text, node.span, node.text,
                                        {begin, begin + static_cast<uint32_t>(row.part.size())});
    EXPECT_EQ(cut(row.text, place), row.expected) << row.text;
    EXPECT_EQ(SourceText("f", std::string(row.text)).position(place.begin).line, row.line)
        << row.text;
  }
}

TEST(Yaml, SpansOfQuotedTextsIncludeTheirQuotes) {
  for (const std::string_view quoted :
       {"'it''s'", "\"a\\\"b\"", "\"x\n  y\"", "''", "\"\"", "'a '"}) {
    const std::string text = "[" + std::string(quoted) + ", z]";
    const YamlFile file = parse_yaml(text);
    ASSERT_TRUE(file.errors.empty()) << text;
    EXPECT_EQ(cut(text, file.documents[0]->items[0]->span), quoted);
  }
}

TEST(Yaml, ThePlaceBehindAValueIsItsEnd) {
  const std::string_view text = "a: >\n  one =\n  two\nb: c";
  const YamlFile file = parse_yaml(text);
  const YamlNode& node = *file.documents[0]->find("a");
  const auto size = static_cast<uint32_t>(node.text.size() - 1);  // in front of the line end
  const Span place = locate_in_scalar(text, node.span, node.text, {size, size});
  EXPECT_EQ(place.begin, text.find("two") + 3);
}

TEST(Yaml, RefusesDuplicateKeysWithTheirPlace) {
  EXPECT_EQ(error_of("- rule: a\n  desc: x\n  desc: y\n"), "key 'desc' is already there @ 3:desc");
  EXPECT_EQ(parse_yaml("- rule: a\n  desc: x\n  desc: y\n").errors[0].hint,
            "it stands in line 2 too; keep one of them");
}

TEST(Yaml, ADuplicateKeyKeepsItsFirstValue) {
  const YamlFile file = parse_yaml("a: 1\nb: 2\na: {b: 3}\nc: 4\n");
  ASSERT_EQ(file.documents.size(), 1u);
  ASSERT_EQ(file.documents[0]->fields.size(), 3u);
  EXPECT_EQ(file.documents[0]->find("a")->text, "1");
  EXPECT_EQ(file.documents[0]->find("c")->text, "4");
}

TEST(Yaml, RefusesKeysThatAreNotTexts) {
  EXPECT_EQ(error_of("? [a, b]\n: c\n"), "a key must be a plain text @ 1:[a, b");
}

TEST(Yaml, RefusesWhatIsNoText) {
  EXPECT_EQ(error_of(std::string_view("a: b\nc: \0", 9)),
            "this is not a text: it has a NUL byte @ 2:" + std::string(1, '\0'));
  EXPECT_EQ(error_of("a: b\nc: \xff\xfe"), "this byte is not UTF-8 @ 2:\xff");
  EXPECT_EQ(error_of("this : is : not : yaml"), "not valid YAML: illegal map value @ 1:");
}

TEST(Yaml, RefusesQuotesThatAreNotClosed) {
  EXPECT_EQ(error_of("- \"a\n"), "not valid YAML: this quote is not closed @ 1:\"");
  EXPECT_EQ(error_of("- 'it''s\n"), "not valid YAML: this quote is not closed @ 1:'");
  EXPECT_EQ(error_of("- \"a\\\"\n"), "not valid YAML: this quote is not closed @ 1:\"");
  EXPECT_TRUE(parse_yaml("- \"a\\\"\"\n- 'it''s'\n- a\"\n- !!str \"b\"").errors.empty());
}

// "MESSAGE @ LINE" of each error, then each document: TEXT of its items, or "unreadable".
std::string items_of(std::string_view text) {
  const YamlFile file = parse_yaml_items(text);
  const SourceText source("f", std::string(text));
  std::string out;
  for (const YamlError& error : file.errors) {
    out += error.message + " @ " + std::to_string(source.position(error.span.begin).line) + "\n";
  }
  for (const YamlNode* document : file.documents) {
    out += document->is_unreadable() ? " unreadable" : "";
    for (const YamlNode* item : document->items) {
      out += " " + std::string(cut(text, item->span));
    }
  }
  return out;
}

TEST(YamlItems, AnUnreadableItemHidesNoOther) {
  struct Row {
    std::string_view text;
    std::string_view items;
  };
  constexpr Row kRows[] = {
      {"- a\n- b\n", " a b"},
      {"# c\n---\n- a\n- \"b\n- c\n- d: e: f\n\n- g\n",
       "not valid YAML: this quote is not closed @ 4\n"
       "not valid YAML: illegal map value @ 6\n"
       " a unreadable c unreadable g"},
      {"- a: [1, 2\n- b\n", "not valid YAML: end of sequence flow not found @ 1\n unreadable b"},
      {"  - a: 'x\n    - b'\n  - @c\n  -\n    d\n",
       "not valid YAML: unknown token @ 3\n"
       " a: 'x\n    - b' unreadable d"},
      {"- a\n- \xff\n- b\n", "this byte is not UTF-8 @ 2\n a unreadable b"},
      {"a: 1\nb: \"2\n- c\n", "not valid YAML: this quote is not closed @ 2\n unreadable"},
      {"", ""},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(items_of(row.text), row.items) << row.text;
  }
}

TEST(YamlItems, AnAliasOfAnotherItemIsNoErrorOfItsOwn) {
  EXPECT_EQ(items_of("- &a x\n- *a\n- \"b\n"),
            "not valid YAML: this quote is not closed @ 3\n x unreadable unreadable");
  EXPECT_EQ(items_of("- x\n- *a\n- b\n"),
            "not valid YAML: the referenced anchor is not defined @ 2\n x unreadable b");
}

TEST(YamlItems, ManyErrorsAreBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "- \"b\n";
  }
  const YamlFile file = parse_yaml_items(text);
  EXPECT_EQ(file.errors.size(), 100u);
  EXPECT_EQ(file.documents.size(), 5000u);
}

TEST(Yaml, StrayTokensComeToAnEnd) {
  EXPECT_EQ(error_of("- a\n,b\n"), "not valid YAML: unexpected text @ 2:");
}

TEST(Yaml, RefusesDeepNesting) {
  const std::string deep = std::string(100'000, '[');
  EXPECT_EQ(error_of(deep), "nested deeper than 64 levels @ 1:[");
  const std::string allowed = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(parse_yaml(allowed).errors.empty());
}

TEST(Yaml, AliasesAreTheNodeTheyName) {
  const YamlFile file = parse_yaml("- &x [a]\n- *x\n");
  ASSERT_TRUE(file.errors.empty());
  const YamlNode& list = *file.documents[0];
  EXPECT_EQ(list.items[0], list.items[1]);
}

TEST(Yaml, RefusesAliasesThatExplode) {
  std::string text = "- &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    text += "- &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) {
      text += "*a" + std::to_string(i - 1) + ", ";
    }
    text += "]\n";
  }
  EXPECT_EQ(error_of(text).substr(0, 60),
            "the aliases of this file stand for more than 1000000 values ");
}

TEST(Yaml, RefusesAnAliasInsideItsOwnValue) {
  EXPECT_EQ(error_of("- &a [x, *a]\n"), "this alias names a value that contains it @ 1:*a");
}

TEST(Yaml, AnchorsEndWithTheirDocument) {
  EXPECT_EQ(error_of("- &a x\n---\n- *a\n").substr(0, 15), "not valid YAML:");
}

TEST(Yaml, ManyErrorsAreBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "a: b\n";
  }
  EXPECT_EQ(parse_yaml(text).errors.size(), 100u);
}

}  // namespace
}  // namespace saker
