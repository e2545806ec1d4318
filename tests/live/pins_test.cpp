// SPDX-License-Identifier: Apache-2.0
#include "probes/pins.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "probes/bpf_call.h"
#include "tests/support/enforcement.h"

namespace saker::test {
namespace {

using Names = std::vector<std::string>;

class LivePins : public testing::Test {
 protected:
  void SetUp() override {
    if (!bpf_fs_.is_there()) {
      ASSERT_EQ(std::getenv("SAKER_REQUIRE_LIVE"), nullptr) << "no bpf file system can be mounted";
      GTEST_SKIP() << "no bpf file system can be mounted";
    }
    map_ = create_map({BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), sizeof(ev_attendance), 1});
    ASSERT_TRUE(map_);
  }
  // Maps stand for links: both are pinned alike.
  [[nodiscard]] std::vector<Pin> pins(const Names& names) const {
    std::vector<Pin> all;
    for (const std::string& name : names) {
      all.push_back({name, map_.get()});
    }
    return all;
  }
  [[nodiscard]] Names found() const {
    Names names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      if (!entry.is_directory()) {
        const auto below = std::filesystem::relative(entry.path(), root_).string();
        names.push_back(below.substr(below.find('/') + 1));
      }
    }
    std::ranges::sort(names);
    return names;
  }

  const std::string root_{kPinRoot};
  UniqueFd map_;

 private:
  PrivateBpfFs bpf_fs_;
};

TEST_F(LivePins, AreThoseThatAreWanted) {
  Pins kept(root_);
  ASSERT_TRUE(kept.add(pins({"attendance", "on_exec", "refusing/a"})));
  EXPECT_EQ(found(), (Names{"attendance", "on_exec", "refusing/a"}));
  ASSERT_TRUE(kept.add(pins({"attendance", "on_exec", "refusing/b"})));
  kept.retain(pins({"attendance", "on_exec", "refusing/b"}));
  EXPECT_EQ(found(), (Names{"attendance", "on_exec", "refusing/b"}));
  kept.retain({});
  EXPECT_TRUE(std::filesystem::is_empty(root_)) << "nor is a directory left";
  ASSERT_TRUE(kept.add(pins({"refusing/c"})));
  EXPECT_EQ(found(), (Names{"refusing/c"}));
}

TEST_F(LivePins, AFailureChangesNothing) {
  Pins kept(root_);
  ASSERT_TRUE(kept.add(pins({"refusing/a"})));
  auto more = pins({"refusing/b", "refusing/c"});
  more.back().fd = -1;
  EXPECT_FALSE(kept.add(more));
  EXPECT_EQ(found(), (Names{"refusing/a"}));
}

TEST_F(LivePins, OfALivingSensorAreItsOwn) {
  Pins living(root_);
  ASSERT_TRUE(living.add(pins({"attendance", "refusing/a"})));
  {
    Pins ended(root_);
    ASSERT_TRUE(ended.add(pins({"attendance", "refusing/b"})));
    EXPECT_TRUE(find_left_pins(root_).empty());
  }
  const auto left = find_left_pins(root_);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].refusing, Names{"b"});
  EXPECT_EQ(left[0].pid, static_cast<uint32_t>(::getpid()));
  ASSERT_TRUE(remove_left_pins(root_));
  EXPECT_EQ(found(), (Names{"attendance", "refusing/a"}));
}

TEST_F(LivePins, SayWhatWasDecidedWithoutASensor) {
  const uint32_t zero = 0;
  ev_attendance attendance{};
  attendance.unattended[EV_DECISION_DENIED] = 3;
  attendance.unattended[EV_DECISION_KILLED] = 4;
  attendance.unattended[EV_DECISION_UNDECIDED] = 5;
  ASSERT_EQ(update_map(map_.get(), &zero, &attendance), 0);
  const UniqueFd of_another_version =
      create_map({BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), sizeof(ev_attendance) + 8, 1});
  ASSERT_TRUE(Pins(root_).add(pins({"attendance"})));
  auto removed = remove_left_pins(root_);
  ASSERT_TRUE(removed);
  LeftDecisions left = decisions_of(*removed);
  EXPECT_EQ(left.sensors, 1U);
  EXPECT_EQ(left.refused, 7U);
  EXPECT_EQ(left.unreported, 12U);
  EXPECT_TRUE(left.is_whole);
  ASSERT_TRUE(Pins(root_).add({{{"attendance", of_another_version.get()}}}));
  removed = remove_left_pins(root_);
  ASSERT_TRUE(removed);
  EXPECT_FALSE(decisions_of(*removed).is_whole);
  EXPECT_TRUE(std::filesystem::is_empty(root_));
}

// Where bpf file systems are mounted, anybody may make a directory.
TEST_F(LivePins, AreNotPutWhereOthersCanReachThem) {
  ASSERT_EQ(::mkdir(root_.c_str(), 0755), 0);
  EXPECT_FALSE(Pins(root_).check());
  ASSERT_EQ(::chmod(root_.c_str(), 0700), 0);
  EXPECT_TRUE(Pins(root_).check());
  ASSERT_TRUE(Pins(root_).add(pins({"refusing/a"})));
  ASSERT_EQ(::chown(root_.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(Pins(root_).check());
  EXPECT_TRUE(find_left_pins(root_).empty());
  ASSERT_EQ(::rename(root_.c_str(), (root_ + "2").c_str()), 0);
  ASSERT_EQ(::symlink((root_ + "2").c_str(), root_.c_str()), 0);
  EXPECT_FALSE(Pins(root_).check());
}

}  // namespace
}  // namespace saker::test
