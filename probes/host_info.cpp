// SPDX-License-Identifier: Apache-2.0
#include "probes/host_info.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

namespace saker {
namespace {

int64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The pair of readings that were closest together decides.
int64_t measure_boot_to_epoch_ns() {
  int64_t best_window = INT64_MAX;
  int64_t offset = 0;
  for (int i = 0; i < 16; i++) {
    const int64_t before = clock_ns(CLOCK_BOOTTIME);
    const int64_t epoch = clock_ns(CLOCK_REALTIME);
    const int64_t after = clock_ns(CLOCK_BOOTTIME);
    if (after - before < best_window) {
      best_window = after - before;
      offset = epoch - (before + (after - before) / 2);
    }
  }
  return offset;
}

std::string host_name() {
  for (const char* variable : {"SAKER_HOSTNAME", "FALCO_HOSTNAME"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') {
      return value;
    }
  }
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

SourceInfo info_of_this_host() { return {measure_boot_to_epoch_ns(), host_name()}; }

uint32_t pid_namespace() {
  struct stat status{};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? static_cast<uint32_t>(status.st_ino) : 0;
}

}  // namespace saker
