// SPDX-License-Identifier: Apache-2.0
// LoaderCase: a case of the conformance corpus loader.jsonl as arguments of load_rules().
#ifndef SAKER_TESTS_SUPPORT_LOADER_CASE_H
#define SAKER_TESTS_SUPPORT_LOADER_CASE_H

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/source_text.h"
#include "engine/fields/catalog.h"
#include "engine/rules/loader.h"
#include "tests/support/corpus.h"

namespace saker::test {

class LoaderCase {
 public:
  explicit LoaderCase(const Json& json);
  LoaderCase(const LoaderCase&) = delete;
  LoaderCase& operator=(const LoaderCase&) = delete;

  [[nodiscard]] const std::vector<std::shared_ptr<const SourceText>>& files() const {
    return files_;
  }
  // They ask for the description. Valid as long as the case.
  [[nodiscard]] const LoadOptions& options() const { return options_; }
  [[nodiscard]] LoadResult load() const { return load_rules(files_, options_); }

 private:
  void add_plugin(const Json& plugin);
  void add_selection(const Json& entry);

  std::vector<std::shared_ptr<const SourceText>> files_;
  LoadOptions options_;
  std::deque<std::string> names_;  // of the fields of plugins
  std::vector<FieldDef> rows_;
  std::optional<FieldCatalog> fields_;  // the built-in ones and those of plugins
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_LOADER_CASE_H
