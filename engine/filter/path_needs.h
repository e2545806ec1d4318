// SPDX-License-Identifier: Apache-2.0
// PathNeeds: what a comparison needs of a path, in terms that the kernel can look up.
#ifndef SAKER_ENGINE_FILTER_PATH_NEEDS_H
#define SAKER_ENGINE_FILTER_PATH_NEEDS_H

#include <string>
#include <vector>

#include "engine/lang/predicate.h"

namespace saker::filter {

// The comparison (or what it negates) holds at most when the path begins with one of the prefixes;
// or contains, or ends with, one of the patterns. Both empty: nothing is known.
struct PathNeeds {
  std::vector<std::string> prefixes;  // with a NUL at its end: the whole path
  std::vector<std::string> patterns;
  bool is_at_end = false;
  bool is_exact = false;  // then it surely holds
};

// Of fd.name, fd.directory, fd.filename, fd.nameraw.
[[nodiscard]] PathNeeds name_needs(const lang::CheckedComparison& comparison);
[[nodiscard]] PathNeeds directory_needs(const lang::CheckedComparison& comparison);
[[nodiscard]] PathNeeds file_name_needs(const lang::CheckedComparison& comparison);
[[nodiscard]] PathNeeds given_name_needs(const lang::CheckedComparison& comparison);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_PATH_NEEDS_H
