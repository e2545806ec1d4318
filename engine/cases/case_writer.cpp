// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_writer.h"

#include <span>
#include <string_view>
#include <vector>

#include "engine/cases/calls.h"
#include "engine/cases/case_keys.h"
#include "engine/cases/endpoint.h"

namespace saker {
namespace {

// The members of a map in braces, with ", " between them.
class Members {
 public:
  void add(std::string_view name, const std::string& value) {
    text_ += text_.empty() ? "" : ", ";
    text_ += name;
    text_ += ": " + value;
  }
  void add_text(std::string_view name, std::string_view value) { add(name, yaml_scalar(value)); }
  template <typename T>
  void add_keys(std::span<const CaseKey<T>> keys, const T& object) {
    write_keys(text_, keys, object);
  }
  [[nodiscard]] std::string map() const { return '{' + text_ + '}'; }

 private:
  std::string text_;
};

// Modes are octal, small numbers decimal, all others hexadecimal.
std::string number_text(std::string_view name, uint64_t number) {
  constexpr uint64_t kLargestDecimal = 65535;
  if (name.ends_with("mode")) {
    return octal_text(number);
  }
  if (static_cast<int64_t>(number) < 0) {
    return std::to_string(static_cast<int64_t>(number));
  }
  return number <= kLargestDecimal ? std::to_string(number) : hex_text(number);
}

std::string flags_text(uint64_t bits, std::string_view prefix) {
  std::string list;
  for (const std::string& name : constant_names(bits, prefix)) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return '[' + list + ']';
}

// An argument as YAML; empty: it has its default.
std::string argument_text(const CaseEvent& event, const EventDef& def, std::string_view name,
                          size_t number) {
  switch (argument_kind(def, number)) {
    case ArgumentKind::kText:
      return event.texts[number] ? yaml_scalar(*event.texts[number]) : "";
    case ArgumentKind::kAddress: {
      const std::string text = sockaddr_text(event.addr);
      return text.empty() ? "" : yaml_scalar(text);
    }
    case ArgumentKind::kNumber:
      break;
  }
  // Registers hold 64 bits of which the call takes 32.
  constexpr uint32_t kCurrentDirectory = static_cast<uint32_t>(-100);
  const bool is_default = name.ends_with("dirfd")
                              ? static_cast<uint32_t>(event.args[number]) == kCurrentDirectory
                              : event.args[number] == 0;
  return is_default ? "" : number_text(name, event.args[number]);
}

void add_arguments(Members& members, const CaseEvent& event, const EventDef& def) {
  const CaseCall* call = find_case_call(def.name);
  if (call == nullptr) {
    std::string list;
    for (size_t i = 0; i < event.args.size() && !def.params.empty(); ++i) {
      const std::string text = argument_text(event, def, "", i);
      list += (list.empty() ? "" : ", ") + (text.empty() ? "0" : text);
    }
    if (!list.empty()) {
      members.add("args", '[' + list + ']');
    }
    return;
  }
  for (size_t i = 0; i < call->args.size(); ++i) {
    const std::string_view name = call->args[i];
    std::string text = name.empty() ? "" : argument_text(event, def, name, i);
    if (name == "flags" && !call->flags_prefix.empty() && event.args[i] != 0) {
      text = flags_text(event.args[i], call->flags_prefix);
    }
    if (!text.empty()) {
      members.add(name, text);
    }
  }
}

std::string return_text(int64_t value) {
  const std::string_view name = value < 0 ? errno_name(-value) : "";
  return name.empty() ? std::to_string(value) : std::string(name);
}

std::string event_text(const CaseEvent& event) {
  Members members;
  members.add_text("type", event.type);
  members.add("pid", std::to_string(event.pid));
  if (event.identity) {
    members.add_keys(identity_keys(), *event.identity);
    return members.map();
  }
  const EventDef* def = find_call_event(event.type);
  if (def == nullptr) {
    return members.map();
  }
  if (event.type.starts_with("execve")) {
    members.add_keys(image_keys(), event.image);
    if (event.image.path.empty() && event.image.name.empty()) {
      members.add_text("path", event.texts[event.type == "execveat" ? 1 : 0].value_or(""));
    }
    if (event.ret != 0) {
      members.add("ret", return_text(event.ret));
    }
    return members.map();
  }
  add_arguments(members, event, *def);
  members.add("ret", return_text(event.ret));
  members.add_keys(call_keys(), event);
  if (event.socket) {
    Members socket;
    socket.add_keys(socket_keys(), *event.socket);
    members.add("socket", socket.map());
  } else {
    members.add_keys(file_keys(), event.file);
  }
  return members.map();
}

std::string alert_text(const CaseAlert& alert) {
  std::string text = "rule: " + yaml_scalar(alert.rule.value);
  text += alert.fields.empty() ? "" : "\n    fields:";
  for (const auto& [name, value] : alert.fields) {
    text += "\n      " + yaml_scalar(name.value) + ": " + yaml_scalar(value.value);
  }
  return text;
}

// A list with an item on a line each; nothing when there are none.
template <typename T, typename ToText>
void append_list(std::string& out, std::string_view name, const std::vector<T>& items,
                 const ToText& to_text) {
  if (items.empty()) {
    return;
  }
  out += std::string(name) + ":\n";
  for (const T& item : items) {
    out += "  - " + to_text(item) + '\n';
  }
}

template <typename T>
auto map_of(std::span<const CaseKey<T>> keys) {
  return [keys](const T& object) {
    Members members;
    members.add_keys(keys, object);
    return members.map();
  };
}

}  // namespace

std::string to_yaml(const Case& written) {
  std::string out = "case: " + yaml_scalar(written.name) + '\n';
  append_list(out, "users", written.users, map_of(user_keys()));
  append_list(out, "groups", written.groups, map_of(group_keys()));
  append_list(out, "containers", written.containers, map_of(container_keys()));
  append_list(out, "processes", written.processes, [](const CaseProcess& process) {
    Members members;
    members.add("pid", std::to_string(process.pid));
    members.add_keys(image_keys(), process.image);
    members.add_keys(identity_keys(), process.identity);
    members.add_keys(process_keys(), process);
    return members.map();
  });
  append_list(out, "events", written.events, event_text);
  append_list(out, "alerts", written.alerts, alert_text);
  return out + (written.quiet ? "quiet: true\n" : "");
}

}  // namespace saker
