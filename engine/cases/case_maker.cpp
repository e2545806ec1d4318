// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_maker.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/cases/calls.h"
#include "engine/cases/case_keys.h"
#include "engine/state/container_metadata.h"
#include "engine/state/process.h"
#include "engine/state/users.h"

namespace saker {
namespace {

// What is given when it is not what would be made of the rest.
template <typename T>
std::optional<T> unless(T value, T fallback) {
  return value == fallback ? std::nullopt : std::optional<T>(value);
}

std::string yaml_of(const CaseIdentity& identity) {
  std::string text;
  write_keys(text, identity_keys(), identity);
  return text;
}

std::vector<std::string> split_at_nul(std::string_view bytes) {
  std::vector<std::string> texts;
  while (!bytes.empty()) {
    const std::string_view text = bytes.substr(0, bytes.find('\0'));
    texts.emplace_back(text);
    bytes.remove_prefix(std::min(bytes.size(), text.size() + 1));
  }
  return texts;
}

CaseImage image_of(const Process& process, bool with_environment) {
  CaseImage image;
  image.path = process.exe_path;
  if (process.comm != image.comm()) {
    image.name = process.comm;
  }
  if (process.exe != image.path) {
    image.exe = process.exe;
  }
  for (const std::string_view arg : process.args) {
    image.args.emplace_back(arg);
  }
  if (with_environment) {
    image.env = split_at_nul(process.env);
  }
  image.flags = process.exe_inode.flags;
  return image;
}

CaseSocket socket_of(const Event& event) {
  CaseSocket socket;
  socket.socket = *event.socket();
  socket.path = event.socket_path();
  return socket;
}

// The open file of a call, when it is not the one that the call names.
CaseFile file_of(const Event& event, const CaseEvent& call) {
  CaseFile file;
  file.flags = event.file()->inode.flags;
  file.mode = event.file()->inode.mode;
  const auto named = std::ranges::find_if(call.texts, [](const auto& t) { return t.has_value(); });
  if (named == call.texts.end() || *named != event.file_path()) {
    file.path = event.file_path();
  }
  return file;
}

constexpr bool is_family_of_cases(uint16_t family) {
  return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

// What one step of a capture plan has read.
void take_step(const Event& event, const ev_plan_step& step, CaseEvent& call) {
  const auto text = [&](ev_section_kind kind) {
    const Section& section = event.section(kind, step.slot);
    return section ? std::optional(std::string(section.bytes)) : std::nullopt;
  };
  switch (step.op) {
    case EV_OP_STRING:
      call.texts[step.arg] = text(EV_SEC_STRING);
      break;
    case EV_OP_BASE:
      (step.slot == 0 ? call.dir : call.new_dir) = text(EV_SEC_BASE).value_or("");
      break;
    case EV_OP_SOCKADDR:
    case EV_OP_MSGHDR:
      call.addr = text(EV_SEC_SOCKADDR).value_or("");
      break;
    case EV_OP_BYTES:
    case EV_OP_STRUCT:
      call.data = text(EV_SEC_BYTES).value_or("");
      break;
    default:
      break;
  }
}

}  // namespace

CaseMaker::CaseMaker(std::shared_ptr<const RuleSet> rules, const RecordedEvents& recorded,
                     Options options)
    : options_(std::move(options)),
      rules_(std::move(rules)),
      matcher_(rules_),
      evaluator_(rules_->program()),
      candidates_(rules_->rules().size()),
      tracker_(recorded.tracker_options()) {
  made_.source = std::make_shared<const SourceText>(options_.name, "");
  made_.name = options_.name;
}

void CaseMaker::take(std::span<const std::byte> record) {
  if (event_.decode(record) != DecodeError::kNone) {
    ++undecodable_;
    return;
  }
  tracker_.apply(event_);
  if (event_.is_matchable() && made_.events.size() <= kMaxEvents) {
    if (is_tried()) {
      add_event();
    } else if (changes_actor()) {
      made_.events.push_back(call());
    }
  }
  tracker_.finish(event_);
}

bool CaseMaker::is_tried() {
  bool is_any = false;
  evaluator_.start();
  rules_->index().find(event_.code(), event_, evaluator_, candidates_);
  candidates_.drain([&](uint32_t /*rule*/) {
    is_any = true;
    return true;
  });
  return is_any;
}

// What processes are from then on, rules may see in later events.
bool CaseMaker::changes_actor() const {
  const bool is_change =
      event_.exec() != nullptr || (event_.section(EV_SEC_CWD) && event_.return_value() >= 0);
  return is_change && described_.contains(event_.task().pid);
}

void CaseMaker::add_event() {
  describe_all();
  made_.events.push_back(call());
  const auto matched = matcher_.match(event_);
  event_.show_outcome();
  for (const uint32_t index : matched) {
    const auto alert = saker::describe(event_, rules_->rules()[index]);
    CaseAlert& expected = made_.alerts.emplace_back();
    expected.rule.value = alert->rule;
    for (const auto& [name, value] : alert->fields) {
      expected.fields.push_back({Text{name, nullptr, {}}, Text{text_of(value), nullptr, {}}});
    }
  }
}

void CaseMaker::describe_all() {
  // Those that the call is about.
  for (const ParamDef& param : event_.def().params) {
    const Value pid = param.type == FieldType::kPid ? param.read(event_) : Value::missing();
    const Process* process =
        pid.is_missing() ? nullptr
                         : tracker_.processes().find_by_pid(static_cast<uint32_t>(pid.as_int()));
    if (process != nullptr) {
      describe_line(*process);
    }
  }
  describe_line(event_.process());
}

void CaseMaker::describe_line(const Process& last) {
  std::vector<const Process*> line;
  for (const Process* process = &last; process != nullptr;
       process = tracker_.processes().parent_of(*process)) {
    line.push_back(process);
  }
  std::for_each(line.rbegin(), line.rend(), [&](const Process* process) {
    CaseProcess described = describe_process(*process);
    add_users(described.identity);
    add_container(*process);
    add_process(std::move(described));
  });
}

void CaseMaker::add_process(CaseProcess process) {
  if (process.image.comm().empty()) {
    return;  // nothing is known of it but what the event says
  }
  const auto [at, is_new] = described_.try_emplace(process.pid, process.identity);
  if (is_new) {
    made_.processes.push_back(std::move(process));
  } else if (yaml_of(at->second) != yaml_of(process.identity)) {
    CaseEvent change;
    change.type = "process";
    change.pid = process.pid;
    change.identity = process.identity;
    made_.events.push_back(std::move(change));
    at->second = std::move(process.identity);
  }
}

CaseProcess CaseMaker::describe_process(const Process& process) const {
  const ev_task& task = process.task;
  CaseProcess described;
  described.image = image_of(process, options_.with_environment);
  described.pid = process.key.pid;
  CaseIdentity& who = described.identity;
  const Process* parent = tracker_.processes().parent_of(process);
  who.parent = parent != nullptr ? parent->key.pid : process.parent.pid;
  who.uid = task.uid;
  who.euid = unless(task.euid, task.uid);
  who.gid = unless(task.gid, task.uid);
  who.egid = unless(task.egid, task.gid);
  who.loginuid = task.loginuid;
  who.tty = task.tty;
  who.vpid = unless(task.vpid, task.pid);
  who.sid = unless(task.sid, task.pid);
  who.pgid = unless(task.pgid, task.pid);
  who.caps = unless<uint64_t>(task.cap_effective, task.euid == 0 ? kAllCaps : 0);
  described.cwd = process.cwd.empty() ? "/" : process.cwd;
  if (const Container* container = tracker_.containers().find_container(task.cgroup_id)) {
    who.cgroup = container->cgroup_path;
  }
  return described;
}

void CaseMaker::add_users(const CaseIdentity& who) {
  const UserTable& users = *event_.world().users;
  const uint32_t gid = who.gid.value_or(who.uid);
  for (const uint32_t uid : {who.uid, who.euid.value_or(who.uid), who.loginuid}) {
    const User* user = users.find_user(uid);
    if (user != nullptr && users_.insert(uid).second) {
      made_.users.push_back({uid, user->name, user->home, user->shell});
    }
  }
  for (const uint32_t id : {gid, who.egid.value_or(gid)}) {
    const std::string_view name = users.group_name(id);
    if (!name.empty() && groups_.insert(id).second) {
      made_.groups.push_back({id, std::string(name)});
    }
  }
}

void CaseMaker::add_container(const Process& process) {
  const Container* container = tracker_.containers().find_container(process.task.cgroup_id);
  if (container != nullptr && container->metadata != nullptr &&
      containers_.insert(container->cgroup_path).second) {
    const ContainerMetadata& metadata = *container->metadata;
    made_.containers.push_back({container->cgroup_path, metadata.name, metadata.image,
                                metadata.privileged.value_or(false)});
  }
}

CaseEvent CaseMaker::call() const {
  CaseEvent event;
  event.type = event_.def().name;
  event.pid = event_.task().pid;
  if (event_.exec() != nullptr) {
    event.image = image_of(event_.process(), options_.with_environment);
    return event;
  }
  if (event_.syscall() == nullptr) {
    return event;
  }
  event.ret = event_.syscall()->ret;
  for (size_t i = 0; i < event.args.size(); ++i) {
    const bool is_value = argument_kind(event_.def(), i) == ArgumentKind::kNumber;
    event.args[i] = is_value ? event_.syscall()->args[i] : 0;
  }
  for (const ev_plan_step& step : event_.def().plan) {
    take_step(event_, step, event);
  }
  const std::string& cwd = event_.process().cwd;
  event.dir = event.dir == cwd ? "" : event.dir;
  event.new_dir = event.new_dir == cwd ? "" : event.new_dir;
  if (event_.socket() != nullptr && is_family_of_cases(event_.socket()->family)) {
    event.socket = socket_of(event_);
  } else if (event_.file() != nullptr) {
    event.file = file_of(event_, event);
  }
  return event;
}

Result<Case> CaseMaker::finish() && {
  if (undecodable_ != 0) {
    return Error{std::to_string(undecodable_) + " of the records cannot be decoded", 0,
                 "the file is corrupt"};
  }
  if (made_.events.size() > kMaxEvents) {
    return Error{"rules had to be tried for more than " + std::to_string(kMaxEvents) + " events", 0,
                 "record for a shorter time or with fewer rules, or name the file in a case: "
                 "'capture: FILE'"};
  }
  if (made_.events.empty()) {
    return Error{"no rule had to be tried for any of the events", 0,
                 "were they recorded with the same rules?"};
  }
  made_.quiet = made_.alerts.empty();
  return std::move(made_);
}

Result<std::set<std::string>> expect_what_comes(Case& made, const CaseOutcome& outcome) {
  std::set<std::string> left_out;
  bool is_same = made.alerts.size() == outcome.alerts.size();
  for (size_t i = 0; is_same && i < made.alerts.size(); ++i) {
    CaseAlert& expected = made.alerts[i];
    const Alert& came = *outcome.alerts[i].alert;
    is_same = expected.rule.value == came.rule;
    std::erase_if(expected.fields, [&](const auto& field) {
      const OutputValue* value = find_field(came, field.first.value);
      const bool differs = value == nullptr || text_of(*value) != field.second.value;
      if (differs) {
        left_out.insert(field.first.value);
      }
      return differs;
    });
  }
  if (!is_same) {
    return Error{"these events cannot be written so that they give the alerts of the recording", 0,
                 "name the file in a case: 'capture: FILE'"};
  }
  return left_out;
}

}  // namespace saker
