// SPDX-License-Identifier: Apache-2.0
#include "probes/features.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/base/unique_fd.h"
#include "probes/bpf_call.h"

namespace saker {
namespace {

// Loads a program that calls `helper` and returns 0.
UniqueFd load_calling(bpf_func_id helper) {
  std::array<bpf_insn, 3> code{};
  code[0].code = BPF_JMP | BPF_CALL;
  code[0].imm = helper;
  code[1].code = BPF_ALU64 | BPF_MOV | BPF_K;
  code[2].code = BPF_JMP | BPF_EXIT;
  bpf_attr attr;
  std::memset(&attr, 0, sizeof(attr));
  attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
  attr.insn_cnt = code.size();
  attr.insns = reinterpret_cast<uint64_t>(code.data());
  attr.license = reinterpret_cast<uint64_t>("GPL");
  return bpf_call(BPF_PROG_LOAD, attr);
}

std::string errno_text() { return ::strerrordesc_np(errno); }

// The text of a small file, without its line end; empty when it cannot be read.
std::string read_small_file(const char* path) {
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  std::array<char, 256> buffer;
  const ssize_t size = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
  std::string text(buffer.data(), size > 0 ? static_cast<size_t>(size) : 0);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

std::string probe_lockdown() {
  if (read_small_file("/sys/kernel/security/lockdown").find("[confidentiality]") !=
      std::string::npos) {
    return "kernel lockdown is in confidentiality mode; boot with lockdown=integrity or none";
  }
  return "";
}

std::string probe_bpf_call() {
  if (create_map({BPF_MAP_TYPE_ARRAY, 4, 4, 1})) {
    return "";
  }
  if (errno == ENOSYS) {
    return "the kernel has no bpf(2); it needs CONFIG_BPF_SYSCALL";
  }
  if (errno == EPERM) {
    return "not permitted; run as root, or with CAP_BPF and CAP_PERFMON, and allow bpf(2) in the "
           "seccomp profile";
  }
  return "bpf(2) failed: " + errno_text();
}

std::string probe_tracing() {
  if (load_calling(BPF_FUNC_ktime_get_ns)) {
    return "";
  }
  if (errno == EPERM) {
    return "not permitted; run as root, or with CAP_BPF and CAP_PERFMON";
  }
  return "the kernel refuses tracing programs: " + errno_text();
}

std::string probe_btf() {
  if (::access("/sys/kernel/btf/vmlinux", R_OK) == 0) {
    return "";
  }
  return "/sys/kernel/btf/vmlinux cannot be read; the kernel needs CONFIG_DEBUG_INFO_BTF";
}

std::string probe_ring_buffer() {
  const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
  return create_map({BPF_MAP_TYPE_RINGBUF, 0, 0, page})
             ? ""
             : "no BPF ring buffer (" + errno_text() + "); it came with Linux 5.8";
}

std::string probe_task_pointer() {
  return load_calling(BPF_FUNC_get_current_task_btf)
             ? ""
             : "no bpf_get_current_task_btf (" + errno_text() + "); it came with Linux 5.11";
}

struct Probe {
  std::string_view name;
  std::string_view needed_for;
  std::string (*reason)();  // empty: present
};

constexpr Probe kProbes[] = {
    {"bpf call", "anything", probe_bpf_call},
    {"no lockdown", "reading kernel memory", probe_lockdown},
    {"tracing programs", "all hooks", probe_tracing},
    {"kernel BTF", "finding kernel structures", probe_btf},
    {"ring buffer", "delivering records", probe_ring_buffer},
    {"task pointer", "syscall records", probe_task_pointer},
};

}  // namespace

std::vector<Feature> probe_features() {
  std::vector<Feature> features;
  for (const Probe& probe : kProbes) {
    std::string reason = probe.reason();
    features.push_back({probe.name, probe.needed_for, reason.empty(), std::move(reason)});
  }
  return features;
}

}  // namespace saker
