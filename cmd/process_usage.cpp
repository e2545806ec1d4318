// SPDX-License-Identifier: Apache-2.0
#include "cmd/process_usage.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

namespace saker {
namespace {

double clock_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// proc(5): fields 20 (threads) and 22 (start, in ticks since boot), counted behind the name, which
// may hold anything.
void read_stat(ProcessUsage& usage) {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) {
    return;
  }
  std::istringstream fields(text.substr(end_of_name + 1));
  std::string skipped;
  for (int i = 3; i < 20; ++i) {
    fields >> skipped;
  }
  double start_ticks = 0;
  if (fields >> usage.threads >> skipped >> start_ticks) {
    // Once, since a start time that changes is taken for a restart.
    static const double booted = clock_seconds(CLOCK_REALTIME) - clock_seconds(CLOCK_BOOTTIME);
    usage.start_time_seconds = booted + start_ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
}

void read_memory(ProcessUsage& usage) {
  std::ifstream file("/proc/self/statm");
  uint64_t virtual_pages = 0;
  uint64_t resident_pages = 0;
  if (file >> virtual_pages >> resident_pages) {
    const auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
    usage.virtual_bytes = virtual_pages * page_bytes;
    usage.resident_bytes = resident_pages * page_bytes;
  }
}

uint64_t count_open_fds() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  if (folder == nullptr) {
    return 0;
  }
  uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    count += entry->d_name[0] != '.' ? 1U : 0U;
  }
  return count - 1;  // without the folder's own
}

}  // namespace

ProcessUsage read_process_usage() {
  ProcessUsage usage;
  usage.cpu_seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
  read_stat(usage);
  read_memory(usage);
  usage.open_fds = count_open_fds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    usage.max_fds = limit.rlim_cur;
  }
  return usage;
}

}  // namespace saker
