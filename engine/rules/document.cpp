// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/document.h"

#include <charconv>

#include "engine/base/yaml.h"

namespace saker {

Span Text::locate(Span part) const {
  return is_verbatim ? locate_in_scalar(source->text(), span, value, part) : span;
}

std::optional<Version> Version::parse(std::string_view text) noexcept {
  Version version;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (size_t i = 0; i < version.numbers.size(); ++i) {
    if (i > 0) {
      if (at == end || *at != '.') {
        return std::nullopt;
      }
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, version.numbers[i]);
    if (error != std::errc()) {
      return std::nullopt;
    }
    at = next;
  }
  return at == end ? std::optional(version) : std::nullopt;
}

std::string Version::to_string() const {
  return std::to_string(numbers[0]) + '.' + std::to_string(numbers[1]) + '.' +
         std::to_string(numbers[2]);
}

bool Version::satisfies(const Version& required) const noexcept {
  return numbers[0] == required.numbers[0] && *this >= required;
}

std::optional<Change> Item::change_of(std::string_view key) const noexcept {
  if (overrides.has_value()) {
    for (const Override& entry : *overrides) {
      if (entry.key.value == key) {
        return entry.change;
      }
    }
  }
  return std::nullopt;
}

std::string_view to_string(ItemKind kind) noexcept {
  constexpr std::string_view kNames[] = {"required_engine_version", "required_plugin_versions",
                                         "list", "macro", "rule"};
  return kNames[static_cast<size_t>(kind)];
}

DiagnosticContext context_of(const Item& item) {
  const std::string_view type =
      item.kind == ItemKind::kPluginVersions ? "required plugin versions" : to_string(item.kind);
  return {type, item.name.value, item.name.source, item.name.span};
}

}  // namespace saker
