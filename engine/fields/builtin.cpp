// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "engine/fields/catalog.h"
#include "engine/fields/fields_tables.h"

namespace saker {

const FieldCatalog& FieldCatalog::builtin() {
  static const std::span<const FieldDef> kTables[] = {
      event_fields(),   event_time_fields(),      event_io_fields(),        event_argument_fields(),
      process_fields(), process_parent_fields(),  process_group_fields(),   thread_fields(),
      user_fields(),    descriptor_fields(),      descriptor_name_fields(), descriptor_net_fields(),
      fs_path_fields(), descriptor_list_fields(), container_fields(),       kubernetes_fields(),
      util_fields(),
  };
  static const FieldCatalog kCatalog{kTables};
  return kCatalog;
}

}  // namespace saker
