// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bpf_programs.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace saker::bench {
namespace {

UniqueFd bpf(bpf_cmd command, bpf_attr& attr) {
  return UniqueFd(static_cast<int>(::syscall(SYS_bpf, command, &attr, sizeof(attr))));
}

uint64_t address_of(const void* memory) { return reinterpret_cast<uintptr_t>(memory); }

bool is_tracing(uint32_t type) {
  constexpr std::array<uint32_t, 5> kTypes = {BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACEPOINT,
                                              BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_TRACING,
                                              BPF_PROG_TYPE_LSM};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// Type of the program with this id; BPF_PROG_TYPE_UNSPEC when it is gone.
uint32_t type_of(uint32_t id) {
  bpf_attr open{};
  open.prog_id = id;
  const UniqueFd program = bpf(BPF_PROG_GET_FD_BY_ID, open);
  bpf_prog_info info{};
  bpf_attr query{};
  query.info.bpf_fd = static_cast<uint32_t>(program.get());
  query.info.info_len = sizeof(info);
  query.info.info = address_of(&info);
  ::syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &query, sizeof(query));
  return info.type;
}

}  // namespace

size_t count_tracing_programs() {
  size_t count = 0;
  bpf_attr next{};
  while (::syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &next, sizeof(next)) == 0) {
    count += is_tracing(type_of(next.next_id)) ? 1U : 0U;
    next.start_id = next.next_id;
  }
  return count;
}

Result<EmptyProgram> EmptyProgram::attach() {
  // r0 = 0; exit
  constexpr std::array<bpf_insn, 2> kCode = {
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K,
               .dst_reg = BPF_REG_0,
               .src_reg = 0,
               .off = 0,
               .imm = 0},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  bpf_attr load{};
  load.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
  load.insns = address_of(kCode.data());
  load.insn_cnt = kCode.size();
  load.license = address_of("GPL");
  UniqueFd program = bpf(BPF_PROG_LOAD, load);
  if (!program) {
    return Error{"cannot load an empty BPF program", errno, ""};
  }
  bpf_attr open{};
  open.raw_tracepoint.name = address_of("sys_exit");
  open.raw_tracepoint.prog_fd = static_cast<uint32_t>(program.get());
  UniqueFd link = bpf(BPF_RAW_TRACEPOINT_OPEN, open);
  if (!link) {
    return Error{"cannot attach an empty BPF program to sys_exit", errno, ""};
  }
  return EmptyProgram(std::move(program), std::move(link));
}

}  // namespace saker::bench
