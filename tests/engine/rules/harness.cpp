// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/rules/harness.h"

#include <memory>
#include <vector>

namespace saker::test {

LoadResult load(std::initializer_list<std::string_view> texts, const LoadOptions& options) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string_view text : texts) {
    const std::string name(1, static_cast<char>('a' + files.size()));
    files.push_back(std::make_shared<const SourceText>(name + ".yaml", std::string(text)));
  }
  return load_rules(files, options);
}

std::string rendered(const LoadResult& result) {
  std::string text;
  for (const Diagnostic& item : result.diagnostics.items()) {
    text += render(item) + "\n";
  }
  return text;
}

std::string findings(std::initializer_list<std::string_view> texts) {
  return rendered(load(texts));
}

std::string rule(std::string_view name, std::string_view condition, std::string_view more) {
  return "- rule: " + std::string(name) + "\n  desc: d\n  condition: " + std::string(condition) +
         "\n  output: o\n  priority: Error\n" + std::string(more);
}

}  // namespace saker::test
