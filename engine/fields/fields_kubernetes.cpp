// SPDX-License-Identifier: Apache-2.0
// Pods, from the metadata of the acting container, and what once told of their managers.
#include "engine/fields/fields_container.h"
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// Labels that the kubelet gives to each container.
constexpr std::string_view kPodName = "io.kubernetes.pod.name";
constexpr std::string_view kPodNamespace = "io.kubernetes.pod.namespace";
constexpr std::string_view kPodUid = "io.kubernetes.pod.uid";

template <const std::string_view& kKey>
Value kubelet_label(const Event& event, const FieldArgs&) noexcept {
  return label_value<&ContainerMetadata::labels>(event, kKey);
}

Value short_sandbox_id(const Event& event, const FieldArgs&) noexcept {
  const ContainerMetadata* metadata = metadata_of(event);
  return metadata != nullptr ? known_text(short_container_id(metadata->pod_sandbox_id))
                             : Value::missing();
}

constexpr FieldDef kFields[] = {
    {"k8s.pod.name", kCharBuf, kNone, "Name of the pod.", kubelet_label<kPodName>, kOne, kDecimal,
     kFieldSuggested | kFieldNeedsContainer},
    {"k8s.ns.name", kCharBuf, kNone, "Namespace of the pod.", kubelet_label<kPodNamespace>, kOne,
     kDecimal, kFieldSuggested | kFieldNeedsContainer},
    {"k8s.pod.id", kCharBuf, kNone, "Unique id of the pod.", kubelet_label<kPodUid>, kOne, kDecimal,
     kFieldNeedsContainer},
    {"k8s.pod.uid", kCharBuf, kNone, "Unique id of the pod.", kubelet_label<kPodUid>, kOne,
     kDecimal, kFieldNeedsContainer},
    {"k8s.pod.sandbox_id", kCharBuf, kNone, "First 12 characters of the id of the pod's sandbox.",
     short_sandbox_id, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.pod.full_sandbox_id", kCharBuf, kNone, "Whole id of the pod's sandbox.",
     metadata_text<&ContainerMetadata::pod_sandbox_id>, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.pod.label", kCharBuf, kRequiredKey,
     "Value of a label of the pod; with containerd only its name, namespace and uid.",
     label<&ContainerMetadata::pod_labels>, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.pod.labels", kCharBuf, kNone,
     "All labels of the pod, as in container.labels; missing with containerd.",
     metadata_text<&ContainerMetadata::pod_labels_text>, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.pod.ip", kCharBuf, kNone, "IPv4 address of the pod.",
     metadata_text<&ContainerMetadata::pod_ip>, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.pod.cni.json", kCharBuf, kNone, "What the CNI plugins returned for the pod, as JSON.",
     metadata_text<&ContainerMetadata::cni_json>, kOne, kDecimal, kFieldNeedsContainer},
    {"k8s.rc.name", kCharBuf, kNone, "Name of the replication controller; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"k8s.rc.id", kCharBuf, kNone, "Id of the replication controller; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.rc.label", kCharBuf, kRequiredKey,
     "Label of the replication controller; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"k8s.rc.labels", kCharBuf, kNone, "Labels of the replication controller; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"k8s.svc.name", kCharBuf, kNone, "Name of the service; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.svc.id", kCharBuf, kNone, "Id of the service; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.svc.label", kCharBuf, kRequiredKey, "Label of the service; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.svc.labels", kCharBuf, kNone, "Labels of the service; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.ns.id", kCharBuf, kNone, "Id of the namespace; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.ns.label", kCharBuf, kRequiredKey, "Label of the namespace; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.ns.labels", kCharBuf, kNone, "Labels of the namespace; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.rs.name", kCharBuf, kNone, "Name of the replica set; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.rs.id", kCharBuf, kNone, "Id of the replica set; never has a value.", no_value, kOne,
     kDecimal, kFieldDeprecated},
    {"k8s.rs.label", kCharBuf, kRequiredKey, "Label of the replica set; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"k8s.rs.labels", kCharBuf, kNone, "Labels of the replica set; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.deployment.name", kCharBuf, kNone, "Name of the deployment; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.deployment.id", kCharBuf, kNone, "Id of the deployment; never has a value.", no_value,
     kOne, kDecimal, kFieldDeprecated},
    {"k8s.deployment.label", kCharBuf, kRequiredKey, "Label of the deployment; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"k8s.deployment.labels", kCharBuf, kNone, "Labels of the deployment; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> kubernetes_fields() { return kFields; }

}  // namespace saker
