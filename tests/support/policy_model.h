// SPDX-License-Identifier: Apache-2.0
// PolicyModel: what a hook's program decides about an operation, computed from the same tables.
#ifndef SAKER_TESTS_SUPPORT_POLICY_MODEL_H
#define SAKER_TESTS_SUPPORT_POLICY_MODEL_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/filter/kernel_filter.h"
#include "tests/support/filter_model.h"

namespace saker::test {

// What the kernel knows of it. Absent: it could not be read.
struct Operation {
  std::array<std::optional<uint32_t>, EV_SMALL_DIMS> small;
  std::optional<uint32_t> user;
  std::optional<uint32_t> number;
  std::optional<std::string> name;
  std::optional<std::string> parent_name;
  std::optional<std::string> path;
  std::optional<std::string> target;
  std::optional<std::string> exe;
  std::optional<std::string> address;  // 16 bytes
};

enum class Answer : uint8_t { kNo, kYes, kUnknown };

class PolicyModel {
 public:
  // Borrows the filter.
  explicit PolicyModel(const KernelFilter& filter) : filter_(filter), reader_(filter) {}

  // Whether the hook's act is for this operation.
  [[nodiscard]] Answer ask(ev_hook hook, ev_act act, const Operation& operation) const;
  // The same of exact groups of calls; `group`: number + 1.
  [[nodiscard]] Answer ask(uint16_t group, const Operation& operation) const;

 private:
  struct View;

  void ask_about_process(View& view) const;
  void ask_about_paths(View& view) const;

  const KernelFilter& filter_;
  TableReader reader_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_POLICY_MODEL_H
