// SPDX-License-Identifier: Apache-2.0
#include "tests/support/policy_model.h"

#include <cstddef>

namespace saker::test {

// The clauses that are left, and those of which something is not known.
struct PolicyModel::View {
  const Operation& operation;
  const ev_filter_group& group;
  uint16_t number;
  ev_clauses left;
  ev_clauses unknown = {};

  // Null: the value is not known.
  void keep(ev_dimension dimension, const ev_clauses* satisfied) {
    for (size_t i = 0; i < EV_CLAUSE_WORDS; ++i) {
      if (satisfied != nullptr) {
        left.words[i] &= satisfied->words[i] | ~group.asking[dimension].words[i];
      } else {
        unknown.words[i] |= group.asking[dimension].words[i];
      }
    }
  }
  [[nodiscard]] bool asks(ev_dimension dimension) const {
    uint64_t asking = 0;
    for (const uint64_t word : group.asking[dimension].words) {
      asking |= word;
    }
    return asking != 0;
  }
};

Answer PolicyModel::ask(ev_hook hook, ev_act act, const Operation& operation) const {
  return ask(filter_.hooks[hook].groups[act], operation);
}

Answer PolicyModel::ask(uint16_t group, const Operation& operation) const {
  if (group == 0) {
    return Answer::kNo;
  }
  const ev_filter_group& tables = filter_.groups[group - 1U];
  View view{operation, tables, group, tables.all};
  for (size_t dimension = 0; dimension < EV_SMALL_DIMS; ++dimension) {
    if (dimension != EV_DIM_TOP) {  // only speeds up the look-up of paths
      const std::optional<uint32_t>& value = operation.small[dimension];
      view.keep(static_cast<ev_dimension>(dimension),
                value ? &tables.small[dimension][*value] : nullptr);
    }
  }
  ask_about_process(view);
  ask_about_paths(view);
  Answer answer = Answer::kNo;
  for (size_t i = 0; i < EV_CLAUSE_WORDS; ++i) {
    if ((view.left.words[i] & ~view.unknown.words[i]) != 0) {
      return Answer::kYes;
    }
    answer = view.left.words[i] != 0 ? Answer::kUnknown : answer;
  }
  return answer;
}

void PolicyModel::ask_about_process(View& view) const {
  const auto keep_by_class = [&](ev_dimension asked, ev_dimension sets,
                                 const std::optional<ev_filter_value>& value) {
    if (view.asks(asked)) {
      view.keep(asked, value ? &reader_.set_of(view.group, sets, *value) : nullptr);
    }
  };
  const auto number = [](ev_class_kind kind, const std::optional<uint32_t>& value) {
    return value ? std::optional(number_value(kind, *value)) : std::nullopt;
  };
  const auto name = [](const std::optional<std::string>& value) {
    return value ? std::optional(name_value(*value)) : std::nullopt;
  };
  const Operation& operation = view.operation;
  keep_by_class(EV_DIM_USER, EV_DIM_USER, number(EV_CLASS_USER, operation.user));
  keep_by_class(EV_DIM_NUMBER, EV_DIM_NUMBER, number(EV_CLASS_NUMBER, operation.number));
  keep_by_class(EV_DIM_NAME, EV_DIM_NAME, name(operation.name));
  keep_by_class(EV_DIM_LATE_NAME, EV_DIM_NAME, name(operation.name));
  keep_by_class(EV_DIM_PARENT_NAME, EV_DIM_PARENT_NAME, name(operation.parent_name));
  keep_by_class(EV_DIM_LATE_PARENT_NAME, EV_DIM_PARENT_NAME, name(operation.parent_name));
}

void PolicyModel::ask_about_paths(View& view) const {
  const auto keep_by_prefix = [&](ev_dimension dimension, uint32_t mark,
                                  const ev_clauses& of_others,
                                  const std::optional<std::string>& bytes) {
    if (!view.asks(dimension)) {
      return;
    }
    const ev_clauses* found =
        bytes ? reader_.find_prefix(static_cast<uint16_t>(view.number | mark), *bytes) : nullptr;
    view.keep(dimension, !bytes ? nullptr : found != nullptr ? found : &of_others);
  };
  const auto key = [](const std::optional<std::string>& path) {
    return path ? std::optional(path_key(*path)) : std::nullopt;
  };
  const Operation& operation = view.operation;
  const ev_filter_group& group = view.group;
  keep_by_prefix(EV_DIM_PATH, EV_PREFIX_PATH, group.other_path, key(operation.path));
  keep_by_prefix(EV_DIM_TARGET, EV_PREFIX_TARGET, group.other_target, key(operation.target));
  keep_by_prefix(EV_DIM_EXE, EV_PREFIX_EXE, group.other_exe, key(operation.exe));
  keep_by_prefix(EV_DIM_ADDRESS, EV_PREFIX_ADDRESS, group.other_address, operation.address);
  if (!view.asks(EV_DIM_PATH_PATTERNS)) {
    return;
  }
  if (!operation.path) {
    view.keep(EV_DIM_PATH_PATTERNS, nullptr);
    return;
  }
  const uint32_t found = reader_.patterns_in(EV_TEXT_PATH, *operation.path);
  for (uint32_t i = 0; i < group.n_asked_patterns[EV_TEXT_PATH]; ++i) {
    const uint8_t pattern = group.asked_patterns[EV_TEXT_PATH][i];
    const ev_pattern_sets& sets = group.patterns[EV_TEXT_PATH][pattern];
    view.keep(EV_DIM_PATH_PATTERNS, (found >> pattern & 1U) != 0 ? &sets.found : &sets.missing);
  }
}

}  // namespace saker::test
