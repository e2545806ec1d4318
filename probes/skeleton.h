// SPDX-License-Identifier: Apache-2.0
// Skeleton: the BPF programs and maps of this program, as libbpf has them. Owner of libbpf: what
// else of it is needed by those who load, attach and ask comes with this header.
#ifndef SAKER_PROBES_SKELETON_H
#define SAKER_PROBES_SKELETON_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <memory>
#include <string>
#include <string_view>

#include "probes/filter_wire.h"
#include "saker.skel.h"

namespace saker {

struct SkeletonDeleter {
  void operator()(saker_bpf* skeleton) const noexcept { saker_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<saker_bpf, SkeletonDeleter>;

// Ready to be configured and loaded; null, with errno: it cannot be.
[[nodiscard]] Skeleton open_skeleton();

struct LinkDeleter {
  void operator()(bpf_link* link) const noexcept { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

// Of this thread, what libbpf and the verifier say while it lives: for a part of an error.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // The last lines: a verifier log says at its end what it did not like.
  [[nodiscard]] std::string tail() const;

 private:
  std::string text_;
};

// Requires: there is one of this name.
[[nodiscard]] bpf_program* find_program(const saker_bpf& skeleton, std::string_view name);
// So that nothing is loaded but what is asked for afterwards.
void load_none(const saker_bpf& skeleton);
// What the kernel counts of a program; all 0 for one that is not loaded.
[[nodiscard]] bpf_prog_info info_of(const bpf_program* program);
// How often the kernel did not run the program because it was running already on the same CPU;
// kernels before 5.12 do not say.
[[nodiscard]] uint64_t missed_runs(const bpf_program* program);

}  // namespace saker

#endif  // SAKER_PROBES_SKELETON_H
