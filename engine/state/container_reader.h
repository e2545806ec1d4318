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
#include <string_view>
#include <vector>

#include "engine/state/container.h"
#include "engine/state/container_source.h"

namespace saker {

// Where runtimes keep their state; all below `host`. An empty list stands for the usual places.
struct ContainerRoots {
  std::string host = "/";
  std::vector<std::string> docker;
  std::vector<std::string> containerd;
  std::vector<std::string> storage;  // podman and CRI-O
  std::vector<std::string> runc;
  std::vector<std::string> cni;
};

// A directory where a runtime keeps its state.
struct RuntimeDirectory {
  std::string_view runtime;
  std::string path;
  int errno_value = 0;  // why it cannot be listed; 0: it can
};
// Those that there are, of the roots given or of the usual ones.
[[nodiscard]] std::vector<RuntimeDirectory> find_runtimes(const ContainerRoots& roots);

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
