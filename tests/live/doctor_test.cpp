// SPDX-License-Identifier: Apache-2.0
// `saker doctor` on this host: it says that all works only when events arrive.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>

#include "engine/base/json.h"
#include "probes/features.h"
#include "probes/hooks.h"
#include "tests/support/live_capture.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

struct Row {
  std::string verdict;
  std::string found;
};

std::map<std::string, Row, std::less<>> rows_of(const std::string& json) {
  std::map<std::string, Row, std::less<>> rows;
  const auto document = JsonDocument::parse(json);
  EXPECT_TRUE(document) << json;
  if (document) {
    document->root()["checks"].for_each_item([&](JsonValue check) {
      rows[std::string(check["name"].text())] = {std::string(check["verdict"].text()),
                                                 std::string(check["found"].text())};
    });
  }
  return rows;
}

TEST(LiveDoctor, SeesAnEventOfEachHook) {
  const Finished doctor = run_saker({"doctor", "--json"});
  const auto rows = rows_of(doctor.out);
  if (rows.contains("probes") && may_skip_live()) {
    GTEST_SKIP() << rows.find("probes")->second.found;
  }
  EXPECT_EQ(doctor.status, 0) << doctor.out;
  EXPECT_EQ(doctor.err, "");
  for (const Hook& hook : hooks()) {
    const auto row = rows.find(hook.program);
    ASSERT_NE(row, rows.end()) << hook.program;
    EXPECT_EQ(row->second.verdict, "ok") << row->second.found;
    EXPECT_NE(row->second.found.find("its event arrived"), std::string::npos);
  }
}

TEST(LiveDoctor, HasARuleAskedWhereTheKernelCanRefuse) {
  const HookMeans means = find_hooks().means;
  if (means == HookMeans::kNone) {
    GTEST_SKIP() << "the kernel cannot refuse";
  }
  const Finished doctor = run_saker({"doctor", "--json"});
  const auto rows = rows_of(doctor.out);
  const auto row = rows.find("decisions");
  ASSERT_NE(row, rows.end()) << doctor.out;
  EXPECT_EQ(row->second.verdict, "ok") << row->second.found;
  EXPECT_TRUE(row->second.found.starts_with(
      means == HookMeans::kLsm ? "by programs of LSM hooks; a decision arrived after "
                               : "by programs of cgroups, for connections; a decision arrived"))
      << row->second.found;
}

TEST(LiveDoctor, WithoutPrivilegeItSaysWhatIsMissing) {
  constexpr uid_t kNobody = 65534;
  const Finished doctor =
      run_saker({"doctor"}, ::geteuid() == 0 ? std::optional(kNobody) : std::nullopt);
  EXPECT_EQ(doctor.status, 1) << doctor.out;
  EXPECT_NE(doctor.out.find("without CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE\n"
                            "         so: no probe can be loaded\n"
                            "         do: run as root"),
            std::string::npos)
      << doctor.out;
}

}  // namespace
}  // namespace saker::test
