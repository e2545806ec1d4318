// SPDX-License-Identifier: Apache-2.0
// The stock incubating rules on real activity, together with the stable ones: for each rule an
// action that it is about, and the alert it must give, from the built `saker run`.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/stock_world.h"

namespace saker::test {
namespace {

const std::string& dir() { return StockWorld::instance().dir; }

void change_namespace() {
  run_in_child([] {
    const int fd = ::open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
    ::setns(fd, 0);
  });
}

// The second call is refused, which does not matter to the rule.
void become_another_user() {
  run_in_child([] { ::_exit(::setuid(33) == 0 && ::setuid(34) != 0 ? 0 : 1); });
}

void load_bpf_program() {
  run_in_child([] {
    bpf_attr attr{};
    ::syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
  });
}

// /root/.ssh belongs to this test alone: a file system of its own, seen by nobody else.
void in_root_ssh(const std::string& script) {
  run_in_child([&] {
    if (::unshare(CLONE_NEWNS) == 0 && ::mount("tmpfs", "/root", "tmpfs", 0, nullptr) == 0) {
      ::execl("/bin/sh", "sh", "-c", ("mkdir /root/.ssh; " + script).c_str(), nullptr);
    }
  });
}

// clang-format off
const std::vector<StockCase> kCases = {
  {"Modify Shell Configuration File", {"/.bashrc"}, false,
   [] { run_program("/usr/bin/tee", {"tee", dir() + "/.bashrc"}); }},
  {"Schedule Cron Jobs", {"\"proc.name\":\"crontab\""}, false,
   [] { run_program(program_named("crontab"), {"crontab", "--help"}); }},
  {"Read ssh information", {"\"fd.name\":\"/root/.ssh/id\""}, false,
   [] { in_root_ssh("echo x >/root/.ssh/id; cat /root/.ssh/id"); }},
  {"DB program spawned process", {"\"proc.pname\":\"mysqld\""}, false,
   [] { run_program(program_named("mysqld"), {"sh", "-c", "/bin/true; true"}); }},
  {"Change thread namespace", {"live_tests"}, false, [] { change_namespace(); }},
  {"Change namespace privileges via unshare", {"unshare -U true"}, true,
   [] { run_in_container({"busybox", "start-stop-daemon", "-S", "-p", "/x", "-c", "worker", "-x", "/bin/busybox", "--", "unshare", "-U", "true"}); }},
  {"Launch Privileged Container", {"\"proc.name\":\"true\""}, true,
   [] { run_in_container({"true"}); }},
  {"Mount Launched in Privileged Container", {"mount -t tmpfs"}, true,
   [] { run_container_script("cp /bin/busybox /tmp/mount; /tmp/mount -t tmpfs x /dev"); }},
  {"Network Connection outside Local Subnet", {"203.0.113.9:53"}, true,
   [] { ask_name_server_in_container("203.0.113.9"); }},
  {"Launch Excessively Capable Container", {"CAP_SYS_ADMIN"}, true,
   [] { run_in_container({"true"}); }},
  {"System procs network activity", {"203.0.113.9:443"}, false,
   [] { connect_as("bash", "tcp", "443"); }},
  {"Program run with disallowed http proxy env", {"HTTP_PROXY=x"}, false,
   [] { run_shell("HTTP_PROXY=x " + program_named("wget") + " --help"); }},
  {"Unexpected UDP Traffic", {"203.0.113.9:9999", "\"fd.l4proto\":\"udp\""}, false,
   [] { connect_as("probe", "udp", "9999"); }},
  {"Non sudo setuid", {"www-data", "backup"}, false, [] { become_another_user(); }},
  {"User mgmt binaries", {"\"proc.name\":\"useradd\""}, false,
   [] { run_program(program_named("useradd"), {"useradd"}); }},
  {"Create files below dev", {"\"fd.name\":\"/dev/saker-live-test\""}, false,
   [] { run_shell("touch /dev/saker-live-test; rm /dev/saker-live-test"); }},
  {"Contact EC2 Instance Metadata Service From Container", {"169.254.169.254:53"}, true,
   [] { ask_name_server_in_container("169.254.169.254"); }},
  {"Contact cloud metadata service from container", {"169.254.169.254:53"}, true,
   [] { ask_name_server_in_container("169.254.169.254"); }},
  {"Launch Package Management Process in Container", {"\"proc.name\":\"apk\""}, true,
   [] { run_container_program("apk"); }},
  {"Launch Suspicious Network Tool in Container", {"\"proc.name\":\"nmap\""}, true,
   [] { run_container_program("nmap"); }},
  {"Launch Suspicious Network Tool on Host", {"\"proc.name\":\"nmap\""}, false,
   [] { run_program(program_named("nmap"), {"nmap"}); }},
  {"Delete or rename shell history", {"/.bash_history"}, false,
   [] { run_shell("cd " + dir() + " && touch .bash_history && rm .bash_history"); }},
  {"Set Setuid or Setgid bit", {"S_ISUID"}, false,
   [] { run_shell("touch " + dir() + "/tool; chmod u+s " + dir() + "/tool"); }},
  {"Launch Remote File Copy Tools in Container", {"\"proc.name\":\"scp\""}, true,
   [] { run_container_program("scp"); }},
  {"Launch Ingress Remote File Copy Tools in Container", {"\"proc.name\":\"wget\""}, true,
   [] { run_container_program("wget"); }},
  {"Read environment variable from /proc files", {"/environ\""}, true,
   [] { run_container_script("cat /proc/self/environ"); }},
  {"Exfiltrating Artifacts via Kubernetes Control Plane", {"\"fd.name\":\"/bin/busybox\""}, true,
   [] { run_in_container({"tar", "c", "-f", "/dev/null", "/bin/busybox"}); }},
  {"Adding ssh keys to authorized_keys", {"\"fd.name\":\"/root/.ssh/authorized_keys\""}, false,
   [] { in_root_ssh("echo key >/root/.ssh/authorized_keys"); }},
  {"Potential Local Privilege Escalation via Environment Variables Misuse", {"GLIBC_TUNABLES=glibc.malloc.check=0"}, false,
   [] { run_shell("GLIBC_TUNABLES=glibc.malloc.check=0 /bin/true"); }},
  {"Backdoored library loaded into SSHD (CVE-2024-3094)", {"liblzma.so.5.6.1"}, false,
   [] { run_shell("echo >" + dir() + "/liblzma.so.5.6.1"); run_program(program_named("sshd"), {"cat", dir() + "/liblzma.so.5.6.1"}); }},
  {"BPF Program Not Profiled", {"live_tests"}, false, [] { load_bpf_program(); }},
};
// clang-format on

class IncubatingRules : public StockRulesTest {
 protected:
  static void SetUpTestSuite() {
    // The namespaces that one of the rules is about are for its users to name.
    set_up_suite({"falco_rules.yaml", "falco-incubating_rules.yaml"},
                 "- list: namespace_scope_network_only_subnet\n"
                 "  items: [shop]\n"
                 "  override:\n"
                 "    items: replace\n");
  }
};

TEST_P(IncubatingRules, FiresOnItsAction) { expect_alert(kCases[GetParam()]); }

INSTANTIATE_TEST_SUITE_P(Incubating, IncubatingRules, testing::Range(size_t{0}, kCases.size()),
                         [](const auto& test) { return test_name_of(kCases[test.param]); });

}  // namespace
}  // namespace saker::test
