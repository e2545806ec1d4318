// SPDX-License-Identifier: Apache-2.0
// Pins: what keeps programs attached when their sensor has ended. Each sensor has a directory of
// its own in a bpf file system, on which it holds a lock while it lives:
//
//   /sys/fs/bpf/saker/PID-TIME/attendance          the map of struct ev_attendance
//   /sys/fs/bpf/saker/PID-TIME/on_exec ...         programs that those which refuse depend on
//   /sys/fs/bpf/saker/PID-TIME/refusing/PROGRAM    programs that refuse
//
// What an ended sensor has left is never used again, only counted and removed: it may be another
// version's.
//
// Threads: one at a time.
#ifndef SAKER_PROBES_PINS_H
#define SAKER_PROBES_PINS_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "probes/wire.h"

namespace saker {

inline constexpr std::string_view kPinRoot = "/sys/fs/bpf/saker";
inline constexpr std::string_view kAttendancePin = "attendance";
inline constexpr std::string_view kRefusingPins = "refusing/";

struct Pin {
  std::string name;  // as above, below the sensor's directory
  int fd;            // of a link or a map
};

class Pins {
 public:
  explicit Pins(std::string root = std::string(kPinRoot)) : root_(std::move(root)) {}

  // Fails where nothing can be pinned: the root is in no bpf file system.
  [[nodiscard]] Result<void> check() const;
  // Adds those that are not there yet, in this order. When it fails, nothing has changed.
  Result<void> add(std::span<const Pin> pins);
  // Removes those that are not among `pins`, the last first.
  void retain(std::span<const Pin> pins) noexcept;

 private:
  Result<void> make_directory();
  void remove_from(size_t first) noexcept;

  std::string root_;
  std::string directory_;  // empty: there is none
  UniqueFd lock_;
  std::vector<std::string> names_;
};

// What a sensor has left behind that has ended.
struct LeftPins {
  std::string directory;
  uint32_t pid = 0;
  std::vector<std::string> refusing;        // programs, sorted
  std::optional<ev_attendance> attendance;  // nothing: it cannot be read
};

// Of all such sensors. Nothing where there is no root, or one that anybody else could have made.
[[nodiscard]] std::vector<LeftPins> find_left_pins(const std::string& root);
// The same, and removes them: first what refuses, which ends within some milliseconds. Fails with
// the first that stays.
[[nodiscard]] Result<std::vector<LeftPins>> remove_left_pins(const std::string& root);

// What they decided while no sensor ran.
struct LeftDecisions {
  size_t sensors = 0;       // that have left programs in force
  uint64_t refused = 0;     // operations, and processes killed
  uint64_t unreported = 0;  // decisions of any kind
  bool is_whole = true;     // false: there may be more, which cannot be counted
};
[[nodiscard]] LeftDecisions decisions_of(std::span<const LeftPins> all) noexcept;

}  // namespace saker

#endif  // SAKER_PROBES_PINS_H
