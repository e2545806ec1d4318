// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_reader.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/priority.h"
#include "engine/base/yaml.h"
#include "engine/cases/calls.h"
#include "engine/cases/case_keys.h"
#include "engine/cases/endpoint.h"

namespace saker {
namespace {

using Items = std::vector<const YamlNode*>;

// Empty, and reported, when the value is not a list.
const Items& take_list(MapReader& map, std::string_view key) {
  static const Items kNone;
  const YamlNode* value = map.take(key);
  if (value == nullptr) {
    return kNone;
  }
  if (!value->is_sequence()) {
    map.error(*value, "expected a list");
    return kNone;
  }
  return value->items;
}

// Each item of a list of maps.
template <typename T>
void take_maps(MapReader& map, std::string_view key, std::vector<T>& objects,
               T (*read)(MapReader& map)) {
  for (const YamlNode* item : take_list(map, key)) {
    MapReader inner = map.inner(*item);
    objects.push_back(read(inner));
  }
}

template <typename T, std::span<const CaseKey<T>> (*Keys)()>
T read_plain(MapReader& map) {
  T object;
  read_keys(map, Keys(), object);
  map.refuse_unknown_keys();
  return object;
}

std::optional<Text> take_text(MapReader& map, std::string_view key) {
  const YamlNode* value = map.take(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_scalar()) {
    map.error(*value, "expected a text");
    return std::nullopt;
  }
  return map.text_of(*value);
}

CaseSocket read_socket(MapReader& map) {
  CaseSocket socket;
  socket.socket.family = AF_UNIX;
  socket.socket.type = SOCK_STREAM;
  read_keys(map, socket_keys(), socket);
  socket.socket.protocol = socket.socket.type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
  map.refuse_unknown_keys();
  return socket;
}

void require_image(MapReader& map, const CaseImage& image) {
  if (map.node().is_map() && image.path.empty() && image.name.empty()) {
    map.error_of_map("neither 'path' nor 'name' says which program this is");
  }
}

// 0, which is no process, when it is not there.
uint32_t take_pid(MapReader& map, std::string_view key, const char* expectation) {
  const YamlNode* value = map.take(key);
  if (value == nullptr) {
    return 0;
  }
  const std::optional<int64_t> pid = parse_number(value->text);
  if (!pid || *pid <= 0 || *pid > UINT32_MAX) {
    map.error(*value, expectation);
    return 0;
  }
  return static_cast<uint32_t>(*pid);
}

CaseProcess read_process(MapReader& map) {
  map.require("pid");
  CaseProcess process;
  process.pid = take_pid(map, "pid", "expected the pid of a process");
  read_keys(map, image_keys(), process.image);
  read_keys(map, identity_keys(), process.identity);
  read_keys(map, process_keys(), process);
  require_image(map, process.image);
  map.refuse_unknown_keys();
  return process;
}

int64_t take_return(MapReader& map, int64_t fallback) {
  const YamlNode* value = map.take("ret");
  if (value == nullptr) {
    return fallback;
  }
  const std::optional<int64_t> parsed = parse_return(value->text);
  if (!parsed) {
    map.error(*value, "expected a number, or the name of an errno as in ENOENT");
  }
  return parsed.value_or(fallback);
}

uint64_t read_constant(MapReader& map, const YamlNode& value) {
  if (const std::optional<uint64_t> constant = native_constant(value.text)) {
    return *constant;
  }
  const std::optional<int64_t> number = parse_number(value.text);
  if (!value.is_scalar() || !number) {
    map.error(value, "expected a number, or the name of a constant, as O_CREAT, or a list of them",
              "constants that have no name here can be given as 0x...");
  }
  return static_cast<uint64_t>(number.value_or(0));
}

// Reads the arguments of one call.
class CallReader {
 public:
  CallReader(MapReader& map, const EventDef& def, CaseEvent& event)
      : map_(map), def_(def), event_(event) {}

  void read() {
    if (const CaseCall* call = find_case_call(def_.name)) {
      read_named(*call);
    }
    const Items& args = take_list(map_, "args");
    if (args.size() > event_.args.size()) {
      map_.error(*args[event_.args.size()], "a system call has at most 6 arguments");
    }
    for (size_t i = 0; i < std::min(args.size(), event_.args.size()); ++i) {
      read_argument(*args[i], i);
    }
  }

 private:
  void read_named(const CaseCall& call) {
    for (size_t i = 0; i < call.args.size(); ++i) {
      if (call.args[i].ends_with("dirfd")) {
        event_.args[i] = static_cast<uint64_t>(AT_FDCWD);
      }
      const YamlNode* value = call.args[i].empty() ? nullptr : map_.take(call.args[i]);
      if (value != nullptr) {
        read_argument(*value, i);
      }
    }
  }

  void read_argument(const YamlNode& value, size_t i) {
    switch (argument_kind(def_, i)) {
      case ArgumentKind::kText:
        if (!value.is_null()) {
          read_value(map_, value, event_.texts[i].emplace());
        }
        return;
      case ArgumentKind::kAddress:
        read_address(value);
        return;
      case ArgumentKind::kNumber:
        read_number(value, i);
    }
  }

  void read_address(const YamlNode& value) {
    const std::optional<std::string> address = parse_sockaddr(value.text);
    if (!address) {
      map_.error(value, "expected ADDRESS:PORT, or the path of a unix socket",
                 "as in 10.0.0.1:80, \"[::1]:80\" or /run/x.sock");
    }
    event_.addr = address.value_or("");
  }

  void read_number(const YamlNode& value, size_t i) {
    if (!value.is_sequence()) {
      event_.args[i] = read_constant(map_, value);
      return;
    }
    event_.args[i] = 0;
    for (const YamlNode* item : value.items) {
      event_.args[i] |= read_constant(map_, *item);
    }
  }

  MapReader& map_;
  const EventDef& def_;
  CaseEvent& event_;
};

constexpr int64_t kNewFd = 3;

void read_call(MapReader& map, CaseEvent& event) {
  const EventDef* def = find_call_event(event.type);
  if (def == nullptr) {
    const YamlNode* type = map.node().find("type");
    map.error(type != nullptr ? *type : map.node(), "unknown event '" + event.type + "'",
              did_you_mean(event.type, case_event_types()));
    return;
  }
  event.ret = take_return(map, (def->flags & kEventCreatesFd) != 0 ? kNewFd : 0);
  CallReader(map, *def, event).read();
  read_keys(map, call_keys(), event);
  read_keys(map, file_keys(), event.file);
  if (const YamlNode* socket = map.take("socket")) {
    MapReader inner = map.inner(*socket);
    event.socket = read_socket(inner);
  }
  map.refuse_unknown_keys();
}

// Those that are not just calls, in a table by their name.
struct SpecialEvent {
  std::string_view type;
  void (*read)(MapReader& map, CaseEvent& event);
};

void read_exec(MapReader& map, CaseEvent& event) {
  read_keys(map, image_keys(), event.image);
  require_image(map, event.image);
  event.ret = take_return(map, 0);
  event.texts = {event.image.executable(), event.image.executable()};  // for a failed one
  map.refuse_unknown_keys();
}

void read_clone(MapReader& map, CaseEvent& event) {
  event.child = take_pid(map, "child", "expected the pid of the new process");
  read_call(map, event);
}

constexpr SpecialEvent kSpecialEvents[] = {
    {"execve", read_exec},
    {"execveat", read_exec},
    {"clone", read_clone},
    {"process",
     [](MapReader& map, CaseEvent& event) {
       read_keys(map, identity_keys(), event.identity.emplace());
       map.refuse_unknown_keys();
     }},
    {"procexit", [](MapReader& map, CaseEvent& /*event*/) { map.refuse_unknown_keys(); }},
};

CaseEvent read_event(MapReader& map) {
  CaseEvent event;
  event.span = map.node().span;
  map.require("type");
  if (const std::optional<Text> type = take_text(map, "type")) {
    event.type = type->value;
  } else {
    return event;
  }
  map.require("pid");
  event.pid = take_pid(map, "pid", "expected the pid of the process that does it");
  const auto* const special = std::ranges::find(kSpecialEvents, event.type, &SpecialEvent::type);
  (special != std::end(kSpecialEvents) ? special->read : read_call)(map, event);
  return event;
}

CaseAlert read_alert(MapReader& map) {
  CaseAlert alert;
  map.require("rule");
  alert.rule = take_text(map, "rule").value_or(Text());
  alert.output = take_text(map, "output");
  alert.priority = take_text(map, "priority");
  if (alert.priority && !parse_priority(alert.priority->value)) {
    map.error(*map.node().find("priority"), "unknown priority '" + alert.priority->value + "'");
  }
  if (const YamlNode* fields = map.take("fields")) {
    if (!fields->is_map()) {
      map.error(*fields, "expected a map, as in {proc.name: sh}");
    }
    for (const auto& [key, value] : fields->fields) {
      std::string text;
      read_value(map, *value, text);
      alert.fields.emplace_back(map.text_of(*key), map.text_of(*value));
    }
  }
  map.refuse_unknown_keys();
  return alert;
}

// One path, or a list of them.
std::vector<Text> take_paths(MapReader& map, std::string_view key) {
  std::vector<Text> paths;
  const YamlNode* value = map.take(key);
  if (value != nullptr && value->is_scalar()) {
    paths.push_back(map.text_of(*value));
  } else if (value != nullptr) {
    for (const YamlNode* item : take_list(map, key)) {
      std::string text;
      read_value(map, *item, text);
      paths.push_back(map.text_of(*item));
    }
  }
  return paths;
}

// What the keys have to do with each other.
void check_keys(MapReader& map, const Case& read) {
  if (read.quiet && !read.alerts.empty()) {
    map.error(*map.node().find("quiet"), "a case that is quiet has no alerts");
  } else if (read.alerts.empty() && map.node().find("quiet") == nullptr) {
    map.error_of_map("the case expects nothing",
                     "'alerts' has the alerts that must come; 'quiet: true' says that none must");
  }
  if (read.about && !read.quiet) {
    map.error(*map.node().find("about"), "'about' belongs to 'quiet': alerts name their rules");
  }
  if (!read.capture) {
    map.require("events");
    return;
  }
  for (const std::string_view key : {"users", "groups", "containers", "processes", "events"}) {
    if (map.node().find(key) != nullptr) {
      map.error(*map.node().find(key), "'" + std::string(key) + "' are those of the capture file");
    }
  }
}

Case read_case(MapReader& map, const std::shared_ptr<const SourceText>& file) {
  Case read;
  read.source = file;
  read.span = map.node().span;
  map.require("case");
  if (const std::optional<Text> name = take_text(map, "case")) {
    read.name = name->value;
    read.span = name->span;
  }
  read.rules = take_paths(map, "rules");
  read.inline_rules = take_text(map, "inline_rules");
  read.capture = take_text(map, "capture");
  take_maps(map, "users", read.users, read_plain<CaseUser, user_keys>);
  take_maps(map, "groups", read.groups, read_plain<CaseGroup, group_keys>);
  take_maps(map, "containers", read.containers, read_plain<CaseContainer, container_keys>);
  take_maps(map, "processes", read.processes, read_process);
  take_maps(map, "events", read.events, read_event);
  take_maps(map, "alerts", read.alerts, read_alert);
  if (const YamlNode* quiet = map.take("quiet")) {
    read_value(map, *quiet, read.quiet);
  }
  read.about = take_text(map, "about");
  map.refuse_unknown_keys();
  if (map.node().is_map()) {
    check_keys(map, read);
  }
  return read;
}

}  // namespace

std::vector<Case> read_cases(const std::shared_ptr<const SourceText>& file,
                             Diagnostics& diagnostics) {
  const YamlFile yaml = parse_yaml(file->text());
  for (const YamlError& error : yaml.errors) {
    Diagnostic diagnostic;
    diagnostic.message = error.message;
    diagnostic.hint = error.hint;
    diagnostic.source = file;
    diagnostic.span = error.span;
    diagnostics.add(std::move(diagnostic));
  }
  std::vector<Case> cases;
  if (diagnostics.has_errors()) {
    return cases;
  }
  for (const YamlNode* document : yaml.documents) {
    if (!document->is_null()) {
      MapReader map(*document, file, diagnostics);
      cases.push_back(read_case(map, file));
    }
  }
  return cases;
}

}  // namespace saker
