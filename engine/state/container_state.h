// SPDX-License-Identifier: Apache-2.0
// The files in which container runtimes keep what they know of a container, as metadata.
//
// Each function adds what its file tells and leaves the rest as it is. Files of an unexpected shape
// tell nothing; no text is bounded before ContainerMetadata::complete().
#ifndef SAKER_ENGINE_STATE_CONTAINER_STATE_H
#define SAKER_ENGINE_STATE_CONTAINER_STATE_H

#include <cstdint>
#include <string_view>

#include "engine/base/json.h"
#include "engine/state/container_metadata.h"

namespace saker {

// config.json of an OCI bundle: containerd, CRI-O, podman, runc. Its annotations are those of
// containerd's CRI service, of CRI-O or of nerdctl.
//
// Nothing in it says "privileged". A container counts as such when it may hold each of
// `host_capabilities` (the bounding set of the host's init), no path is hidden from it and no
// seccomp filter is set.
void add_oci_config(ContainerMetadata& metadata, const JsonValue& config,
                    uint64_t host_capabilities);

// config.v2.json and hostconfig.json of Docker.
void add_docker_config(ContainerMetadata& metadata, const JsonValue& config,
                       const JsonValue& host_config);

// containers.json of containers/storage, which podman and CRI-O share: name and image.
void add_storage_entry(ContainerMetadata& metadata, const JsonValue& containers,
                       std::string_view id);

// The cached result of the CNI plugins for a pod's sandbox.
void add_cni_result(ContainerMetadata& metadata, const JsonValue& cache);

// Where state.json of runc says that the bundle is; empty: it does not.
[[nodiscard]] std::string_view bundle_of_runc_state(const JsonValue& state);

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_STATE_H
