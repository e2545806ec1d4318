// SPDX-License-Identifier: Apache-2.0
#include "cmd/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fake_root.h"

namespace saker {
namespace {

constexpr std::string_view kClockSource =
    "sys/devices/system/clocksource/clocksource0/current_clocksource";
constexpr std::string_view kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max processes             96365                96365                processes \n"
    "Max open files            FILES                1048576              files     \n"
    "Max locked memory         8388608              8388608              bytes     \n";

std::string limits(std::string_view files) {
  std::string text(kLimits);
  return text.replace(text.find("FILES"), 5, files);
}

// A host on which all is well; a test breaks one thing.
class Doctor : public testing::Test {
 protected:
  Doctor() {
    root_.file("proc/sys/kernel/osrelease", "6.1.0-56-cloud-amd64\n");
    root_.file("proc/self/status", "Name:\tsaker\nCapInh:\t0\nCapEff:\t000001ffffffffff\n");
    root_.file("proc/self/limits", limits("20000"));
    root_.file("sys/kernel/security/lsm", "lockdown,capability,yama,bpf");
    root_.file("sys/kernel/tracing/available_events", "");
    root_.file(std::string(kClockSource), "tsc\n");
    root_.directory("var/lib/docker");
    host_.root = root_.path() + "/";
  }

  [[nodiscard]] Diagnosis examine(std::string_view name) const {
    const auto checks = doctor_checks();
    const auto check = std::ranges::find(checks, name, &DoctorCheck::name);
    EXPECT_NE(check, checks.end()) << name;
    return check->examine(host_);
  }

  test::FakeRoot root_;
  DoctorHost host_;
};

TEST_F(Doctor, FindsNothingOnAHostWhereAllIsWell) {
  for (const DoctorResult& result : examine_host(host_)) {
    const Diagnosis& diagnosis = result.diagnosis;
    EXPECT_EQ(diagnosis.verdict, Verdict::kOk) << result.name << ": " << diagnosis.found;
    EXPECT_FALSE(diagnosis.found.empty()) << result.name;
    EXPECT_EQ(diagnosis.consequence + diagnosis.remedy, "") << result.name;
  }
  EXPECT_EQ(examine("kernel").found, "6.1.0-56-cloud-amd64");
  EXPECT_EQ(examine("container runtimes").found, "Docker in /var/lib/docker");
  EXPECT_EQ(examine("tracefs").found, "mounted at /sys/kernel/tracing");
}

TEST_F(Doctor, ChecksHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const DoctorCheck& check : doctor_checks()) {
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
    EXPECT_FALSE(check.tells.empty()) << check.name;
  }
}

struct BrokenCase {
  std::string_view check;
  std::string_view path;
  std::string text;
  Verdict verdict;
  std::string_view found;
  std::string_view remedy;  // holds this
};

TEST_F(Doctor, SaysWhatIsWrongAndWhatToDo) {
  const BrokenCase cases[] = {
      {"capabilities", "proc/self/status", "Name:\tx\nCapEff:\t0000000000000000\n",
       Verdict::kFailure, "without CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE", "run as root"},
      // CAP_SYS_ADMIN only
      {"capabilities", "proc/self/status", "Name:\tx\nCapEff:\t0000000000200000\n",
       Verdict::kWarning, "without CAP_SYS_PTRACE", "run as root"},
      // CAP_BPF and CAP_SYS_PTRACE
      {"capabilities", "proc/self/status", "Name:\tx\nCapEff:\t0000008000080000\n",
       Verdict::kFailure, "without CAP_PERFMON", "run as root"},
      {"open files", "proc/self/limits", limits("255"), Verdict::kWarning, "255", "ulimit -n 256"},
      {"open files", "proc/self/limits", limits("unlimited"), Verdict::kOk, "unlimited", ""},
      {"active LSMs", "sys/kernel/security/lsm", "capability,bpfx", Verdict::kWarning,
       "capability,bpfx: without bpf", "boot with lsm=capability,bpfx,bpf"},
      {"clock source", kClockSource, "hpet\n", Verdict::kWarning, "hpet", "dmesg"},
  };
  for (const BrokenCase& row : cases) {
    root_.file(std::string(row.path), row.text);
    const Diagnosis diagnosis = examine(row.check);
    EXPECT_EQ(diagnosis.verdict, row.verdict) << row.check << ": " << row.text;
    EXPECT_EQ(diagnosis.found, row.found);
    EXPECT_NE(diagnosis.remedy.find(row.remedy), std::string::npos) << diagnosis.remedy;
    EXPECT_EQ(diagnosis.consequence.empty(), row.verdict == Verdict::kOk) << row.check;
  }
}

TEST_F(Doctor, KnowsWhatItCannotKnow) {
  const test::FakeRoot empty;
  host_.root = empty.path() + "/";
  host_.is_clock_synchronized = false;
  EXPECT_EQ(examine("kernel").verdict, Verdict::kFailure);
  EXPECT_EQ(examine("capabilities").verdict, Verdict::kFailure);
  EXPECT_EQ(examine("active LSMs").verdict, Verdict::kWarning);
  EXPECT_NE(examine("active LSMs").remedy.find("mount -t securityfs"), std::string::npos);
  EXPECT_EQ(examine("clock").verdict, Verdict::kWarning);
  EXPECT_EQ(examine("tracefs").verdict, Verdict::kOk);
  EXPECT_EQ(examine("container runtimes").verdict, Verdict::kOk);
}

TEST(DoctorReport, AMissingFeatureIsAFailureWhenItIsRequired) {
  const Feature features[] = {
      {"bpf call", "anything", true, true, "yes", ""},
      {"ring buffer", "delivering records", true, false, "no ring buffer", "Linux 5.8"},
      {"LSM programs", "refusing an operation", false, false, "refused", "another kernel"}};
  const std::vector<DoctorResult> results = examine_features(features);
  EXPECT_EQ(overall(results), Verdict::kFailure);
  EXPECT_EQ(overall({results.data(), 1}), Verdict::kOk);
  EXPECT_EQ(to_text(results),
            "ok       bpf call      yes\n"
            "failure  ring buffer   no ring buffer\n"
            "         so: the sensor does not start\n"
            "         do: Linux 5.8\n"
            "warning  LSM programs  refused\n"
            "         so: not to be had: refusing an operation\n"
            "         do: another kernel\n");
  EXPECT_EQ(to_json({results.data() + 1, 1}),
            R"({"verdict":"failure","checks":[{"name":"ring buffer",)"
            R"("tells":"needed for delivering records","verdict":"failure",)"
            R"("found":"no ring buffer","consequence":"the sensor does not start",)"
            R"("remedy":"Linux 5.8"}]})"
            "\n");
}

}  // namespace
}  // namespace saker
