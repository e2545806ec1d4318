// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule file: loading comes to an end, places stay inside the file, findings can be
// shown, and there are rules exactly when there is no error.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/base/strings.h"
#include "engine/base/yaml.h"
#include "engine/rules/loader.h"

namespace saker {
namespace {

void check_span(Span span, std::string_view text) {
  SAKER_CHECK(span.begin <= span.end && span.end <= text.size());
}

void check_yaml(std::string_view text) {
  const YamlFile file = parse_yaml(text);
  for (const YamlError& error : file.errors) {
    SAKER_CHECK(!error.message.empty());
    check_span(error.span, text);
  }
  for (const YamlNode& node : file.nodes) {
    check_span(node.span, text);
    if (node.is_scalar()) {
      const auto size = static_cast<uint32_t>(node.text.size());
      check_span(locate_in_scalar(text, node.span, node.text, {size / 2, size}), text);
      check_span(locate_in_scalar(text, node.span, node.text, {size, size}), text);
    }
  }
}

void check_load(std::string_view text) {
  const auto source = std::make_shared<const SourceText>("fuzz.yaml", std::string(text));
  LoadOptions options;
  options.describe = true;
  const LoadResult result = load_rules({source}, options);
  SAKER_CHECK((result.rules == nullptr) == result.diagnostics.has_errors());
  for (const Diagnostic& item : result.diagnostics.items()) {
    SAKER_CHECK(!item.code.name.empty() && item.source == source);
    check_span(item.span, text);
    const std::string shown = render(item);
    SAKER_CHECK(find_invalid_utf8(shown) == std::string::npos);
    for (const char c : shown) {
      SAKER_CHECK(c == '\n' || static_cast<uint8_t>(c) >= 0x20);
    }
  }
}

}  // namespace
}  // namespace saker

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  saker::check_yaml(text);
  saker::check_load(text);
  return 0;
}
