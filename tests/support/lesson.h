// SPDX-License-Identifier: Apache-2.0
// Lesson: the commands of a page and what it says that they print, to see whether that is so.
//
// Commands stand in fenced blocks, each behind "$ ", with the lines of its here-document ('END');
// what follows is their output.
#ifndef SAKER_TESTS_SUPPORT_LESSON_H
#define SAKER_TESTS_SUPPORT_LESSON_H

#include <string>
#include <string_view>
#include <vector>

namespace saker::test {

struct LessonStep {
  std::string command;
  std::string output;
};

// The steps of all blocks of the page (a path from the root of the project) that begin with this
// fence: "```console".
[[nodiscard]] std::vector<LessonStep> read_lesson(const std::string& page, std::string_view fence);

// Runs them in one shell, in the directory, with the built `saker`; `wrapper` starts the shell.
// Gives what each has printed, as far as they came.
[[nodiscard]] std::vector<std::string> run_lesson(const std::vector<LessonStep>& steps,
                                                  const std::string& directory,
                                                  const std::string& wrapper = {});

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_LESSON_H
