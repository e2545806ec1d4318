// SPDX-License-Identifier: Apache-2.0
#include "probes/skeleton.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "engine/base/check.h"

namespace saker {
namespace {

thread_local std::string* log_target = nullptr;

int keep_log(libbpf_print_level level, const char* format, va_list args) {
  if (log_target == nullptr || level == LIBBPF_DEBUG) {
    return 0;
  }
  // A verifier log comes as one message of any length.
  char* text = nullptr;
  const int size = ::vasprintf(&text, format, args);
  if (size > 0) {
    log_target->append(text, static_cast<size_t>(size));
  }
  std::free(text);
  return size;
}

// What the kernel itself does not have, libbpf looks for in its modules, once for each object. Its
// version 1.1 gives up on the object when that is not allowed, which takes CAP_SYS_ADMIN, although
// there may be no need for what it looks for. So it is made to look before that matters.
void look_into_modules(const saker_bpf& skeleton) {
  uint32_t id = 0;
  if (::bpf_btf_get_next_id(id, &id) != 0 && errno == EPERM) {
    static_cast<void>(
        bpf_program__set_attach_target(skeleton.progs.syscall_generic, 0, "no function"));
  }
}

}  // namespace

Skeleton open_skeleton() {
  Skeleton skeleton(saker_bpf__open());
  if (skeleton != nullptr) {
    look_into_modules(*skeleton);
  }
  return skeleton;
}

LogCapture::LogCapture() {
  log_target = &text_;
  ::libbpf_set_print(keep_log);
}

LogCapture::~LogCapture() { log_target = nullptr; }

std::string LogCapture::tail() const {
  constexpr size_t kMaxBytes = 2000;
  return text_.size() <= kMaxBytes ? text_ : "..." + text_.substr(text_.size() - kMaxBytes);
}

bpf_program* find_program(const saker_bpf& skeleton, std::string_view name) {
  bpf_program* program = bpf_object__find_program_by_name(skeleton.obj, std::string(name).c_str());
  SAKER_CHECK(program != nullptr);
  return program;
}

void load_none(const saker_bpf& skeleton) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton.obj) { bpf_program__set_autoload(program, false); }
}

bpf_prog_info info_of(const bpf_program* program) {
  bpf_prog_info info{};
  uint32_t size = sizeof(info);
  const int fd = bpf_program__fd(program);
  return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info : bpf_prog_info{};
}

uint64_t missed_runs(const bpf_program* program) { return info_of(program).recursion_misses; }

}  // namespace saker
