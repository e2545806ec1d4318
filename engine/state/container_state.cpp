// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_state.h"

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/capabilities.h"

namespace saker {
namespace {

constexpr std::string_view kPodName = "io.kubernetes.pod.name";
constexpr std::string_view kPodNamespace = "io.kubernetes.pod.namespace";
constexpr std::string_view kPodUid = "io.kubernetes.pod.uid";
// Set by the Docker shim of Kubernetes.
constexpr std::string_view kDockerSandbox = "io.kubernetes.sandbox.id";

constexpr std::string_view kPropagations[] = {"private", "rprivate", "shared",
                                              "rshared", "slave",    "rslave"};

// Counts in hostile files end somewhere; complete() keeps fewer.
constexpr size_t kMaxItems = 4 * ContainerMetadata::kMaxLabels;

void add_labels(ContainerLabels& labels, const JsonValue& object) {
  object.for_each_member([&](std::string_view key, const JsonValue& value) {
    if (labels.size() < kMaxItems) {
      labels.emplace_back(key, value.text());
    }
  });
}

// The first IPv4 address of a result of CNI plugins.
std::string first_address(const JsonValue& cni_result) {
  std::string first;
  cni_result["ips"].for_each_item([&](const JsonValue& ip) {
    const std::string_view address = ip["address"].text();  // "10.88.0.5/16"
    if (first.empty() && address.find('.') != std::string_view::npos) {
      first = address.substr(0, address.find('/'));
    }
  });
  return first;
}

void set_cni_json(ContainerMetadata& metadata, std::string_view text) {
  metadata.cni_json = text;
  const auto result = JsonDocument::parse(text);
  if (result && metadata.ip.empty()) {
    metadata.ip = first_address(result->root());
  }
}

// What an annotation says; the names are unique over all runtimes.
struct Annotation {
  std::string_view name;
  void (*add)(ContainerMetadata& metadata, std::string_view value);
};

template <std::string ContainerMetadata::* kMember>
void set_text(ContainerMetadata& metadata, std::string_view value) {
  metadata.*kMember = value;
}

template <const std::string_view& kLabel>
void add_label(ContainerMetadata& metadata, std::string_view value) {
  metadata.labels.emplace_back(kLabel, value);
}

constexpr Annotation kAnnotations[] = {
    // containerd's CRI service. Of the labels of a pod it keeps only these three here, as
    // annotations of its own; they are the values of the kubelet's labels.
    {"io.kubernetes.cri.container-name", set_text<&ContainerMetadata::name>},
    {"io.kubernetes.cri.image-name", set_text<&ContainerMetadata::image>},
    {"io.kubernetes.cri.podsandbox.image-name", set_text<&ContainerMetadata::image>},
    {"io.kubernetes.cri.sandbox-id", set_text<&ContainerMetadata::pod_sandbox_id>},
    {"io.kubernetes.cri.sandbox-name", add_label<kPodName>},
    {"io.kubernetes.cri.sandbox-namespace", add_label<kPodNamespace>},
    {"io.kubernetes.cri.sandbox-uid", add_label<kPodUid>},
    // CRI-O.
    {"io.kubernetes.container.name", set_text<&ContainerMetadata::name>},
    {"io.kubernetes.cri-o.ImageName", set_text<&ContainerMetadata::image>},
    {"io.kubernetes.cri-o.SandboxID", set_text<&ContainerMetadata::pod_sandbox_id>},
    {"io.kubernetes.cri-o.IP.0", set_text<&ContainerMetadata::ip>},
    {"io.kubernetes.cri-o.CNIResult", set_cni_json},
    {"io.kubernetes.cri-o.Labels",
     [](ContainerMetadata& metadata, std::string_view value) {
       if (const auto labels = JsonDocument::parse(value)) {
         add_labels(metadata.labels, labels->root());
       }
     }},
    {kPodName, add_label<kPodName>},
    {kPodNamespace, add_label<kPodNamespace>},
    {kPodUid, add_label<kPodUid>},
    // nerdctl.
    {"nerdctl/name", set_text<&ContainerMetadata::name>},
};

void add_annotations(ContainerMetadata& metadata, const JsonValue& annotations) {
  for (const Annotation& row : kAnnotations) {
    if (const std::string_view value = annotations[row.name].text(); !value.empty()) {
      row.add(metadata, value);
    }
  }
}

bool is_empty_list(const JsonValue& list) {
  bool is_empty = true;
  list.for_each_item([&](const JsonValue&) { is_empty = false; });
  return is_empty;
}

uint64_t capability_set(const JsonValue& names) {
  uint64_t set = 0;
  names.for_each_item([&](const JsonValue& name) {
    const auto* const found = std::ranges::find(kCapabilityNames, name.text());
    if (found != std::end(kCapabilityNames)) {
      set |= uint64_t{1} << (found - std::begin(kCapabilityNames));
    }
  });
  return set;
}

bool is_privileged(const JsonValue& config, uint64_t host_capabilities) {
  const uint64_t bounding = capability_set(config["process"]["capabilities"]["bounding"]);
  const JsonValue linux_part = config["linux"];
  return (bounding & host_capabilities) == host_capabilities &&
         is_empty_list(linux_part["maskedPaths"]) && is_empty_list(linux_part["readonlyPaths"]) &&
         !linux_part["seccomp"].is_object();
}

// A namespace that is not listed is the one of the runtime, which is the host's.
bool has_own_namespace(const JsonValue& config, std::string_view type) {
  bool found = false;
  config["linux"]["namespaces"].for_each_item(
      [&](const JsonValue& item) { found = found || item["type"].text() == type; });
  return found;
}

// Only what comes from the host: not /proc, /dev and their like.
void add_oci_mount(ContainerMetadata& metadata, const JsonValue& item) {
  ContainerMount mount;
  mount.source = item["source"].text();
  mount.destination = item["destination"].text();
  mount.is_writable = true;
  bool is_bind = item["type"].text() == "bind";
  item["options"].for_each_item([&](const JsonValue& option) {
    const std::string_view word = option.text();
    if (word == "bind" || word == "rbind") {
      is_bind = true;
    } else if (word == "ro") {
      mount.is_writable = false;
      mount.mode = word;
    } else if (std::ranges::find(kPropagations, word) != std::end(kPropagations)) {
      mount.propagation = word;
    }
  });
  if (is_bind && metadata.mounts.size() < kMaxItems) {
    metadata.mounts.push_back(std::move(mount));
  }
}

}  // namespace

void add_oci_config(ContainerMetadata& metadata, const JsonValue& config,
                    uint64_t host_capabilities) {
  add_annotations(metadata, config["annotations"]);
  config["mounts"].for_each_item([&](const JsonValue& item) { add_oci_mount(metadata, item); });
  if (config["process"].is_object() && config["linux"].is_object()) {
    metadata.privileged = is_privileged(config, host_capabilities);
    metadata.host_network = !has_own_namespace(config, "network");
    metadata.host_ipc = !has_own_namespace(config, "ipc");
  }
}

void add_docker_config(ContainerMetadata& metadata, const JsonValue& config,
                       const JsonValue& host_config) {
  std::string_view name = config["Name"].text();
  name.remove_prefix(name.starts_with('/') ? 1 : 0);
  metadata.name = name;
  metadata.is_preliminary = config["State"]["Running"].boolean() == false;
  metadata.image = config["Config"]["Image"].text();
  metadata.image_id = config["Image"].text();
  add_labels(metadata.labels, config["Config"]["Labels"]);
  metadata.pod_sandbox_id = config["Config"]["Labels"][kDockerSandbox].text();
  config["NetworkSettings"]["Networks"].for_each_member(
      [&](std::string_view, const JsonValue& network) {
        if (metadata.ip.empty()) {
          metadata.ip = network["IPAddress"].text();
        }
      });
  config["MountPoints"].for_each_member([&](std::string_view, const JsonValue& point) {
    if (metadata.mounts.size() < kMaxItems) {
      metadata.mounts.push_back({.source = std::string(point["Source"].text()),
                                 .destination = std::string(point["Destination"].text()),
                                 .mode = std::string(point["Relabel"].text()),
                                 .propagation = std::string(point["Propagation"].text()),
                                 .is_writable = point["RW"].boolean().value_or(true),
                                 .text = {}});
    }
  });
  if (host_config.is_object()) {
    metadata.privileged = host_config["Privileged"].boolean();
    metadata.host_network = host_config["NetworkMode"].text() == "host";
    metadata.host_ipc = host_config["IpcMode"].text() == "host";
  }
}

void add_storage_entry(ContainerMetadata& metadata, const JsonValue& containers,
                       std::string_view id) {
  containers.for_each_item([&](const JsonValue& entry) {
    if (entry["id"].text() != id) {
      return;
    }
    metadata.image_id = entry["image"].text();
    // JSON within JSON.
    if (const auto inner = JsonDocument::parse(entry["metadata"].text())) {
      metadata.name = inner->root()["name"].text();
      metadata.image = inner->root()["image-name"].text();
    }
  });
}

void add_cni_result(ContainerMetadata& metadata, const JsonValue& cache) {
  set_cni_json(metadata, cache["result"].to_json());
}

std::string_view bundle_of_runc_state(const JsonValue& state) {
  static constexpr std::string_view kPrefix = "bundle=";
  std::string_view bundle;
  state["config"]["labels"].for_each_item([&](const JsonValue& label) {
    if (label.text().starts_with(kPrefix)) {
      bundle = label.text().substr(kPrefix.size());
    }
  });
  return bundle;
}

}  // namespace saker
