// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/clause_text.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/describe.h"
#include "engine/rules/loader.h"

namespace saker::filter {
namespace {

// What the kernel asks of an openat for which the condition may hold: one clause of one side.
std::string text_of(const std::string& condition) {
  const std::string text =
      "- {rule: r, desc: d, condition: 'evt.type = openat and (" + condition +
      ")', output: o, priority: INFO}\n"
      "- {rule: s, desc: d, condition: 'evt.type = openat and (fd.name in (/a/b, /a/b/c) or "
      "proc.name in (other, names))', output: o, priority: INFO}\n";
  LoadOptions options;
  options.describe = true;
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("a.yaml", text)}, options);
  if (loaded.description == nullptr) {
    return "a mistake";
  }
  const auto& clauses = loaded.description->rules.front().filter.passages.front().clauses;
  return clauses.size() == 1 && clauses.front().size() == 1 ? clauses.front().front()
                                                            : "not one side";
}

TEST(ClauseText, SaysWhatEachSideAsksFor) {
  struct Row {
    std::string condition;
    std::string_view text;
  };
  const Row rows[] = {
      {"evt.rawres >= 0", "success"},
      {"evt.failed = true", "failure"},
      {"container.id = host", "on the host"},
      {"container.id != host", "in a container"},
      {"evt.is_open_write = true", "opened for writing"},
      {"not evt.is_open_write = true", "not opened for writing"},
      {"evt.is_open_read = true and evt.is_open_write = true",
       "opened for writing and opened for reading"},
      {"evt.is_open_read = true or evt.is_open_write = true",
       "opened for writing or opened for reading"},
      {"evt.is_open_create = true", "may create the file"},
      {"evt.is_open_exec = true", "may create an executable file"},
      {"evt.is_open_create = true and evt.is_open_read = true",
       "may create the file and opened for reading"},
      {"fd.type = directory", "file is a directory"},
      {"fd.type != directory", "file is not a directory"},
      {"fd.type in (directory, pipe)", "file is a directory or a pipe"},
      {"user.uid = 0", "user id is 0"},
      {"user.uid != 1000", "user id is not 1000"},
      {"proc.name = sh", "process name is sh"},
      {"proc.pname in (a, b, c)", "name of the parent is a or b or c"},
      {"proc.name in (a, b, c, d)", "process name is one of 4"},
      {"proc.name != sh", "process name is not sh"},
      {"not proc.name in (a, b)", "process name is not a or b"},
      {"not proc.name in (a, b, c, d)", "process name is none of 4"},
      {"fd.name = /x", "path is /x"},
      {"fd.name startswith /x/", "path is /x/*"},
      {"fd.name pmatch (/a)", "path is /a or /a/*"},
      {"not fd.name startswith /x/", "path is not /x/*"},
      {"fd.name in (/1, /2, /3, /4)", "path is one of 4"},
      {"fd.name startswith /a and not fd.name startswith /a/b", "path is /a*, but for 1 below"},
      {"fd.name contains /secret", "fd.name contains /secret"},
      {"not fd.name endswith .so", "not fd.name endswith .so"},
      {"fd.name endswith .so or fd.name endswith .so", "fd.name endswith .so"},
      {"fd.filename in (a, b, c, d)", "fd.filename in one of 4"},
      {"fd.nameraw contains ../", "fd.nameraw contains ../"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(text_of(row.condition), row.text) << row.condition;
  }
}

TEST(ClauseText, PatternsThatShareAnEntryAreNotNamed) {
  std::string condition = "evt.rawres >= 0";
  for (int i = 0; i < EV_PATTERNS; ++i) {
    condition += " or fd.name contains /" + std::to_string(i) + "/";
  }
  const std::string text =
      "- {rule: r, desc: d, condition: 'evt.type = openat and (" + condition +
      ")', output: o, priority: INFO}\n"
      "- {rule: s, desc: d, condition: evt.type = openat and fd.name contains /x/, output: o, "
      "priority: INFO}\n";
  LoadOptions options;
  options.describe = true;
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("a.yaml", text)}, options);
  ASSERT_NE(loaded.description, nullptr);
  const auto& passage = loaded.description->rules.back().filter.passages.front();
  EXPECT_EQ(passage.clauses,
            (std::vector<std::vector<std::string>>{{"one of many texts is in the path"}}));
}

}  // namespace
}  // namespace saker::filter
