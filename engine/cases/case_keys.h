// SPDX-License-Identifier: Apache-2.0
// CaseKey: one row per key of the maps in a case: its name, what it means, how it is read and how
// it is written. Keys that name arguments of system calls are rows of calls.h.
#ifndef SAKER_ENGINE_CASES_CASE_KEYS_H
#define SAKER_ENGINE_CASES_CASE_KEYS_H

#include <span>
#include <string>
#include <string_view>

#include "engine/cases/case.h"
#include "engine/cases/map_reader.h"

namespace saker {

enum class CaseShape : uint8_t { kText, kNumber, kFlag, kTexts };

template <typename T>
struct CaseKey {
  std::string_view name;
  CaseShape shape;
  void (*read)(MapReader& map, const YamlNode& value, T& object);
  std::string (*write)(const T& object);  // as YAML; empty: it has the default
  bool is_required = false;
};

[[nodiscard]] std::span<const CaseKey<CaseImage>> image_keys();
[[nodiscard]] std::span<const CaseKey<CaseIdentity>> identity_keys();
// Besides pid and those above.
[[nodiscard]] std::span<const CaseKey<CaseProcess>> process_keys();
[[nodiscard]] std::span<const CaseKey<CaseUser>> user_keys();
[[nodiscard]] std::span<const CaseKey<CaseGroup>> group_keys();
[[nodiscard]] std::span<const CaseKey<CaseContainer>> container_keys();
[[nodiscard]] std::span<const CaseKey<CaseSocket>> socket_keys();
[[nodiscard]] std::span<const CaseKey<CaseFile>> file_keys();
// Those that any call may have, besides its arguments and those of its file.
[[nodiscard]] std::span<const CaseKey<CaseEvent>> call_keys();

template <typename T>
void read_keys(MapReader& map, std::span<const CaseKey<T>> keys, T& object) {
  for (const CaseKey<T>& key : keys) {
    if (key.is_required) {
      map.require(key.name);
    }
    if (const YamlNode* value = map.take(key.name)) {
      key.read(map, *value, object);
    }
  }
}

// Appends "NAME: VALUE" for each key that has not its default, with ", " between them and what is
// there.
template <typename T>
void write_keys(std::string& out, std::span<const CaseKey<T>> keys, const T& object) {
  for (const CaseKey<T>& key : keys) {
    const std::string value = key.write(object);
    if (!value.empty()) {
      out += out.empty() ? "" : ", ";
      out += key.name;
      out += ": " + value;
    }
  }
}

// Decimal, 0x hexadecimal or 0 octal.
[[nodiscard]] std::optional<int64_t> parse_number(std::string_view text);
[[nodiscard]] std::string hex_text(uint64_t number);
[[nodiscard]] std::string octal_text(uint64_t number);
// They report what does not fit.
void read_value(MapReader& map, const YamlNode& value, bool& flag);
void read_value(MapReader& map, const YamlNode& value, std::string& text);
void read_value(MapReader& map, const YamlNode& value, std::vector<std::string>& texts);

// A text as a YAML scalar, fit for a map in braces.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_KEYS_H
