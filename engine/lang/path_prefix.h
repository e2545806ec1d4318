// SPDX-License-Identifier: Apache-2.0
// PathPrefixes: the operator `pmatch`. A prefix matches when its components are the first ones of
// the path; a component may be a shell pattern. Repeated and trailing slashes do not count, the
// root is a component of its own, so `/etc` does not match the relative path `etc/passwd`.
#ifndef SAKER_ENGINE_LANG_PATH_PREFIX_H
#define SAKER_ENGINE_LANG_PATH_PREFIX_H

#include <string>
#include <string_view>
#include <vector>

namespace saker::lang {

class PathPrefixes {
 public:
  // An empty prefix has no components and matches every path.
  void add(std::string_view prefix);
  [[nodiscard]] bool matches(std::string_view path) const noexcept;

 private:
  struct Component {
    std::string text;
    bool is_pattern = false;
  };
  struct Prefix {
    bool is_absolute = false;
    std::vector<Component> components;
  };
  static bool matches(const Prefix& prefix, std::string_view path) noexcept;

  std::vector<Prefix> prefixes_;
};

// The first components of a prefix, those that are no patterns. A path without repeated slashes
// that matches the prefix begins with this text.
[[nodiscard]] std::string literal_path(std::string_view prefix);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_PATH_PREFIX_H
