// SPDX-License-Identifier: Apache-2.0
// ProcOperations: what running processes have done, as far as /proc shows it, as records of
// decisions (probes/wire.h): what hooks would have been asked about, had they been there.
//
// A process is taken to have done itself what it has: it may have inherited an open file. Not
// shown: whether an open created its file, the overlay layer of a file, and the script that an
// interpreter runs.
//
// Not thread-safe. Files, mappings and sockets of a process are bounded.
#ifndef SAKER_ENGINE_STATE_PROC_OPERATIONS_H
#define SAKER_ENGINE_STATE_PROC_OPERATIONS_H

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/record_writer.h"
#include "engine/state/inet_sockets.h"
#include "engine/state/proc_files.h"
#include "engine/state/process.h"
#include "probes/wire.h"

namespace saker {

class ProcOperations {
 public:
  using Emit = std::function<void(std::span<const std::byte> record)>;
  using Hooks = std::bitset<EV_HOOKS>;

  static constexpr size_t kMaxDescriptors = 4096;
  static constexpr size_t kMaxMapsBytes = size_t{1} << 20;

  // Those whose operations can be seen afterwards.
  [[nodiscard]] static Hooks shown();

  // `root`: see ProcScan.
  explicit ProcOperations(std::string root = "/");

  // The operations of these hooks, each allowed to be refused (EV_DECISION_DENIED). False: not all
  // of them, because of a bound, or since something could not be read.
  bool read(const Process& process, const Hooks& hooks, const Emit& emit);

 private:
  struct Call;
  void begin(const Process& process, const Call& call);
  void emit_exec(const Process& process, const Emit& emit);
  bool emit_descriptors(const Process& process, const Hooks& hooks, const Emit& emit);
  void emit_open(const Process& process, uint32_t fd, const std::string& link, const Emit& emit);
  void emit_socket(const Process& process, const Hooks& hooks, std::string_view target,
                   const Emit& emit);
  bool emit_mappings(const Process& process, const Emit& emit);

  ProcFiles files_;
  InetSockets sockets_;
  RecordWriter writer_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROC_OPERATIONS_H
