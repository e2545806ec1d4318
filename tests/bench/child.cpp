// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/check.h"
#include "tests/bench/machine.h"

namespace saker::bench {

Child::Child(int cpu, const std::function<void()>& body) : pid_(::fork()) {
  SAKER_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to(cpu);
    body();
    ::_exit(0);
  }
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
}

void Child::wait() {
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

SharedNumbers::SharedNumbers(size_t count) : count_(count) {
  void* memory = ::mmap(nullptr, count_ * sizeof(int64_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  SAKER_CHECK(memory != MAP_FAILED);
  numbers_ = static_cast<int64_t*>(memory);
}

SharedNumbers::~SharedNumbers() { ::munmap(numbers_, count_ * sizeof(int64_t)); }

void pace(int64_t ns) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  const timespec gap = {ns / kNsPerSecond, ns % kNsPerSecond};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, nullptr);
}

void open_and_close(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY);
  SAKER_CHECK(fd >= 0);
  ::close(fd);
}

}  // namespace saker::bench
