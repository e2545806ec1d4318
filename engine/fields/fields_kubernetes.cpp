// SPDX-License-Identifier: Apache-2.0
// Pods and what manages them. Container metadata, their source, is not read yet.
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

constexpr FieldDef kFields[] = {
    {"k8s.pod.name", kCharBuf, kNone, "Name of the pod; no value yet.", no_value, kOne, kDecimal,
     kFieldSuggested},
    {"k8s.ns.name", kCharBuf, kNone, "Namespace of the pod; no value yet.", no_value, kOne,
     kDecimal, kFieldSuggested},
    {"k8s.pod.id", kCharBuf, kNone, "Unique id of the pod; no value yet.", no_value},
    {"k8s.pod.uid", kCharBuf, kNone, "Unique id of the pod; no value yet.", no_value},
    {"k8s.pod.sandbox_id", kCharBuf, kNone,
     "First 12 characters of the pod sandbox id; no value yet.", no_value},
    {"k8s.pod.full_sandbox_id", kCharBuf, kNone, "Whole id of the pod sandbox; no value yet.",
     no_value},
    {"k8s.pod.label", kCharBuf, kRequiredKey, "Value of a label of the pod; no value yet.",
     no_value},
    {"k8s.pod.labels", kCharBuf, kNone, "All labels of the pod; no value yet.", no_value},
    {"k8s.pod.ip", kCharBuf, kNone, "Address of the pod; no value yet.", no_value},
    {"k8s.pod.cni.json", kCharBuf, kNone, "Network set-up of the pod; no value yet.", no_value},
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
