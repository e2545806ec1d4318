// SPDX-License-Identifier: Apache-2.0
// ContainerMetadata: what the runtime of a container knows about it.
//
// Made from the runtime's files (container_state.h), carried to the tracker and into capture files
// as an EV_CONTAINER record (encode, decode), kept by the ContainerTable.
#ifndef SAKER_ENGINE_STATE_CONTAINER_METADATA_H
#define SAKER_ENGINE_STATE_CONTAINER_METADATA_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saker {

struct ContainerMount {
  std::string source;
  std::string destination;
  std::string mode;
  std::string propagation;
  bool is_writable = false;
  std::string text;  // SOURCE:DEST:MODE:RDWR:PROPAGATION; set by complete()
};

// Sorted by key, each key once.
using ContainerLabels = std::vector<std::pair<std::string, std::string>>;

// An empty text is one that is not known.
struct ContainerMetadata {
  // The largest paths are PATH_MAX long, and so are the largest texts we keep.
  static constexpr size_t kMaxTextBytes = 4096;
  // Kubernetes allows 253 bytes of key and 63 of value; Docker does not limit either.
  static constexpr size_t kMaxLabels = 256;
  static constexpr size_t kMaxMounts = 256;
  // Of one container's labels, and of its mounts: what a container costs here is bounded by these.
  static constexpr size_t kMaxListBytes = 32 * 1024;

  std::string name;
  std::string image;     // as it was asked for
  std::string image_id;  // without "sha256:"
  std::string ip;
  std::string cni_json;
  std::string pod_sandbox_id;
  std::string pod_ip;
  // The container has not started yet; its runtime will add to this (Docker: the address).
  bool is_preliminary = false;
  std::optional<bool> privileged;
  std::optional<bool> host_network;
  std::optional<bool> host_ipc;
  std::vector<ContainerMount> mounts;
  ContainerLabels labels;
  ContainerLabels pod_labels;

  // Set by complete(): parts of `image`, and the texts of the lists.
  std::string image_repository;
  std::string image_tag;
  std::string image_digest;
  std::string mounts_text;
  std::string labels_text;
  std::string pod_labels_text;

  // Brings texts and lists into order and within their limits, and sets what follows from them. A
  // text ends at its first NUL.
  void complete();
};

// The value of a label; null: there is none.
[[nodiscard]] const std::string* find_label(const ContainerLabels& labels, std::string_view key);

struct ImageReference {
  std::string_view repository;
  std::string_view tag;  // "latest" when there is neither tag nor digest
  std::string_view digest;
};
// [HOST[:PORT]/]NAME[:TAG][@DIGEST]; a bare image id has none of them.
[[nodiscard]] ImageReference split_image_reference(std::string_view image);

// The payload of EV_CONTAINER: (NAME NUL VALUE NUL)*. Requires: complete() was called.
[[nodiscard]] std::string encode(const ContainerMetadata& metadata);
// Completed. Values under unknown names are skipped, and so is what is cut off.
[[nodiscard]] ContainerMetadata decode_container_metadata(std::string_view bytes);

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_METADATA_H
