// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_alerts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace saker::test {
namespace {

using Fields = std::vector<std::pair<std::string, OutputValue>>;

OutputValue text(std::string value) { return {std::move(value)}; }
OutputValue number(int64_t value) { return {value}; }

const Fields kTypicalFields = {
    {"container.id", text("4f1c2a9be770")},
    {"container.image.repository", text("registry:5000/team/web")},
    {"container.image.tag", text("1.2")},
    {"container.name", text("web")},
    {"evt.type", text("execve")},
    {"proc.cmdline", text("bash -i")},
    {"proc.exepath", text("/usr/bin/bash")},
    {"proc.pid", number(4711)},
    {"proc.pname", text("nginx")},
    {"user.name", text("www-data")},
};

const Fields kMoreFields = {
    {"container.full_id", text("4f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c")},
    {"container.image.digest", text("sha256:6a0b")},
    {"container.image.id", text("9c1d")},
    {"container.privileged", {false}},
    {"container.type", text("containerd")},
    {"evt.category", text("process")},
    {"evt.failed", {false}},
    {"fd.cip", text("10.1.2.3")},
    {"fd.cport", number(40022)},
    {"fd.l4proto", text("tcp")},
    {"fd.name", text("/etc/shadow")},
    {"fd.sip", text("2001:db8::9")},
    {"fd.sport", number(443)},
    {"fd.type", text("file")},
    {"group.gid", {uint64_t{33}}},
    {"group.name", text("www-data")},
    {"k8s.ns.name", text("shop")},
    {"k8s.pod.name", text("web-0")},
    {"k8s.pod.uid", text("b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11")},
    {"proc.cwd", text("/srv/")},
    {"proc.exeline", text("/usr/bin/bash -i")},
    {"proc.name", text("bash")},
    {"proc.pcmdline", text("nginx -g daemon")},
    {"proc.pexepath", text("/usr/sbin/nginx")},
    {"proc.pid.ts", number(1470327470000000000)},
    {"proc.ppid", number(4700)},
    {"proc.vpid", number(12)},
    {"thread.tid", number(4712)},
    {"user.uid", {uint64_t{33}}},
};

}  // namespace

Alert bare_alert() {
  Alert alert;
  alert.rule = "Saker internal: events lost";
  alert.source = "internal";
  return alert;
}

Alert typical_alert() {
  Alert alert;
  alert.id = "0197a3c2-5d1e-7000-8000-3f9a51c07d2b";
  alert.time_ns = 1470327477000000042;
  alert.priority = Priority::kWarning;
  alert.rule = "Shell under a web server";
  alert.source = "syscall";
  alert.hostname = "host-1";
  alert.message =
      "A shell was started under a web server (evt_type=execve user=www-data exe=/usr/bin/bash "
      "command=bash -i pid=4711 parent=nginx container_id=4f1c2a9be770 container_name=web "
      "container_image_repository=registry:5000/team/web container_image_tag=1.2)";
  alert.tags = {"T1059.004", "T1190", "container", "mitre_execution", "process"};
  alert.fields = kTypicalFields;
  return alert;
}

Alert rich_alert() {
  Alert alert = typical_alert();
  alert.fields.insert(alert.fields.end(), kMoreFields.begin(), kMoreFields.end());
  std::ranges::sort(alert.fields, {}, [](const auto& field) { return field.first; });
  return alert;
}

}  // namespace saker::test
