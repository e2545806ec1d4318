// SPDX-License-Identifier: Apache-2.0
// What the fields of containers and of pods have in common. Private to the fields_*.cpp files.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_CONTAINER_H
#define SAKER_ENGINE_FIELDS_FIELDS_CONTAINER_H

#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/field.h"
#include "engine/state/container.h"

namespace saker {

// Null when they are not known, and for the host.
inline const ContainerMetadata* metadata_of(const Event& event) noexcept {
  const Container* container = event.world().containers->find_container(event.task().cgroup_id);
  return container != nullptr ? container->metadata.get() : nullptr;
}

// Missing when empty.
inline Value known_text(std::string_view text) noexcept {
  return text.empty() ? Value::missing() : Value::of_text(text);
}

// Extractor of a text that is kept as the field shows it.
template <std::string ContainerMetadata::* kMember>
Value metadata_text(const Event& event, const FieldArgs&) noexcept {
  const ContainerMetadata* metadata = metadata_of(event);
  return metadata != nullptr ? known_text(metadata->*kMember) : Value::missing();
}

// The value of the label `key`. Kubernetes has labels without a value.
template <ContainerLabels ContainerMetadata::* kLabels>
Value label_value(const Event& event, std::string_view key) noexcept {
  const ContainerMetadata* metadata = metadata_of(event);
  const std::string* value = metadata != nullptr ? find_label(metadata->*kLabels, key) : nullptr;
  return value != nullptr ? Value::of_text(*value) : Value::missing();
}

// Extractor of field[KEY].
template <ContainerLabels ContainerMetadata::* kLabels>
Value label(const Event& event, const FieldArgs& args) noexcept {
  return label_value<kLabels>(event, args.key);
}

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_CONTAINER_H
