// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_ocsf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/sample_alerts.h"

namespace saker::test {
namespace {

std::string document_of(const Alert& alert) {
  std::string out = "(before)";
  append_ocsf(out, alert, 7);
  EXPECT_EQ(out.substr(0, 8), "(before)");
  return out.substr(8);
}

bool has(const std::string& document, const std::string& part) {
  return document.find(part) != std::string::npos;
}

const std::string kRichDocument =
    R"({"activity_id":1,"category_uid":2,"class_uid":2004,)"
    R"("device":{"hostname":"host-1","type_id":0},)"
    R"("evidences":[{"actor":{"process":{"pid":4711,)"
    R"("cmd_line":"/usr/bin/bash -i","created_time":1470327470000,)"
    R"("file":{"name":"bash","path":"/usr/bin/bash","type_id":1},"name":"bash",)"
    R"("parent_process":{"pid":4700,"cmd_line":"nginx -g daemon",)"
    R"("file":{"name":"nginx","path":"/usr/sbin/nginx","type_id":1},)"
    R"("name":"nginx"},"tid":4712},"user":{"name":"www-data","uid":"33",)"
    R"("groups":[{"name":"www-data","uid":"33"}]}},)"
    R"("src_endpoint":{"ip":"10.1.2.3","port":40022},)"
    R"("dst_endpoint":{"ip":"2001:db8::9","port":443},)"
    R"("connection_info":{"protocol_name":"tcp","direction_id":0},)"
    R"("file":{"name":"shadow","path":"/etc/shadow","type_id":1},)"
    R"("container":{"uid":"4f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c",)"
    R"("name":"web","image":{"uid":"9c1d","name":"registry:5000/team/web",)"
    R"("tag":"1.2"},"pod_uuid":"b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11",)"
    R"("runtime":"containerd"}}],)"
    R"("finding_info":{"analytic":{"name":"Shell under a web server",)"
    R"("type_id":1},"attacks":[{"sub_technique":{"uid":"T1059.004"},)"
    R"("technique":{"uid":"T1059"}},{"technique":{"uid":"T1190"}},)"
    R"({"tactic":{"name":"Execution","uid":"TA0002"}}],)"
    R"("desc":"A shell was started under a web server (evt_type=execve )"
    R"(user=www-data exe=/usr/bin/bash command=bash -i pid=4711 parent=nginx )"
    R"(container_id=4f1c2a9be770 container_name=web )"
    R"(container_image_repository=registry:5000/team/web )"
    R"x(container_image_tag=1.2)","title":"Shell under a web server",)x"
    R"("uid":"0197a3c2-5d1e-7000-8000-3f9a51c07d2b"},)"
    R"("message":"A shell was started under a web server (evt_type=execve )"
    R"(user=www-data exe=/usr/bin/bash command=bash -i pid=4711 parent=nginx )"
    R"(container_id=4f1c2a9be770 container_name=web )"
    R"(container_image_repository=registry:5000/team/web )"
    R"x(container_image_tag=1.2)","metadata":{"labels":["T1059.004","T1190",)x"
    R"("container","mitre_execution","process"],"log_level":"Warning",)"
    R"("log_name":"syscall","original_time":"2016-08-04T16:17:57.000000042Z",)"
    R"("product":{"name":"Saker","vendor_name":"Saker","version":")" SAKER_VERSION R"("},)"
    R"("profiles":["host"],"sequence":7,)"
    R"("uid":"0197a3c2-5d1e-7000-8000-3f9a51c07d2b","version":"1.3.0"},)"
    R"("severity":"Medium","severity_id":3,"status_id":1,"time":1470327477000,)"
    R"("type_uid":200401,)"
    R"("unmapped":{"container.full_id":"4f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c",)"
    R"("container.id":"4f1c2a9be770","container.image.digest":"sha256:6a0b",)"
    R"("container.image.id":"9c1d",)"
    R"("container.image.repository":"registry:5000/team/web",)"
    R"("container.image.tag":"1.2","container.name":"web",)"
    R"("container.privileged":false,"container.type":"containerd",)"
    R"("evt.category":"process","evt.failed":false,"evt.type":"execve",)"
    R"("fd.cip":"10.1.2.3","fd.cport":40022,"fd.l4proto":"tcp",)"
    R"("fd.name":"/etc/shadow","fd.sip":"2001:db8::9","fd.sport":443,)"
    R"("fd.type":"file","group.gid":33,"group.name":"www-data",)"
    R"("k8s.ns.name":"shop","k8s.pod.name":"web-0",)"
    R"("k8s.pod.uid":"b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11",)"
    R"("proc.cmdline":"bash -i","proc.cwd":"/srv/",)"
    R"("proc.exeline":"/usr/bin/bash -i","proc.exepath":"/usr/bin/bash",)"
    R"("proc.name":"bash","proc.pcmdline":"nginx -g daemon",)"
    R"("proc.pexepath":"/usr/sbin/nginx","proc.pid":4711,)"
    R"("proc.pid.ts":1470327470000000000,"proc.pname":"nginx","proc.ppid":4700,)"
    R"("proc.vpid":12,"thread.tid":4712,"user.name":"www-data","user.uid":33}})";

TEST(AlertOcsf, RichAlertFillsEveryPlace) { EXPECT_EQ(document_of(rich_alert()), kRichDocument); }

TEST(AlertOcsf, MinimalAlertHasOnlyWhatIsKnown) {
  EXPECT_EQ(document_of(bare_alert()),
            R"({"activity_id":1,"category_uid":2,"class_uid":2004,)"
            R"("device":{"hostname":"","type_id":0},)"
            R"("finding_info":{"analytic":{"name":"Saker internal: events lost",)"
            R"("type_id":1},"desc":"","title":"Saker internal: events lost","uid":""},)"
            R"("message":"","metadata":{"log_level":"Debug","log_name":"internal",)"
            R"("original_time":"1970-01-01T00:00:00.000000000Z",)"
            R"("product":{"name":"Saker","vendor_name":"Saker","version":")" SAKER_VERSION R"("},)"
            R"("profiles":["host"],"sequence":7,"version":"1.3.0"},)"
            R"("severity":"Informational","severity_id":1,"status_id":1,"time":0,)"
            R"("type_uid":200401,"unmapped":{}})");
}

TEST(AlertOcsf, EachPriorityHasASeverity) {
  struct Case {
    Priority priority;
    const char* severity;
  };
  constexpr Case kCases[] = {
      {Priority::kEmergency, R"("severity":"Fatal","severity_id":6,)"},
      {Priority::kAlert, R"("severity":"Critical","severity_id":5,)"},
      {Priority::kCritical, R"("severity":"Critical","severity_id":5,)"},
      {Priority::kError, R"("severity":"High","severity_id":4,)"},
      {Priority::kWarning, R"("severity":"Medium","severity_id":3,)"},
      {Priority::kNotice, R"("severity":"Low","severity_id":2,)"},
      {Priority::kInformational, R"("severity":"Informational","severity_id":1,)"},
      {Priority::kDebug, R"("severity":"Informational","severity_id":1,)"},
  };
  Alert alert = bare_alert();
  for (const Case& test : kCases) {
    alert.priority = test.priority;
    EXPECT_TRUE(has(document_of(alert), test.severity)) << test.severity;
  }
}

TEST(AlertOcsf, CollapsedAlertSpansATimeAndHasACount) {
  Alert alert = bare_alert();
  alert.time_ns = 9'000'000'000;
  alert.first_time_ns = 2'000'000'000;
  alert.repeat_count = 3;
  const std::string document = document_of(alert);
  EXPECT_TRUE(has(document, R"("class_uid":2004,"count":3,)")) << document;
  EXPECT_TRUE(has(document, R"("end_time":9000,)")) << document;
  EXPECT_TRUE(has(document, R"("start_time":2000,)")) << document;
}

// What OCSF requires of an object decides whether there is one.
TEST(AlertOcsf, ObjectsWithoutWhatIdentifiesThemAreLeftOut) {
  using std::string_literals::operator""s;
  Alert alert = bare_alert();
  alert.fields = {{"container.id", {"4f1c2a9be770"s}},
                  {"fd.sport", {int64_t{443}}},
                  {"fd.type", {"file"s}},
                  {"proc.cmdline", {"bash -i"s}},
                  {"proc.ppid", {int64_t{1}}}};
  EXPECT_FALSE(has(document_of(alert), "evidences"));
  alert.fields.emplace_back("user.name", OutputValue{"root"s});
  EXPECT_TRUE(has(
      document_of(alert),
      R"("evidences":[{"actor":{"user":{"name":"root"}},"container":{"uid":"4f1c2a9be770"}}],)"))
      << document_of(alert);
}

TEST(AlertOcsf, PodsAreNamedByUuidsOnly) {
  Alert alert = rich_alert();
  const auto uid =
      std::ranges::find(alert.fields, "k8s.pod.uid", [](const auto& f) { return f.first; });
  EXPECT_TRUE(has(document_of(alert), R"("pod_uuid":"b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11")"));
  for (const char* other :
       {"5a4e7777777777777777777777777777", "b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a1g",
        "b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a111"}) {
    uid->second = {std::string(other)};
    EXPECT_FALSE(has(document_of(alert), "pod_uuid")) << other;
  }
}

TEST(AlertOcsf, FileOfUnknownKindSaysSo) {
  using std::string_literals::operator""s;
  Alert alert = bare_alert();
  alert.fields = {{"fd.name", {"/"s}}, {"fd.type", {"unix"s}}};
  EXPECT_TRUE(has(document_of(alert), R"("file":{"name":"/","path":"/","type_id":0})"));
  alert.fields[1].second = {"directory"s};
  EXPECT_TRUE(has(document_of(alert), R"("file":{"name":"/","path":"/","type_id":2})"));
}

}  // namespace
}  // namespace saker::test
