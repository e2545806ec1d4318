// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/path_needs.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/filter/verdict.h"
#include "engine/lang/glob.h"
#include "engine/lang/path_prefix.h"
#include "probes/filter_wire.h"

namespace saker::filter {
namespace {

using lang::CheckedComparison;
using Texts = std::vector<std::string>;

const std::string kEnd(1, '\0');

// The texts on the right-hand side; none: it has something else, or a modifier that counts.
Texts constants_of(const CheckedComparison& comparison) {
  Texts texts;
  for (const lang::TypedConstant& constant : comparison.constants) {
    const Value value = constant.value();
    if (value.kind() != Value::Kind::kText || value.as_text().empty()) {
      return {};
    }
    texts.emplace_back(value.as_text());
  }
  return is_any_of(comparison) ? texts : Texts();
}

void add_prefix(PathNeeds& needs, std::string prefix) {
  if (prefix.size() > EV_PREFIX_MAX) {
    prefix.resize(EV_PREFIX_MAX);
    needs.is_exact = false;
  }
  needs.prefixes.push_back(std::move(prefix));
}

// A path and all below it.
void add_tree(PathNeeds& needs, const std::string& path) {
  if (path == "/") {
    add_prefix(needs, path);
    return;
  }
  add_prefix(needs, path + kEnd);
  add_prefix(needs, path + "/");
}

PathNeeds whole(const Texts& paths) {
  PathNeeds needs;
  needs.is_exact = true;
  for (const std::string& path : paths) {
    add_prefix(needs, path + kEnd);
  }
  return needs;
}

PathNeeds beginnings(Texts texts, bool is_exact) {
  PathNeeds needs;
  needs.is_exact = is_exact;
  for (std::string& text : texts) {
    add_prefix(needs, std::move(text));
  }
  return needs;
}

PathNeeds patterns(Texts texts, bool is_at_end, bool is_exact) {
  PathNeeds needs;
  needs.patterns = std::move(texts);
  needs.is_at_end = is_at_end;
  needs.is_exact = is_exact;
  return needs;
}

// Nothing when a pattern says nothing about how paths begin.
PathNeeds glob_needs(const Texts& texts, bool is_exact) {
  Texts prefixes;
  for (const std::string& text : texts) {
    prefixes.push_back(lang::glob_prefix(text));
    if (prefixes.back().empty()) {
      return {};
    }
    is_exact = is_exact && text == prefixes.back() + "*";
  }
  return beginnings(std::move(prefixes), is_exact);
}

PathNeeds tree_needs(const Texts& texts, bool is_exact) {
  PathNeeds needs;
  needs.is_exact = is_exact;
  for (const std::string& text : texts) {
    const std::string path = lang::literal_path(text);
    if (!path.starts_with('/')) {
      return {};
    }
    needs.is_exact = needs.is_exact && text.find_first_of("*?[") == std::string::npos;
    add_tree(needs, path);
  }
  return needs;
}

bool has_slash(const std::string& text) { return text.find('/') != std::string::npos; }

}  // namespace

PathNeeds name_needs(const CheckedComparison& comparison) {
  const Texts texts = constants_of(comparison);
  const std::string_view op = comparison.op->name;
  if (is_equality(comparison) || is_inequality(comparison)) {
    return whole(texts);
  }
  return op == "startswith" ? beginnings(texts, true)
         : op == "pmatch"   ? tree_needs(texts, true)
         : op == "glob"     ? glob_needs(texts, true)
         : op == "contains" ? patterns(texts, false, true)
         : op == "endswith" ? patterns(texts, true, true)
                            : PathNeeds();
}

// The directory of a file, and a directory itself.
PathNeeds directory_needs(const CheckedComparison& comparison) {
  const Texts texts = constants_of(comparison);
  const std::string_view op = comparison.op->name;
  if (is_equality(comparison)) {
    PathNeeds needs;
    for (const std::string& text : texts) {
      add_tree(needs, text);
    }
    return needs;
  }
  return op == "startswith" ? beginnings(texts, false)
         : op == "pmatch"   ? tree_needs(texts, false)
         : op == "glob"     ? glob_needs(texts, false)
         : op == "contains" ? patterns(texts, false, false)
                            : PathNeeds();
}

// The name is missing for what is no file, so that the end of the path alone proves nothing.
PathNeeds file_name_needs(const CheckedComparison& comparison) {
  Texts texts = constants_of(comparison);
  const std::string_view op = comparison.op->name;
  if (std::ranges::any_of(texts, has_slash)) {
    return {};
  }
  if (is_equality(comparison)) {
    for (std::string& text : texts) {
      text.insert(text.begin(), '/');
    }
    return patterns(std::move(texts), true, false);
  }
  return op == "endswith"   ? patterns(std::move(texts), true, false)
         : op == "contains" ? patterns(std::move(texts), false, false)
                            : PathNeeds();
}

// Empty for what is no file. Another thread may rewrite the text before the record is made.
PathNeeds given_name_needs(const CheckedComparison& comparison) {
  const Texts texts = constants_of(comparison);
  const std::string_view op = comparison.op->name;
  return op == "contains"   ? patterns(texts, false, false)
         : op == "endswith" ? patterns(texts, true, false)
                            : PathNeeds();
}

}  // namespace saker::filter
