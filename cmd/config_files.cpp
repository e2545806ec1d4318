// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cmd/config.h"
#include "engine/base/unique_fd.h"
#include "engine/base/yaml_files.h"

namespace saker {
namespace {

constexpr size_t kMaxConfigBytes = 1024 * 1024;
constexpr std::string_view kFilesKey = "config_files";

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

void report(Diagnostics& diagnostics, const Text& place, Error error) {
  std::string hint = std::exchange(error.hint, {});
  config_error(diagnostics, place, error.to_string(), std::move(hint));
}

// What the main file says about others. Its mistakes are reported with all those of the tree.
std::vector<ConfigFileEntry> entries_of(const ConfigNode& main, const std::string& directory) {
  const ConfigNode* const value = find_field(main, kFilesKey);
  if (value == nullptr) {
    return exists(directory) ? std::vector{ConfigFileEntry{{directory, nullptr, {}}}}
                             : std::vector<ConfigFileEntry>();
  }
  ConfigNode alone{ConfigNode::Kind::kMap, {}, {}, {}};
  alone.fields.push_back({Text{std::string(kFilesKey), nullptr, {}}, *value});
  Diagnostics ignored;
  return make_config(alone, ignored).config_files;
}

class Reader {
 public:
  Reader(ConfigFiles& files, Diagnostics& diagnostics) : files_(files), diagnostics_(diagnostics) {}

  void read_main(const std::string& path);
  void read_entry(const ConfigFileEntry& entry);

 private:
  // `place`: where the file was named; empty: nowhere.
  std::shared_ptr<const SourceText> read_text(const std::string& path, const Text& place);
  void read_drop_in(const std::string& path, const ConfigFileEntry& entry);

  ConfigFiles& files_;
  Diagnostics& diagnostics_;
};

std::shared_ptr<const SourceText> Reader::read_text(const std::string& path, const Text& place) {
  auto text = read_config_file(path);
  if (!text) {
    report(diagnostics_, place, std::move(text).error());
    return nullptr;
  }
  files_.texts.push_back(*text);
  return *std::move(text);
}

void Reader::read_main(const std::string& path) {
  if (const auto text = read_text(path, {})) {
    files_.tree = read_config_tree(text, diagnostics_);
  }
}

void Reader::read_drop_in(const std::string& path, const ConfigFileEntry& entry) {
  const auto text = read_text(path, entry.path);
  if (text == nullptr) {
    return;
  }
  ConfigNode tree = read_config_tree(text, diagnostics_);
  std::erase_if(tree.fields, [&](const ConfigField& field) {
    const bool is_nested = field.key.value == kFilesKey;
    if (is_nested) {
      config_error(diagnostics_, field.key, "'config_files' can only stand in the main file",
                   "name the files there");
    }
    return is_nested;
  });
  merge_config(files_.tree, std::move(tree), entry.strategy);
}

void Reader::read_entry(const ConfigFileEntry& entry) {
  const std::string& path = entry.path.value;
  std::error_code error;
  if (path.empty()) {
    return;
  }
  if (!exists(path)) {
    config_warning(diagnostics_, entry.path, "'" + path + "' does not exist, skipped");
  } else if (!std::filesystem::is_directory(path, error)) {
    read_drop_in(path, entry);
  } else if (auto names = list_yaml_files(path); !names) {
    report(diagnostics_, entry.path, std::move(names).error());
  } else {
    for (const std::string& name : *names) {
      read_drop_in(name, entry);
    }
  }
}

}  // namespace

ConfigFiles read_config_files(const std::string& path, Diagnostics& diagnostics,
                              const DefaultConfig& defaults) {
  ConfigFiles files;
  files.tree.kind = ConfigNode::Kind::kMap;
  Reader reader(files, diagnostics);
  if (!path.empty() || exists(defaults.path)) {
    reader.read_main(path.empty() ? defaults.path : path);
  }
  for (const ConfigFileEntry& entry :
       entries_of(files.tree, path.empty() ? defaults.directory : std::string())) {
    reader.read_entry(entry);
  }
  return files;
}

Result<std::shared_ptr<const SourceText>> read_config_file(const std::string& path) {
  const std::string what = "cannot read configuration file '" + path + "'";
  // O_NONBLOCK: a FIFO without a writer must not hang the start.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    return Error{what, errno, ""};
  }
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) {
    return Error{what, errno, ""};
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{what, S_ISDIR(info.st_mode) ? EISDIR : 0, "a configuration is a regular file"};
  }
  std::string text;
  char buffer[65536];
  for (ssize_t n = 0; (n = ::read(fd.get(), buffer, sizeof(buffer))) != 0;) {
    if (n < 0) {
      return Error{what, errno, ""};
    }
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > kMaxConfigBytes) {
      return Error{what, EFBIG, "a configuration has at most 1 MiB"};
    }
  }
  return std::shared_ptr<const SourceText>(
      std::make_shared<SourceText>(path, std::move(text), FileStatus{info.st_uid, info.st_mode}));
}

}  // namespace saker
