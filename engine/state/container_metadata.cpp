// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_metadata.h"

#include <algorithm>

namespace saker {
namespace {

constexpr std::string_view kDigestPrefix = "sha256:";
constexpr std::string_view kDefaultTag = "latest";
// Labels that runtimes and the kubelet add for themselves; not shown in lists of labels.
constexpr std::string_view kInternalLabels[] = {"io.kubernetes.", "annotation."};

void bound(std::string& text) {
  text.resize(std::min({text.size(), text.find('\0'), ContainerMetadata::kMaxTextBytes}));
}

// Drops what is beyond the limits of a list.
template <typename T, typename Size>
void bound_list(std::vector<T>& list, size_t max_items, const Size& size_of) {
  size_t bytes = 0;
  size_t kept = 0;
  while (kept < list.size() && kept < max_items) {
    bytes += size_of(list[kept]);
    if (bytes > ContainerMetadata::kMaxListBytes) {
      break;
    }
    ++kept;
  }
  list.resize(kept);
}

void complete_labels(ContainerLabels& labels, std::string& text) {
  for (auto& [key, value] : labels) {
    bound(key);
    bound(value);
  }
  const auto key_of = [](const auto& label) -> const std::string& { return label.first; };
  std::ranges::stable_sort(labels, {}, key_of);
  const auto doubles = std::ranges::unique(labels, {}, key_of);
  labels.erase(doubles.begin(), doubles.end());
  bound_list(labels, ContainerMetadata::kMaxLabels,
             [](const auto& label) { return label.first.size() + label.second.size(); });
  text.clear();
  for (const auto& [key, value] : labels) {
    const bool is_internal = std::ranges::any_of(
        kInternalLabels, [&](std::string_view prefix) { return key.starts_with(prefix); });
    if (!is_internal) {
      text += text.empty() ? "" : ", ";
      text += key;
      text += value.empty() ? "" : ":";
      text += value;
    }
  }
}

void complete_mounts(std::vector<ContainerMount>& mounts, std::string& text) {
  for (ContainerMount& mount : mounts) {
    for (std::string* part : {&mount.source, &mount.destination, &mount.mode, &mount.propagation}) {
      bound(*part);
    }
    mount.text = mount.source + ':' + mount.destination + ':' + mount.mode + ':' +
                 (mount.is_writable ? "true" : "false") + ':' + mount.propagation;
  }
  bound_list(mounts, ContainerMetadata::kMaxMounts,
             [](const ContainerMount& mount) { return mount.text.size(); });
  text.clear();
  for (const ContainerMount& mount : mounts) {
    text += (text.empty() ? "" : ",") + mount.text;
  }
}

// The members of the wire form that are a text, and those that are yes, no or not known.
struct TextMember {
  std::string_view name;
  std::string ContainerMetadata::* member;
};
constexpr TextMember kTexts[] = {
    {"name", &ContainerMetadata::name},
    {"image", &ContainerMetadata::image},
    {"image_id", &ContainerMetadata::image_id},
    {"ip", &ContainerMetadata::ip},
    {"cni_json", &ContainerMetadata::cni_json},
    {"pod_sandbox_id", &ContainerMetadata::pod_sandbox_id},
    {"pod_ip", &ContainerMetadata::pod_ip},
};

struct FlagMember {
  std::string_view name;
  std::optional<bool> ContainerMetadata::* member;
};
constexpr FlagMember kFlags[] = {
    {"privileged", &ContainerMetadata::privileged},
    {"host_network", &ContainerMetadata::host_network},
    {"host_ipc", &ContainerMetadata::host_ipc},
};
constexpr std::string_view kTrue = "true";
constexpr std::string_view kFalse = "false";

// A label or mount is several values in a row; the first starts a new item, the others belong to
// the last one.
struct ItemPart {
  std::string_view name;
  void (*set)(ContainerMetadata& metadata, std::string_view value);
};

template <ContainerLabels ContainerMetadata::* kLabels>
void set_label_value(ContainerMetadata& metadata, std::string_view value) {
  if (!(metadata.*kLabels).empty()) {
    (metadata.*kLabels).back().second = value;
  }
}

template <std::string ContainerMount::* kMember>
void set_mount_part(ContainerMetadata& metadata, std::string_view value) {
  if (!metadata.mounts.empty()) {
    metadata.mounts.back().*kMember = value;
  }
}

constexpr ItemPart kItemParts[] = {
    {"label", [](ContainerMetadata& metadata,
                 std::string_view value) { metadata.labels.emplace_back(value, ""); }},
    {"label_value", set_label_value<&ContainerMetadata::labels>},
    {"pod_label", [](ContainerMetadata& metadata,
                     std::string_view value) { metadata.pod_labels.emplace_back(value, ""); }},
    {"pod_label_value", set_label_value<&ContainerMetadata::pod_labels>},
    {"mount", [](ContainerMetadata& metadata,
                 std::string_view value) { metadata.mounts.emplace_back().source = value; }},
    {"mount_destination", set_mount_part<&ContainerMount::destination>},
    {"mount_mode", set_mount_part<&ContainerMount::mode>},
    {"mount_propagation", set_mount_part<&ContainerMount::propagation>},
    {"mount_writable",
     [](ContainerMetadata& metadata, std::string_view value) {
       if (!metadata.mounts.empty()) {
         metadata.mounts.back().is_writable = value == kTrue;
       }
     }},
};

void append_value(std::string& bytes, std::string_view name, std::string_view value) {
  bytes.append(name).append(1, '\0').append(value).append(1, '\0');
}

void append_labels(std::string& bytes, std::string_view name, const ContainerLabels& labels) {
  for (const auto& [key, value] : labels) {
    append_value(bytes, name, key);
    append_value(bytes, std::string(name) + "_value", value);
  }
}

void set_value(ContainerMetadata& metadata, std::string_view name, std::string_view value) {
  for (const TextMember& row : kTexts) {
    if (row.name == name) {
      metadata.*row.member = value;
    }
  }
  for (const FlagMember& row : kFlags) {
    if (row.name == name) {
      metadata.*row.member = value == kTrue;
    }
  }
  for (const ItemPart& row : kItemParts) {
    if (row.name == name) {
      row.set(metadata, value);
    }
  }
}

}  // namespace

void ContainerMetadata::complete() {
  for (const TextMember& row : kTexts) {
    bound(this->*row.member);
  }
  if (image_id.starts_with(kDigestPrefix)) {
    image_id.erase(0, kDigestPrefix.size());
  }
  const ImageReference reference = split_image_reference(image);
  image_repository = reference.repository;
  image_tag = reference.tag;
  image_digest = reference.digest;
  complete_labels(labels, labels_text);
  complete_labels(pod_labels, pod_labels_text);
  complete_mounts(mounts, mounts_text);
}

const std::string* find_label(const ContainerLabels& labels, std::string_view key) {
  const auto found = std::ranges::lower_bound(
      labels, key, {}, [](const auto& label) { return std::string_view(label.first); });
  return found != labels.end() && found->first == key ? &found->second : nullptr;
}

ImageReference split_image_reference(std::string_view image) {
  ImageReference reference;
  if (image.starts_with(kDigestPrefix)) {
    return reference;
  }
  if (const size_t at = image.find('@'); at != std::string_view::npos) {
    reference.digest = image.substr(at + 1);
    image = image.substr(0, at);
  }
  // A colon before the last slash belongs to the port of the registry.
  const size_t colon = image.rfind(':');
  const size_t slash = image.rfind('/');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    reference.tag = image.substr(colon + 1);
    image = image.substr(0, colon);
  }
  reference.repository = image;
  if (!image.empty() && reference.tag.empty() && reference.digest.empty()) {
    reference.tag = kDefaultTag;
  }
  return reference;
}

std::string encode(const ContainerMetadata& metadata) {
  std::string bytes;
  for (const TextMember& row : kTexts) {
    if (const std::string& text = metadata.*row.member; !text.empty()) {
      append_value(bytes, row.name, text);
    }
  }
  for (const FlagMember& row : kFlags) {
    if (const std::optional<bool>& flag = metadata.*row.member; flag) {
      append_value(bytes, row.name, *flag ? kTrue : kFalse);
    }
  }
  append_labels(bytes, "label", metadata.labels);
  append_labels(bytes, "pod_label", metadata.pod_labels);
  for (const ContainerMount& mount : metadata.mounts) {
    append_value(bytes, "mount", mount.source);
    append_value(bytes, "mount_destination", mount.destination);
    append_value(bytes, "mount_mode", mount.mode);
    append_value(bytes, "mount_propagation", mount.propagation);
    append_value(bytes, "mount_writable", mount.is_writable ? kTrue : kFalse);
  }
  return bytes;
}

ContainerMetadata decode_container_metadata(std::string_view bytes) {
  ContainerMetadata metadata;
  while (!bytes.empty()) {
    const size_t name_end = bytes.find('\0');
    const size_t value_end =
        name_end == std::string_view::npos ? name_end : bytes.find('\0', name_end + 1);
    if (value_end == std::string_view::npos) {
      break;
    }
    set_value(metadata, bytes.substr(0, name_end),
              bytes.substr(name_end + 1, value_end - name_end - 1));
    bytes.remove_prefix(value_end + 1);
  }
  metadata.complete();
  return metadata;
}

}  // namespace saker
