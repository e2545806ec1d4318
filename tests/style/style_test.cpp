// SPDX-License-Identifier: Apache-2.0
// The house rules that no compiler checks: licence lines, sizes, include direction, who owns which
// library. Each test reports every place that breaks its rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace saker {
namespace {

constexpr size_t kMaxFileLines = 600;
constexpr size_t kMaxHeaderLines = 250;
constexpr size_t kMaxBlockLines = 60;
constexpr std::string_view kFolders[] = {"engine", "probes", "outputs", "cmd", "tests"};

struct SourceFile {
  std::string path;  // from the root of the project
  std::vector<std::string> lines;

  [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
  // Compiled for the kernel, or by both sides.
  [[nodiscard]] bool is_kernel_side() const {
    return path.starts_with("probes/bpf/") || path == "probes/wire.h" ||
           path == "probes/filter_wire.h";
  }
  [[nodiscard]] std::string folder() const { return path.substr(0, path.find('/')); }
  // engine/base/yaml for engine/base/yaml.cpp and engine/base/yaml.h.
  [[nodiscard]] std::string stem() const { return path.substr(0, path.rfind('.')); }
};

std::vector<SourceFile> read_sources() {
  namespace fs = std::filesystem;
  const fs::path root = SAKER_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string_view folder : kFolders) {
    std::error_code missing;  // FindsTheSources reports a folder that is not there
    for (const auto& entry : fs::recursive_directory_iterator(root / folder, missing)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp" && extension != ".c") {
        continue;
      }
      SourceFile file;
      file.path = entry.path().lexically_relative(root);
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        file.lines.push_back(line);
      }
      files.push_back(std::move(file));
    }
  }
  return files;
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> files = read_sources();
  return files;
}

std::string place(const SourceFile& file, size_t line_index) {
  return file.path + ":" + std::to_string(line_index + 1) + ": ";
}

// The path of an #include line, with its quotes or angle brackets; empty for other lines.
std::string_view included(std::string_view line) {
  constexpr std::string_view kDirective = "#include ";
  if (!line.starts_with(kDirective)) {
    return {};
  }
  line.remove_prefix(kDirective.size());
  return line.substr(0, line.find_first_of(">\"", 1) + 1);
}

// The line without what follows "//" and without the content of string literals.
std::string code_of(std::string_view line) {
  std::string code;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '"') {
      quote = c;
    } else if (line.substr(i, 2) == "//") {
      break;
    } else {
      code += c;
    }
  }
  return code;
}

bool has_word(std::string_view code, std::string_view word) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (size_t at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_part(code[at - 1])) && (end == code.size() || !is_part(code[end]))) {
      return true;
    }
  }
  return false;
}

TEST(Style, FindsTheSources) {
  for (const std::string_view folder : kFolders) {
    EXPECT_TRUE(std::ranges::any_of(sources(), [&](const SourceFile& file) {
      return file.folder() == folder;
    })) << folder;
  }
}

TEST(Style, FilesStartWithTheirLicence) {
  for (const SourceFile& file : sources()) {
    const std::string licence = file.is_kernel_side() ? "SPDX-License-Identifier: GPL-2.0-only OR "
                                                        "BSD-2-Clause"
                                                      : "SPDX-License-Identifier: Apache-2.0";
    ASSERT_FALSE(file.lines.empty()) << file.path;
    const std::string& first = file.lines.front();
    EXPECT_TRUE(first == "// " + licence || first == "/* " + licence + " */")
        << place(file, 0) << "expected " << licence;
  }
}

TEST(Style, FilesAreShort) {
  for (const SourceFile& file : sources()) {
    // A header for the kernel holds functions (BPF) or the whole grammar (wire.h).
    const bool is_interface = file.is_header() && !file.is_kernel_side();
    EXPECT_LE(file.lines.size(), is_interface ? kMaxHeaderLines : kMaxFileLines) << file.path;
  }
}

// The line on which the statement starts that ends in line `i`: goes up over wrapped arguments and
// initialiser lists.
size_t first_line_of_statement(const SourceFile& file, size_t i) {
  long open = 0;
  for (;; --i) {
    const std::string code = code_of(file.lines[i]);
    open += std::ranges::count(code, ')') - std::ranges::count(code, '(');
    const size_t begin = code.find_first_not_of(' ');
    const bool continues = begin != std::string::npos && code[begin] == ':';
    const bool is_lambda = code.find("](") != std::string::npos;
    const bool follows_comma = i > 0 && !is_lambda && code_of(file.lines[i - 1]).ends_with(',');
    if (i == 0 || (open <= 0 && !continues && !follows_comma)) {
      return i;
    }
  }
}

// Relies on clang-format: a block ends at the first line with the indentation of the statement that
// opens it. Tables (`= {`) and types may be long.
TEST(Style, FunctionsAreShort) {
  constexpr std::string_view kOpeners[] = {") {", "noexcept {", "const {", "override {"};
  for (const SourceFile& file : sources()) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      if (std::ranges::none_of(kOpeners, [&](auto opener) { return code.ends_with(opener); })) {
        continue;
      }
      const std::string& first = file.lines[first_line_of_statement(file, i)];
      const std::string closing = std::string(first.find_first_not_of(' '), ' ') + '}';
      size_t end = i + 1;
      while (end < file.lines.size() && !file.lines[end].starts_with(closing)) {
        ++end;
      }
      EXPECT_LE(end - i + 1, kMaxBlockLines) << place(file, i) << code;
    }
  }
}

TEST(Style, LinesAreClean) {
  for (const SourceFile& file : sources()) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      EXPECT_EQ(line.find('\t'), std::string::npos) << place(file, i) << "tab";
      EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\r')) << place(file, i) << "blank at end";
    }
  }
}

TEST(Style, HeadersHaveGuards) {
  for (const SourceFile& file : sources()) {
    if (!file.is_header()) {
      continue;
    }
    std::string guard = "SAKER_";
    for (const char c : file.path) {
      guard += std::isalnum(static_cast<unsigned char>(c)) != 0
                   ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                   : '_';
    }
    EXPECT_NE(std::ranges::find(file.lines, "#ifndef " + guard), file.lines.end())
        << file.path << ": expected the guard " << guard;
    EXPECT_NE(std::ranges::find(file.lines, "#define " + guard), file.lines.end()) << file.path;
  }
}

bool may_include(const std::string& folder, std::string_view header) {
  struct Direction {
    std::string_view from;
    std::vector<std::string_view> to;  // prefixes of what may be included
  };
  static const std::vector<Direction> directions = {
      {"engine", {"engine/", "probes/wire.h", "probes/filter_wire.h"}},
      {"probes", {"probes/", "engine/base/"}},
      {"outputs", {"outputs/", "engine/alert.h", "engine/base/"}},
      {"cmd", {"cmd/", "outputs/", "probes/", "engine/"}},
      {"tests", {"tests/", "cmd/", "outputs/", "probes/", "engine/"}},
  };
  const auto direction = std::ranges::find(directions, folder, &Direction::from);
  return direction != directions.end() &&
         std::ranges::any_of(direction->to,
                             [&](std::string_view prefix) { return header.starts_with(prefix); });
}

TEST(Style, IncludesGoOneWay) {
  for (const SourceFile& file : sources()) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string_view header = included(file.lines[i]);
      if (!header.starts_with('"') || header.ends_with(".skel.h\"")) {
        continue;
      }
      EXPECT_TRUE(may_include(file.folder(), header.substr(1, header.size() - 2)))
          << place(file, i) << file.folder() << " must not include " << header;
    }
  }
}

TEST(Style, EachLibraryHasOneOwner) {
  // Prefix of an include of the library, and its name.
  constexpr std::pair<std::string_view, std::string_view> kLibraries[] = {
      {"<yaml-cpp/", "yaml-cpp"},
      {"<re2/", "RE2"},
      {"<bpf/", "libbpf"},
      {"<ares", "c-ares"},
      {"<microhttpd", "libmicrohttpd"},
      {"<librdkafka/", "librdkafka"},
      {"<spdlog/", "spdlog"},
      {"<fmt/", "fmt"},
      {"<CLI/", "CLI11"},
      {"<rapidjson/", "RapidJSON"},
      {"<simdjson", "simdjson"},
      {"\"saker.skel.h\"", "skeleton"},
      {"<curl/", "libcurl"},
      {"<zlib.h>", "zlib"},
      {"<sqlite3.h>", "SQLite"},
      {"<systemd/", "libsystemd"},
  };
  std::map<std::string_view, std::set<std::string>> owners;
  for (const SourceFile& file : sources()) {
    if (file.folder() == "tests" || file.is_kernel_side()) {
      continue;
    }
    for (const std::string& line : file.lines) {
      for (const auto& [prefix, library] : kLibraries) {
        if (included(line).starts_with(prefix)) {
          owners[library].insert(file.stem());
        }
      }
    }
  }
  for (const auto& [library, stems] : owners) {
    std::string names;
    for (const std::string& stem : stems) {
      names += ' ' + stem;
    }
    EXPECT_EQ(stems.size(), 1U) << library << " is included by" << names;
  }
}

TEST(Style, ExceptionsStayInTheirTwoFiles) {
  for (const SourceFile& file : sources()) {
    const bool may_catch = file.path == "engine/base/yaml.cpp" || file.path == "cmd/main.cpp";
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      EXPECT_FALSE(has_word(code, "throw")) << place(file, i) << code;
      EXPECT_FALSE(!may_catch && (has_word(code, "try") || has_word(code, "catch")))
          << place(file, i) << code;
    }
  }
}

TEST(Style, NobodySleepsToSynchronise) {
  constexpr std::string_view kSleeps[] = {"sleep_for", "sleep_until", "usleep", "sleep"};
  for (const SourceFile& file : sources()) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      for (const std::string_view sleep : kSleeps) {
        EXPECT_FALSE(has_word(code, sleep) && code.find(std::string(sleep) + '(') != code.npos)
            << place(file, i) << code;
      }
    }
  }
}

}  // namespace
}  // namespace saker
