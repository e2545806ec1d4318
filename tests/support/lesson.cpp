// SPDX-License-Identifier: Apache-2.0
#include "tests/support/lesson.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace saker::test {
namespace {

constexpr std::string_view kPrompt = "$ ";
// Behind the output of each command.
constexpr std::string_view kSeparator = "\x1e\n";

// Reads the rest of a command that has a here-document.
void read_here_document(std::ifstream& in, std::string& command) {
  for (std::string line; std::getline(in, line);) {
    command += '\n' + line;
    if (line == "END") {
      return;
    }
  }
}

void read_block(std::ifstream& in, std::vector<LessonStep>& steps) {
  for (std::string line; std::getline(in, line) && line != "```";) {
    if (!line.starts_with(kPrompt)) {
      steps.back().output += line + '\n';
      continue;
    }
    LessonStep& step = steps.emplace_back();
    step.command = line.substr(kPrompt.size());
    if (line.ends_with("<<'END'")) {
      read_here_document(in, step.command);
    }
  }
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::string output;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    output += static_cast<char>(c);
  }
  return output;
}

}  // namespace

std::vector<LessonStep> read_lesson(const std::string& page, std::string_view fence) {
  std::ifstream in(std::filesystem::path(SAKER_SOURCE_DIR) / page);
  std::vector<LessonStep> steps;
  for (std::string line; std::getline(in, line);) {
    if (line == fence) {
      read_block(in, steps);
    }
  }
  return steps;
}

std::vector<std::string> run_lesson(const std::vector<LessonStep>& steps,
                                    const std::string& directory, const std::string& wrapper) {
  const std::string script = directory + "/.lesson";
  std::ofstream out(script);
  out << "exec 2>&1\nPATH=" << std::filesystem::path(SAKER_BINARY).parent_path() << ":$PATH\n"
      << "cd " << directory << '\n';
  for (const LessonStep& step : steps) {
    out << step.command << "\nprintf '\\036\\n'\n";
  }
  out.close();
  // Far more than it takes: so that nothing waits for a sensor that has not started.
  std::string output = output_of("timeout 120 " + wrapper + " bash " + script);
  std::vector<std::string> outputs;
  for (size_t at = output.find(kSeparator); at != std::string::npos; at = output.find(kSeparator)) {
    outputs.push_back(output.substr(0, at));
    output.erase(0, at + kSeparator.size());
  }
  return outputs;
}

}  // namespace saker::test
