// SPDX-License-Identifier: Apache-2.0
#include "tests/support/filter_model.h"

#include <algorithm>
#include <cstring>

#include "engine/event_catalog.h"
#include "engine/state/container.h"
#include "engine/state/process_table.h"

namespace saker::test {
namespace {

constexpr uint64_t kCreates = 0100 | 020000000;  // O_CREAT, O_TMPFILE

uint64_t argument(const Event& event, uint8_t arg) {
  return arg == EV_ARG_RET ? static_cast<uint64_t>(event.return_value())
         : arg < 6         ? event.arg(arg)
                           : 0;
}

}  // namespace

ev_filter_value name_value(std::string_view name) {
  ev_filter_value value{};
  value.kind = EV_CLASS_NAME;
  name.copy(value.bytes, sizeof(value.bytes));
  return value;
}

ev_filter_value number_value(ev_class_kind kind, uint32_t number) {
  ev_filter_value value{};
  value.kind = kind;
  std::memcpy(value.bytes, &number, sizeof(number));
  return value;
}

std::string path_key(std::string_view path) {
  std::string key(path.substr(0, EV_PREFIX_MAX));
  if (key.size() < EV_PREFIX_MAX) {
    key += '\0';
  }
  return key;
}

uint32_t TableReader::class_of(const ev_filter_value& value) const {
  const auto found = std::ranges::find_if(filter_.classes, [&value](const ev_filter_class& entry) {
    return entry.value.kind == value.kind && std::ranges::equal(entry.value.bytes, value.bytes);
  });
  return found != filter_.classes.end() ? found->number : 0;
}

const ev_clauses& TableReader::set_of(const ev_filter_group& group, ev_dimension dimension,
                                      const ev_filter_value& value) const {
  return filter_.sets[group.sets[dimension - EV_DIM_USER] + class_of(value)];
}

const ev_clauses* TableReader::find_prefix(uint16_t group, std::string_view bytes) const {
  const auto begins_with = [bytes](const ev_filter_prefix& prefix) {
    const size_t bits = prefix.bits - 8 * sizeof(prefix.group);
    const size_t whole = bits / 8;
    if (bits > 8 * bytes.size() || std::memcmp(prefix.path, bytes.data(), whole) != 0) {
      return false;
    }
    const unsigned differ =
        bits % 8 == 0
            ? 0U
            : static_cast<unsigned>(prefix.path[whole] ^ static_cast<uint8_t>(bytes[whole]));
    return differ >> (8 - bits % 8) == 0;
  };
  const ev_filter_prefix_entry* longest = nullptr;
  for (const ev_filter_prefix_entry& entry : filter_.prefixes) {
    const bool is_longer = longest == nullptr || entry.prefix.bits > longest->prefix.bits;
    if (entry.prefix.group == group && is_longer && begins_with(entry.prefix)) {
      longest = &entry;
    }
  }
  return longest != nullptr ? &longest->clauses : nullptr;
}

uint32_t TableReader::patterns_in(ev_automaton_text text, std::string_view bytes) const {
  const ev_automaton& automaton = filter_.automata[text];
  uint32_t state = 0;
  uint32_t found = 0;
  char before = 0;
  for (const char byte : bytes) {
    if (byte != '/' || before != '/') {
      const uint8_t byte_class = automaton.class_of[static_cast<uint8_t>(byte)];
      state = automaton.next[state << automaton.class_bits | byte_class];
      found |= automaton.anywhere[state];
    }
    before = byte;
  }
  return found | automaton.at_end[state];
}

struct FilterModel::View {
  const Event& event;
  const ev_filter_call& call;
  const ev_filter_group& group;
  ev_clauses left;

  void keep(const ev_clauses& satisfied) {
    for (size_t i = 0; i < EV_CLAUSE_WORDS; ++i) {
      left.words[i] &= satisfied.words[i];
    }
  }
  [[nodiscard]] bool asks(ev_dimension dimension) const {
    return std::ranges::any_of(group.asking[dimension].words,
                               [](uint64_t word) { return word != 0; });
  }
  void keep_number(ev_dimension dimension, uint32_t value) {
    keep(group.small[dimension][value % EV_SMALL_VALUES]);
  }
};

bool FilterModel::passes(const Event& event) const {
  const auto nr = static_cast<size_t>(event.def().syscall_nr);
  const ev_filter_call& call = filter_.calls[nr];
  if (call.group == 0) {
    return true;
  }
  const ev_filter_group& group = filter_.groups[call.group - 1U];
  View view{event, call, group, group.all};
  view.keep_number(EV_DIM_RESULT, event.return_value() < 0 ? 1 : 0);
  if (call.flags_arg != EV_NO_ARG) {
    const uint64_t flags = argument(event, call.flags_arg);
    const uint64_t mode = argument(event, call.mode_arg);
    view.keep_number(EV_DIM_INTENT, static_cast<uint32_t>(flags & EV_INTENT_ACCESS) |
                                        ((flags & kCreates) != 0 ? EV_INTENT_CREATE : 0) |
                                        ((mode & 0111) != 0 ? EV_INTENT_EXECUTABLE : 0));
  }
  keep_by_descriptor(view);
  keep_by_task(view);
  if (const Section& given = event.section(EV_SEC_STRING);
      call.path_arg != EV_NO_ARG && given && given.flags == 0) {
    keep_by_text(view, EV_TEXT_GIVEN, given.bytes);
  }
  return std::ranges::any_of(view.left.words, [](uint64_t word) { return word != 0; });
}

void FilterModel::keep_by_descriptor(View& view) const {
  const Event& event = view.event;
  const ev_file* file = event.file();
  if (view.call.fd_arg == EV_NO_ARG || file == nullptr ||
      (view.call.fd_on_success != 0 && event.return_value() < 0)) {
    return;
  }
  view.keep_number(EV_DIM_FILE_KIND, (file->inode.mode >> 12U) & 15U);
  if (event.socket() != nullptr || event.section(EV_SEC_FILE).flags != 0) {
    return;
  }
  const std::string_view path = event.file_path();
  keep_by_top(view, path);
  keep_by_path(view, path);
  keep_by_text(view, EV_TEXT_PATH, path);
}

void FilterModel::keep_by_task(View& view) const {
  const Event& event = view.event;
  const EventWorld& world = event.world();
  if (world.containers->knows(event.task().cgroup_id)) {
    const bool is_host = world.containers->find(event.task().cgroup_id).short_id() == "host";
    view.keep_number(EV_DIM_PLACE, is_host ? EV_PLACE_HOST : EV_PLACE_CONTAINER);
  }
  keep_by_class(view, EV_DIM_USER, number_value(EV_CLASS_USER, event.task().euid));
  const Process& process = event.process();
  keep_by_class(view, EV_DIM_NAME, name_value(process.comm));
  if (const Process* parent = world.processes->find(process.parent)) {
    keep_by_class(view, EV_DIM_PARENT_NAME, name_value(parent->comm));
  }
}

void FilterModel::keep_by_class(View& view, ev_dimension dimension,
                                const ev_filter_value& value) const {
  const bool asks_late = (dimension == EV_DIM_NAME && view.asks(EV_DIM_LATE_NAME)) ||
                         (dimension == EV_DIM_PARENT_NAME && view.asks(EV_DIM_LATE_PARENT_NAME));
  if (view.asks(dimension) || asks_late) {
    view.keep(reader_.set_of(view.group, dimension, value));
  }
}

void FilterModel::keep_by_top(View& view, std::string_view path) const {
  const size_t end = path.find('/', 1);
  const std::string_view top = path.substr(1, end == path.npos ? end : end - 1);
  if (!view.asks(EV_DIM_TOP) || !path.starts_with('/') || top.empty() ||
      top.size() >= EV_COMM_SIZE) {
    return;
  }
  const ev_filter_value name = name_value(top);
  const auto* const last = view.group.tops + view.group.n_tops;
  const auto* const found =
      std::find_if(view.group.tops, last, [&name](const ev_filter_top& candidate) {
        return std::ranges::equal(candidate.name, name.bytes);
      });
  view.keep(found != last ? found->clauses : view.group.other_top);
}

void FilterModel::keep_by_path(View& view, std::string_view path) const {
  if (view.asks(EV_DIM_PATH)) {
    const ev_clauses* found = reader_.find_prefix(view.call.group, path_key(path));
    view.keep(found != nullptr ? *found : view.group.other_path);
  }
}

void FilterModel::keep_by_text(View& view, ev_automaton_text text, std::string_view bytes) const {
  if (view.group.n_asked_patterns[text] == 0) {
    return;
  }
  const uint32_t found = reader_.patterns_in(text, bytes);
  for (uint32_t i = 0; i < view.group.n_asked_patterns[text]; ++i) {
    const uint8_t pattern = view.group.asked_patterns[text][i];
    const ev_pattern_sets& sets = view.group.patterns[text][pattern];
    view.keep((found >> pattern & 1U) != 0 ? sets.found : sets.missing);
  }
}

}  // namespace saker::test
