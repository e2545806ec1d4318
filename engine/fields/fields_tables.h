// SPDX-License-Identifier: Apache-2.0
// The row tables of all families, one function per fields_<family>.cpp. A row is added to the
// family's table and nowhere else.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_TABLES_H
#define SAKER_ENGINE_FIELDS_FIELDS_TABLES_H

#include <cstddef>
#include <span>

#include "engine/fields/field.h"

namespace saker {

std::span<const FieldDef> event_fields();
std::span<const FieldDef> event_time_fields();
std::span<const FieldDef> event_io_fields();
std::span<const FieldDef> event_argument_fields();
std::span<const FieldDef> process_fields();
std::span<const FieldDef> process_parent_fields();
std::span<const FieldDef> process_group_fields();
std::span<const FieldDef> thread_fields();
std::span<const FieldDef> user_fields();
std::span<const FieldDef> descriptor_fields();
std::span<const FieldDef> descriptor_name_fields();
std::span<const FieldDef> descriptor_net_fields();
std::span<const FieldDef> fs_path_fields();
std::span<const FieldDef> descriptor_list_fields();
std::span<const FieldDef> container_fields();
std::span<const FieldDef> kubernetes_fields();
std::span<const FieldDef> util_fields();

// The extractor of fields that the language knows but that have no source of data yet.
inline Value no_value(const Event&, const FieldArgs&) noexcept { return Value::missing(); }

constexpr bool names_unique(std::span<const FieldDef> rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = i + 1; j < rows.size(); ++j) {
      if (rows[i].name == rows[j].name) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_TABLES_H
