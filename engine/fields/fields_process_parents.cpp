// SPDX-License-Identifier: Apache-2.0
// Fields of the parent (p...) and of all ancestors (a...).
#include <algorithm>
#include <array>
#include <string_view>

#include "engine/fields/fields_process.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// Longer chains are cut: a list of values costs Scratch in every condition that asks for one.
constexpr size_t kMaxAncestors = 128;

template <typename Visit>
void for_each_ancestor(const Event& event, Visit visit) noexcept {
  const Process* process = &event.process();
  for (size_t i = 0; i < kMaxAncestors; ++i) {
    process = parent_of(event, *process);
    if (process == nullptr || process == &event.process() || !visit(*process)) {
      return;
    }
  }
}

// A list, nearest first, without those that have no value; missing when none has one.
Value ancestors(const Event& event, ProcessReader read) noexcept {
  std::array<Value, kMaxAncestors> found;
  size_t count = 0;
  for_each_ancestor(event, [&](const Process& process) {
    const Value value = read(event, process);
    if (!value.is_missing()) {
      found[count++] = value;
    }
    return true;
  });
  const std::span<Value> values = event.scratch().allocate<Value>(count);
  std::copy_n(found.begin(), values.size(), values.begin());
  return values.empty() ? Value::missing() : Value::of_list(values);
}

Value ancestor(const Event& event, uint32_t n, ProcessReader read) noexcept {
  const Process* process = event.world().processes->ancestor(event.process(), n);
  return process != nullptr ? read(event, *process) : Value::missing();
}

template <ProcessReader Read>
Value of_parent(const Event& event, const FieldArgs&) noexcept {
  const Process* parent = parent_of(event, event.process());
  return parent != nullptr ? Read(event, *parent) : Value::missing();
}

template <ProcessReader Read>
Value of_ancestors(const Event& event, const FieldArgs& args) noexcept {
  return args.kind == FieldArgs::Kind::kIndex ? ancestor(event, args.index, Read)
                                              : ancestors(event, Read);
}

Value arguments_of_ancestors(const Event& event, const FieldArgs& args) noexcept {
  if (args.kind == FieldArgs::Kind::kIndex) {
    return ancestor(event, args.index, process_args);
  }
  PieceList texts;
  for_each_ancestor(event, [&](const Process& process) {
    if (!process.args_text.empty()) {
      texts.add_item(" ", process.args_text);
    }
    return true;
  });
  return texts.empty() ? Value::missing() : Value::of_text(texts.join(event.scratch()));
}

Value environment_of_ancestors(const Event& event, const FieldArgs& args) noexcept {
  if (args.kind != FieldArgs::Kind::kKey) {
    return of_ancestors<process_env>(event, args);
  }
  std::string_view value;
  for_each_ancestor(event, [&](const Process& process) {
    value = environment_value(process, args.key);
    return value.empty();
  });
  return Value::of_text(value);
}

// Whatever the shell is called: sh, bash, zsh, ...
Value login_shell(const Event& event, const FieldArgs&) noexcept {
  const Process* farthest = nullptr;
  const auto visit = [&](const Process& process) {
    if (process.comm.ends_with("sh")) {
      farthest = &process;
    }
    return true;
  };
  visit(event.process());
  for_each_ancestor(event, visit);
  return farthest != nullptr ? Value::of_int(farthest->key.pid) : Value::missing();
}

Value parent_pid(const Event& event, const FieldArgs&) noexcept {
  return event.task().ppid != 0 ? Value::of_int(event.task().ppid) : Value::missing();
}

constexpr uint16_t kAncestorFlags = kFieldNoRhs | kFieldNoTransformer;

constexpr FieldDef kFields[] = {
    {"proc.pexe", kCharBuf, kNone, "First argument of the parent's exec call.",
     of_parent<process_exe>, kOne, kDecimal, kFieldForgeable},
    {"proc.aexe", kCharBuf, kOptionalIndex,
     "First exec argument of ancestor N (0: the process, 1: its parent), or of any ancestor.",
     of_ancestors<process_exe>, kAncestors, kDecimal, kAncestorFlags | kFieldForgeable},
    {"proc.pexepath", kCharBuf, kNone, "Path of the parent's executable.",
     of_parent<process_exe_path>},
    {"proc.aexepath", kCharBuf, kOptionalIndex,
     "Path of the executable of ancestor N, or of any ancestor.", of_ancestors<process_exe_path>,
     kAncestors, kDecimal, kAncestorFlags},
    {"proc.pname", kCharBuf, kNone, "Name of the parent process.", of_parent<process_name>, kOne,
     kDecimal, kFieldForgeable},
    {"proc.aname", kCharBuf, kOptionalIndex, "Name of ancestor N, or of any ancestor.",
     of_ancestors<process_name>, kAncestors, kDecimal, kAncestorFlags | kFieldForgeable},
    {"proc.aargs", kCharBuf, kOptionalIndex,
     "Arguments of ancestor N, or those of all ancestors in one text.", arguments_of_ancestors,
     kOne, kDecimal, kFieldForgeable},
    {"proc.pcmdline", kCharBuf, kNone, "Name and arguments of the parent.",
     of_parent<process_cmdline>, kOne, kDecimal, kFieldForgeable},
    {"proc.acmdline", kCharBuf, kOptionalIndex,
     "Name and arguments of ancestor N, or of any ancestor.", of_ancestors<process_cmdline>,
     kAncestors, kDecimal, kAncestorFlags | kFieldForgeable},
    {"proc.aenv", kCharBuf, kOptionalIndexOrKey,
     "Environment of ancestor N or of any ancestor, or the nearest value of a variable among them.",
     environment_of_ancestors, kAncestors, kDecimal, kAncestorFlags | kFieldForgeable},
    {"proc.loginshellid", kInt64, kNone,
     "Process id of the farthest shell among the process and its ancestors.", login_shell, kOne,
     kId},
    {"proc.ppid", kInt64, kNone, "Process id of the parent.", parent_pid, kOne, kId},
    {"proc.apid", kInt64, kOptionalIndex, "Process id of ancestor N, or of any ancestor.",
     of_ancestors<process_pid>, kAncestors, kId, kAncestorFlags},
    {"proc.pvpid", kInt64, kNone, "Process id of the parent in the parent's own pid namespace.",
     of_parent<process_vpid>, kOne, kId},
    {"proc.ppid.duration", kRelTime, kNone, "Nanoseconds since the parent was created.",
     of_parent<process_duration>},
    {"proc.ppid.ts", kRelTime, kNone, "When the parent was created, in nanoseconds of Unix time.",
     of_parent<process_start>},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> process_parent_fields() { return kFields; }

}  // namespace saker
