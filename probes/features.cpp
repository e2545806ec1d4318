// SPDX-License-Identifier: Apache-2.0
#include "probes/features.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <array>
#include <bitset>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "engine/base/unique_fd.h"
#include "probes/bpf_call.h"
#include "probes/cgroup_root.h"

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

struct Finding {
  bool is_present = false;
  std::string found;
  std::string remedy = {};
};

Finding present() { return {true, "yes"}; }

constexpr std::string_view kPrivileges = "run as root, or with CAP_BPF and CAP_PERFMON";

// What bpf(2) said no to, by errno.
Finding refused(const std::string& what, std::string remedy) {
  if (errno == EPERM) {
    return {false, "not permitted", std::string(kPrivileges)};
  }
  return {false, what + ": " + errno_text(), std::move(remedy)};
}

Finding probe_lockdown() {
  // "none [integrity] confidentiality"
  const std::string modes = read_small_file("/sys/kernel/security/lockdown");
  const size_t begin = modes.find('[');
  if (begin == std::string::npos) {
    return {true, "not told: no securityfs, or a kernel without lockdown"};
  }
  const std::string mode = modes.substr(begin + 1, modes.find(']') - begin - 1);
  if (mode == "confidentiality") {
    return {false, "kernel lockdown is in confidentiality mode",
            "boot with lockdown=integrity or none"};
  }
  return {true, "lockdown mode " + mode};
}

Finding probe_bpf_call() {
  if (create_map({BPF_MAP_TYPE_ARRAY, 4, 4, 1})) {
    return present();
  }
  if (errno == ENOSYS) {
    return {false, "the kernel has no bpf(2)", "a kernel with CONFIG_BPF_SYSCALL"};
  }
  if (errno == EPERM) {
    return {false, "not permitted",
            std::string(kPrivileges) + ", and allow bpf(2) in the seccomp profile"};
  }
  return {false, "bpf(2) failed: " + errno_text(), ""};
}

Finding probe_tracing() {
  if (load_calling(BPF_FUNC_ktime_get_ns)) {
    return present();
  }
  return refused("the kernel refuses tracing programs", "");
}

Finding probe_btf() {
  if (::access("/sys/kernel/btf/vmlinux", R_OK) == 0) {
    return present();
  }
  return {false, "/sys/kernel/btf/vmlinux cannot be read", "a kernel with CONFIG_DEBUG_INFO_BTF"};
}

Finding probe_ring_buffer() {
  const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
  if (create_map({BPF_MAP_TYPE_RINGBUF, 0, 0, page})) {
    return present();
  }
  return refused("no BPF ring buffer", "Linux 5.8 or later");
}

// Nothing is loaded: a kernel that has such programs gets as far as to complain, in its log, about
// the function they are to be attached to, which is none.
Finding probe_lsm_programs() {
  std::array<bpf_insn, 2> code{};
  code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  code[1].code = BPF_JMP | BPF_EXIT;
  std::array<char, 256> log{};
  bpf_attr attr;
  std::memset(&attr, 0, sizeof(attr));
  attr.prog_type = BPF_PROG_TYPE_LSM;
  attr.expected_attach_type = BPF_LSM_MAC;
  attr.attach_btf_id = 1;
  attr.insn_cnt = code.size();
  attr.insns = reinterpret_cast<uint64_t>(code.data());
  attr.license = reinterpret_cast<uint64_t>("GPL");
  attr.log_level = 1;
  attr.log_buf = reinterpret_cast<uint64_t>(log.data());
  attr.log_size = log.size();
  if (bpf_call(BPF_PROG_LOAD, attr) || std::string_view(log.data()).find("attach_btf_id") == 0) {
    return present();
  }
  return {false, "the kernel refuses programs at LSM hooks: " + errno_text(),
          "a kernel with CONFIG_BPF_LSM that allows BPF trampolines"};
}

// Without it programs load and are never run.
Finding probe_active_lsms() {
  const std::string active = read_small_file("/sys/kernel/security/lsm");
  if (("," + active + ",").find(",bpf,") != std::string::npos) {
    return present();
  }
  return active.empty()
             ? Finding{false, "/sys/kernel/security/lsm cannot be read", "mount securityfs"}
             : Finding{false, "BPF is not among the active LSMs: " + active,
                       "boot with lsm=" + active + ",bpf"};
}

// A program that allows all, loaded and attached to nothing.
Finding probe_cgroup_programs() {
  std::array<bpf_insn, 2> code{};
  code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  code[0].imm = 1;
  code[1].code = BPF_JMP | BPF_EXIT;
  bpf_attr attr;
  std::memset(&attr, 0, sizeof(attr));
  attr.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
  attr.expected_attach_type = BPF_CGROUP_INET4_CONNECT;
  attr.insn_cnt = code.size();
  attr.insns = reinterpret_cast<uint64_t>(code.data());
  attr.license = reinterpret_cast<uint64_t>("GPL");
  if (bpf_call(BPF_PROG_LOAD, attr)) {
    return present();
  }
  return errno == EPERM ? Finding{false, "not permitted", "run as root, or with CAP_NET_ADMIN, too"}
                        : Finding{false, "the kernel refuses programs of cgroups: " + errno_text(),
                                  "a kernel with CONFIG_CGROUP_BPF"};
}

Finding probe_cgroups() {
  if (can_decide()) {
    return {true, "not needed: LSM programs decide"};
  }
  if (const Result<void> can = can_decide_at_cgroups(); !can) {
    return {false, can.error().what, can.error().hint};
  }
  return {true, "yes: connections, datagrams and binds of TCP and UDP can be refused"};
}

struct Probe {
  std::string_view name;
  std::string_view needed_for;
  bool is_required;
  Finding (*find)();
};

constexpr Probe kProbes[] = {
    {"bpf call", "anything", true, probe_bpf_call},
    {"lockdown", "reading kernel memory", true, probe_lockdown},
    {"tracing programs", "all hooks", true, probe_tracing},
    {"kernel BTF", "finding kernel structures", true, probe_btf},
    {"ring buffer", "delivering records", true, probe_ring_buffer},
    {"LSM programs", "refusing operations", false, probe_lsm_programs},
    {"cgroup programs", "refusing connections without LSM programs", false, probe_cgroups},
};

}  // namespace

Result<void> can_decide() {
  for (const Finding& finding : {probe_lsm_programs(), probe_active_lsms()}) {
    if (!finding.is_present) {
      return Error{finding.found, 0, finding.remedy};
    }
  }
  return {};
}

Result<void> can_decide_at_cgroups() {
  if (const Finding finding = probe_cgroup_programs(); !finding.is_present) {
    return Error{finding.found, 0, finding.remedy};
  }
  const Result<UniqueFd> root = open_cgroup_root();
  return root ? Result<void>() : root.error();
}

HookFinding find_hooks() {
  const Result<void> lsm = can_decide();
  if (lsm) {
    return {HookMeans::kLsm, {}};
  }
  const Result<void> cgroups = can_decide_at_cgroups();
  const std::bitset<EV_HOOKS> of_cgroups = hooks_by(HookMeans::kCgroups);
  HookFinding finding{cgroups ? HookMeans::kCgroups : HookMeans::kNone, {}};
  for (size_t hook = 0; hook < EV_HOOKS; ++hook) {
    if (!of_cgroups[hook]) {
      finding.missing[hook] = lsm.error().what;
    } else if (!cgroups) {
      finding.missing[hook] = lsm.error().what + "; " + cgroups.error().what;
    }
  }
  return finding;
}

std::vector<Feature> probe_features() {
  std::vector<Feature> features;
  for (const Probe& probe : kProbes) {
    Finding finding = probe.find();
    features.push_back({probe.name, probe.needed_for, probe.is_required, finding.is_present,
                        std::move(finding.found), std::move(finding.remedy)});
  }
  return features;
}

Error refused_load(std::string what, int errno_value, std::string log) {
  for (const Feature& feature : probe_features()) {
    if (feature.is_required && !feature.is_present) {
      std::string hint = std::string(feature.name) + ": " + feature.found;
      if (!feature.remedy.empty()) {
        hint += "; " + feature.remedy;
      }
      return Error{std::move(what), errno_value, std::move(hint)};
    }
  }
  return Error{std::move(what), errno_value, std::move(log)};
}

}  // namespace saker
