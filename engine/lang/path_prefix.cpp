// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/path_prefix.h"

#include <algorithm>

#include "engine/lang/glob.h"

namespace saker::lang {
namespace {

// Removes the first component and the slashes around it from `path`; empty: there is none.
std::string_view next_component(std::string_view& path) noexcept {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view component = path.substr(0, path.find('/'));
  path.remove_prefix(component.size());
  return component;
}

bool is_pattern(std::string_view component) noexcept {
  return component.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace

std::string literal_path(std::string_view prefix) {
  std::string path;
  const bool is_absolute = prefix.starts_with('/');
  for (std::string_view part = next_component(prefix); !part.empty() && !is_pattern(part);
       part = next_component(prefix)) {
    path.append(path.empty() && !is_absolute ? "" : "/").append(part);
  }
  return path.empty() && is_absolute ? "/" : path;
}

void PathPrefixes::add(std::string_view prefix) {
  Prefix result;
  result.is_absolute = prefix.starts_with('/');
  for (std::string_view part = next_component(prefix); !part.empty();
       part = next_component(prefix)) {
    result.components.push_back({std::string(part), is_pattern(part)});
  }
  prefixes_.push_back(std::move(result));
}

bool PathPrefixes::matches(std::string_view path) const noexcept {
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [path](const Prefix& prefix) { return matches(prefix, path); });
}

bool PathPrefixes::matches(const Prefix& prefix, std::string_view path) noexcept {
  if (!prefix.is_absolute && prefix.components.empty()) {
    return true;
  }
  if (prefix.is_absolute != path.starts_with('/')) {
    return false;
  }
  for (const Component& wanted : prefix.components) {
    const std::string_view part = next_component(path);
    if (part.empty()) {
      return false;
    }
    if (part != wanted.text && !(wanted.is_pattern && glob_match(wanted.text, part))) {
      return false;
    }
  }
  return true;
}

}  // namespace saker::lang
