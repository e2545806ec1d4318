// SPDX-License-Identifier: Apache-2.0
// Child: a process that makes a load or what a rule reports, and memory it shares with its parent.
#ifndef SAKER_TESTS_BENCH_CHILD_H
#define SAKER_TESTS_BENCH_CHILD_H

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace saker::bench {

// Runs `body` on this CPU, then exits; killed when this object goes.
class Child {
 public:
  Child(int cpu, const std::function<void()>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Until its body has ended.
  void wait();

 private:
  pid_t pid_;
};

// Numbers that a child may write and its parent read, all 0 at first. Made before the child.
class SharedNumbers {
 public:
  explicit SharedNumbers(size_t count);
  ~SharedNumbers();
  SharedNumbers(const SharedNumbers&) = delete;
  SharedNumbers& operator=(const SharedNumbers&) = delete;

  [[nodiscard]] int64_t& operator[](size_t i) const noexcept { return numbers_[i]; }

 private:
  size_t count_;
  int64_t* numbers_;
};

void pace(int64_t ns);
// Requires: the file exists.
void open_and_close(const std::string& path);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_CHILD_H
