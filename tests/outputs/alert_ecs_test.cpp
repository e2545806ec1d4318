// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_ecs.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/sample_alerts.h"

namespace saker::test {
namespace {

std::string document_of(const Alert& alert) {
  std::string out = "(before)";
  append_ecs(out, alert, 7);
  EXPECT_EQ(out.substr(0, 8), "(before)");
  return out.substr(8);
}

bool has(const std::string& document, const std::string& part) {
  return document.find(part) != std::string::npos;
}

TEST(AlertEcs, RichAlertFillsEveryPlace) {
  EXPECT_EQ(
      document_of(rich_alert()),
      R"({"@timestamp":"2016-08-04T16:17:57.000000042Z",)"
      R"("container":{"id":"4f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c",)"
      R"("image":{"hash":{"all":["sha256:6a0b"]},"name":"registry:5000/team/web",)"
      R"("tag":["1.2"]},"name":"web","runtime":"containerd",)"
      R"("security_context":{"privileged":false}},)"
      R"("destination":{"ip":"2001:db8::9","port":443},)"
      R"("ecs":{"version":"8.11.0"},"event":{"action":"execve",)"
      R"("category":["intrusion_detection","process"],"dataset":"saker.alerts",)"
      R"("id":"0197a3c2-5d1e-7000-8000-3f9a51c07d2b","kind":"alert",)"
      R"("module":"saker","outcome":"success","provider":"syscall","sequence":7,)"
      R"("severity":4,"type":["info"]},"file":{"path":"/etc/shadow",)"
      R"("type":"file"},"host":{"hostname":"host-1","name":"host-1"},)"
      R"("log":{"level":"Warning","syslog":{"severity":{"code":4,)"
      R"("name":"Warning"}}},)"
      R"("message":"A shell was started under a web server (evt_type=execve )"
      R"(user=www-data exe=/usr/bin/bash command=bash -i pid=4711 parent=nginx )"
      R"(container_id=4f1c2a9be770 container_name=web )"
      R"(container_image_repository=registry:5000/team/web )"
      R"x(container_image_tag=1.2)","network":{"transport":"tcp"},)x"
      R"("observer":{"hostname":"host-1","product":"Saker","type":"sensor",)"
      R"("vendor":"Saker","version":")" SAKER_VERSION R"("},"orchestrator":{"namespace":"shop",)"
      R"("resource":{"id":"b5b6a4a7-3c1f-4f0e-9d4b-8f7f0c6c4a11","name":"web-0",)"
      R"("type":"pod"},"type":"kubernetes"},)"
      R"("process":{"command_line":"/usr/bin/bash -i",)"
      R"("executable":"/usr/bin/bash","name":"bash",)"
      R"("parent":{"command_line":"nginx -g daemon",)"
      R"("executable":"/usr/sbin/nginx","name":"nginx","pid":4700},"pid":4711,)"
      R"("start":"2016-08-04T16:17:50.000000000Z","thread":{"id":4712},"vpid":12,)"
      R"("working_directory":"/srv/"},"rule":{"name":"Shell under a web server"},)"
      R"("saker":{"fields":{"container.full_id":"4f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c2a9be7704f1c",)"
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
      R"("proc.vpid":12,"thread.tid":4712,"user.name":"www-data","user.uid":33}},)"
      R"("source":{"ip":"10.1.2.3","port":40022},"tags":["T1059.004","T1190",)"
      R"("container","mitre_execution","process"],)"
      R"("threat":{"tactic":{"id":["TA0002"],"name":["Execution"]},)"
      R"("technique":{"id":["T1059","T1190"],)"
      R"("subtechnique":{"id":["T1059.004"]}},"framework":"MITRE ATT&CK"},)"
      R"("user":{"group":{"id":"33","name":"www-data"},"id":"33",)"
      R"("name":"www-data"}})");
}

TEST(AlertEcs, MinimalAlertHasOnlyWhatIsKnown) {
  EXPECT_EQ(document_of(bare_alert()),
            R"({"@timestamp":"1970-01-01T00:00:00.000000000Z",)"
            R"("ecs":{"version":"8.11.0"},"event":{"category":["intrusion_detection"],)"
            R"("dataset":"saker.alerts","kind":"alert","module":"saker",)"
            R"("provider":"internal","sequence":7,"severity":7,"type":["info"]},)"
            R"("host":{"hostname":"","name":""},"log":{"level":"Debug",)"
            R"("syslog":{"severity":{"code":7,"name":"Debug"}}},"message":"",)"
            R"("observer":{"hostname":"","product":"Saker","type":"sensor",)"
            R"("vendor":"Saker","version":")" SAKER_VERSION R"("},)"
            R"("rule":{"name":"Saker internal: events lost"},"saker":{"fields":{}}})");
}

TEST(AlertEcs, CollapsedAlertSpansATimeAndHasACount) {
  Alert alert = bare_alert();
  alert.time_ns = 9'000'000'000;
  alert.first_time_ns = 2'000'000'000;
  alert.repeat_count = 3;
  const std::string document = document_of(alert);
  EXPECT_TRUE(has(document, R"("end":"1970-01-01T00:00:09.000000000Z")")) << document;
  EXPECT_TRUE(has(document, R"("start":"1970-01-01T00:00:02.000000000Z")")) << document;
  EXPECT_TRUE(has(document, R"("saker":{"fields":{},"repeat_count":3})")) << document;
}

TEST(AlertEcs, SaysWhatWasDecided) {
  Alert alert = bare_alert();
  alert.decision = "would_deny";
  alert.hook = "path_unlink";
  const std::string document = document_of(alert);
  EXPECT_TRUE(
      has(document, R"("saker":{"decision":"would_deny","fields":{},"hook":"path_unlink"})"))
      << document;
}

TEST(AlertEcs, ConnectionIsTakenApartBesideItsProtocol) {
  Alert alert = bare_alert();
  alert.fields = {{"fd.l4proto", {std::string("tcp")}},
                  {"fd.name", {std::string("10.1.2.3:40022->2001:db8::9:443")}},
                  {"fd.type", {std::string("ipv4")}}};
  const std::string document = document_of(alert);
  EXPECT_TRUE(has(document, R"("source":{"ip":"10.1.2.3","port":40022})")) << document;
  EXPECT_TRUE(has(document, R"("destination":{"ip":"2001:db8::9","port":443})")) << document;
  EXPECT_TRUE(has(document, R"("network":{"transport":"tcp","type":"ipv4"})")) << document;

  for (const char* protocol : {"icmp", "<NA>", ""}) {  // a file may have such a name
    alert.fields[0].second = {std::string(protocol)};
    EXPECT_FALSE(has(document_of(alert), R"("source")")) << protocol;
  }
  alert.fields[0].second = {std::string("udp")};
  for (const char* name : {"10.1.2.3:1", "10.1.2.3:1->10.1.2.4", "10.1.2.3:1->10.1.2.4:65536",
                           "10.1.2.3:1->host:2", "->", ":1->:2"}) {
    alert.fields[1].second = {std::string(name)};
    EXPECT_FALSE(has(document_of(alert), R"("source")")) << name;
  }
}

TEST(AlertEcs, ValuesThatDoNotFitStandInTheFieldsOnly) {
  using std::string_literals::operator""s;
  Alert alert = bare_alert();
  alert.fields = {
      {"container.id", {"host"s}},          {"fd.cip", {"10.1.2.3\0evil"s}},
      {"fd.name", {"relative/path"s}},      {"group.gid", {"33"s}},
      {"proc.exepath", {std::monostate{}}}, {"proc.pid", {"4711"s}},
      {"proc.ppid", {uint64_t{1} << 63}},   {"user.name", {"<NA>"s}},
  };
  const std::string document = document_of(alert);
  for (const char* absent :
       {"\"container\":", "\"source\":", "\"file\":", "\"process\":", "\"user\":"}) {
    EXPECT_FALSE(has(document, absent)) << absent << " in " << document;
  }
  EXPECT_TRUE(has(document, R"("saker":{"fields":{"container.id":"host",)")) << document;
  EXPECT_TRUE(has(document, R"("proc.exepath":null,"proc.pid":"4711",)")) << document;
}

TEST(AlertEcs, HostileBytesStayInTheirTexts) {
  Alert alert = bare_alert();
  alert.message = "evil\n\xff\"}";
  alert.fields = {{"proc.name\x80", {std::string("\xed\xa0\x80\"")}}};
  const std::string document = document_of(alert);
  EXPECT_TRUE(has(document, "\"message\":\"evil\\n\xef\xbf\xbd\\\"}\"")) << document;
  EXPECT_TRUE(
      has(document, "{\"proc.name\xef\xbf\xbd\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"\"}"))
      << document;
}

}  // namespace
}  // namespace saker::test
