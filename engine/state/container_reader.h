// SPDX-License-Identifier: Apache-2.0
// ContainerReader: the metadata of a container from the files of its runtime, without asking the
// runtime. Blocks while it reads, so it does not belong to the thread that reads events.
//
// Every path is resolved within the host's root, also through symbolic links, and only regular
// files of bounded size are read. State of rootless runtimes, in the homes of users, is not read:
// they could write there what they like.
#ifndef SAKER_ENGINE_STATE_CONTAINER_READER_H
#define SAKER_ENGINE_STATE_CONTAINER_READER_H

#include <cstdint>
#include <string>
#include <vector>

#include "engine/state/container.h"
#include "engine/state/container_source.h"

namespace saker {

// Where runtimes keep their state; all below `host`.
struct ContainerRoots {
  std::string host = "/";
  std::vector<std::string> docker = {"/var/lib/docker"};
  std::vector<std::string> containerd = {"/run/containerd", "/run/k3s/containerd"};
  // The static part, with containers.json, and the one that a reboot removes.
  std::vector<std::string> storage = {"/var/lib/containers/storage", "/run/containers/storage"};
  std::vector<std::string> runc = {"/run/runc"};
  std::vector<std::string> cni = {"/var/lib/cni/results"};
};

class ContainerReader {
 public:
  explicit ContainerReader(ContainerRoots roots);

  // Requires: is_hex_id(container.full_id), for ids become parts of paths.
  [[nodiscard]] ContainerAnswer read(const ContainerIdentity& container) const;

 private:
  ContainerRoots roots_;
  uint64_t host_capabilities_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_READER_H
