// SPDX-License-Identifier: Apache-2.0
#include "cmd/table.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

Table sample() {
  return {.title = "Things",
          .introduction = "What there is.",
          .columns = {"name", "kind", "description"},
          .sections = {{"first", {{"a", "KIND", "one | two <x>"}, {"long.name", "", ""}}},
                       {"second", {{"b", "K", "three"}}}}};
}

TEST(Table, TextIsAligned) {
  EXPECT_EQ(to_text(sample()),
            "a          KIND  one | two <x>\n"
            "long.name\n"
            "b          K     three\n");
}

TEST(Table, MarkdownHasATableForEachSection) {
  EXPECT_EQ(to_markdown(sample()),
            "# Things\n"
            "\n"
            "What there is.\n"
            "\n"
            "## first\n"
            "\n"
            "| name | kind | description |\n"
            "|---|---|---|\n"
            "| `a` | KIND | one \\| two &lt;x> |\n"
            "| `long.name` | | |\n"
            "\n"
            "## second\n"
            "\n"
            "| name | kind | description |\n"
            "|---|---|---|\n"
            "| `b` | K | three |\n");
}

TEST(Table, JsonIsAnArrayOfObjects) {
  EXPECT_EQ(to_json({.columns = {"name"}, .sections = {{"s", {{"a\"b"}, {"c"}}}}}),
            "[{\"name\":\"a\\\"b\",\"section\":\"s\"},{\"name\":\"c\",\"section\":\"s\"}]\n");
}

}  // namespace
}  // namespace saker
