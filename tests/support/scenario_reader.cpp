// SPDX-License-Identifier: Apache-2.0
// YAML -> Scenario.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

#include "engine/base/yaml.h"
#include "engine/event_catalog.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_calls.h"

namespace saker::test {
namespace {

// Decimal, 0x hexadecimal, 0 octal.
std::optional<int64_t> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
  }
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size() || number > INT64_MAX) {
    return std::nullopt;
  }
  return negative ? -static_cast<int64_t>(number) : static_cast<int64_t>(number);
}

// A number, or the name of an errno: ENOENT is -2.
std::optional<int64_t> parse_return(std::string_view text) {
  for (int64_t number = 1; number < 134; ++number) {
    if (errno_name(number) == text) {
      return -number;
    }
  }
  return parse_number(text);
}

struct Endpoint {
  sa_family_t family = AF_UNSPEC;
  std::array<uint8_t, 16> address{};
  uint16_t port = 0;
};

// 10.0.0.1:80 or [::1]:80.
std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  const std::optional<int64_t> port =
      colon == text.npos ? std::nullopt : parse_number(text.substr(colon + 1));
  if (!port || *port < 0 || *port > UINT16_MAX) {
    return std::nullopt;
  }
  std::string host(text.substr(0, colon));
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  if (is_v6) {
    host = host.substr(1, host.size() - 2);
  }
  Endpoint endpoint;
  endpoint.family = is_v6 ? AF_INET6 : AF_INET;
  endpoint.port = static_cast<uint16_t>(*port);
  if (::inet_pton(endpoint.family, host.c_str(), endpoint.address.data()) != 1) {
    return std::nullopt;
  }
  return endpoint;
}

template <typename T>
std::string bytes_of(const T& object) {
  return {reinterpret_cast<const char*>(&object), sizeof(object)};
}

std::string sockaddr_of(const Endpoint& endpoint) {
  if (endpoint.family == AF_INET6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, endpoint.address.data(), sizeof(address.sin6_addr));
    return bytes_of(address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  std::memcpy(&address.sin_addr, endpoint.address.data(), sizeof(address.sin_addr));
  return bytes_of(address);
}

// Reads the keys of one map and reports what is wrong with each; keys nobody asked for are errors.
class MapReader {
 public:
  MapReader(const YamlNode& node, std::shared_ptr<const SourceText> source, Diagnostics& out)
      : node_(node), source_(std::move(source)), diagnostics_(out) {
    if (!node.is_map()) {
      fail(node, "expected a map");
    }
  }
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;
  ~MapReader() {
    for (const auto& [key, value] : node_.fields) {
      if (std::ranges::find(asked_, key->text) == asked_.end()) {
        const std::vector<std::string_view> known(asked_.begin(), asked_.end());
        const std::string_view near = closest(key->text, known);
        fail(*key, "unknown key '" + key->text + "'",
             near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
      }
    }
  }

  const YamlNode* find(std::string_view key) {
    asked_.emplace_back(key);
    return node_.find(key);
  }
  bool has(std::string_view key) { return find(key) != nullptr; }

  std::string text(std::string_view key, std::string fallback = {}) {
    const YamlNode* value = find(key);
    if (value == nullptr) {
      return fallback;
    }
    if (!value->is_scalar()) {
      fail(*value, "expected a text");
    }
    return value->text;
  }

  std::string required_text(std::string_view key) {
    if (node_.find(key) == nullptr) {
      fail(node_, "'" + std::string(key) + "' is missing");
    }
    return text(key);
  }

  template <typename T>
  T number(std::string_view key, T fallback) {
    const YamlNode* value = find(key);
    if (value == nullptr) {
      return fallback;
    }
    const std::optional<int64_t> number = parse_number(value->text);
    if (!number || *number < 0 || *number > std::numeric_limits<T>::max()) {
      fail(*value, "expected a number");
      return fallback;
    }
    return static_cast<T>(*number);
  }

  bool flag(std::string_view key) {
    const YamlNode* value = find(key);
    if (value != nullptr && value->text != "true" && value->text != "false") {
      fail(*value, "expected true or false");
    }
    return value != nullptr && value->text == "true";
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> result;
    for (const YamlNode* item : items(key)) {
      if (!item->is_scalar()) {
        fail(*item, "expected a text");
      }
      result.push_back(item->text);
    }
    return result;
  }

  const std::vector<const YamlNode*>& items(std::string_view key) {
    static const std::vector<const YamlNode*> none;
    const YamlNode* value = find(key);
    if (value == nullptr) {
      return none;
    }
    if (!value->is_sequence()) {
      fail(*value, "expected a list");
    }
    return value->items;
  }

  void fail(const YamlNode& node, std::string message, std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    diagnostic.source = source_;
    diagnostic.span = node.span;
    diagnostics_.add(std::move(diagnostic));
  }
  [[nodiscard]] const YamlNode& node() const noexcept { return node_; }
  // A reader of a map inside this one.
  [[nodiscard]] MapReader inner(const YamlNode& node) const {
    return MapReader(node, source_, diagnostics_);
  }

 private:
  const YamlNode& node_;
  std::shared_ptr<const SourceText> source_;
  Diagnostics& diagnostics_;
  std::vector<std::string> asked_;
};

class ScenarioReader {
 public:
  ScenarioReader(std::shared_ptr<const SourceText> source, Diagnostics& diagnostics)
      : source_(std::move(source)), diagnostics_(diagnostics) {}

  Scenario read(const YamlNode& node) {
    MapReader map(node, source_, diagnostics_);
    Scenario scenario;
    scenario.source = source_;
    scenario.name = map.required_text("case");
    scenario.rules = map.texts("rules");
    scenario.inline_rules = map.text("inline_rules");
    if (scenario.rules.empty() && scenario.inline_rules.empty()) {
      map.fail(node, "neither 'rules' nor 'inline_rules'");
    }
    for (const YamlNode* user : map.items("users")) {
      MapReader reader(*user, source_, diagnostics_);
      scenario.users.emplace_back(reader.number<uint32_t>("uid", 0), reader.required_text("name"));
    }
    for (const YamlNode* process : map.items("processes")) {
      MapReader reader(*process, source_, diagnostics_);
      scenario.processes.push_back(read_process(reader));
    }
    for (const YamlNode* event : map.items("events")) {
      MapReader reader(*event, source_, diagnostics_);
      scenario.events.push_back(read_event(reader));
    }
    for (const YamlNode* alert : map.items("alerts")) {
      MapReader reader(*alert, source_, diagnostics_);
      scenario.alerts.push_back(read_alert(reader));
    }
    scenario.about = map.text("about");
    const bool quiet = map.flag("quiet");
    if (quiet != scenario.alerts.empty() || quiet == scenario.about.empty()) {
      map.fail(node, "a case has either 'alerts', or 'quiet: true' and 'about: RULE'");
    }
    if (scenario.events.empty()) {
      map.fail(node, "'events' is missing");
    }
    return scenario;
  }

 private:
  static uint32_t read_inode_flags(MapReader& map) {
    return (map.flag("memfd") ? EV_INODEF_MEMFD : 0) |
           (map.flag("upper_layer") ? EV_INODEF_UPPER_LAYER : 0) |
           (map.flag("created") ? EV_INODEF_CREATED : 0);
  }

  // The keys that processes and execs share. `path` stands in for what is not given, and `name`
  // for `path`.
  static void read_image(MapReader& map, ScenarioProcess& process) {
    process.path = map.text("path");
    const std::string base = process.path.substr(process.path.rfind('/') + 1);
    process.name = map.text("name", base).substr(0, EV_COMM_SIZE - 1);
    if (process.path.empty()) {
      process.path = "/usr/bin/" + process.name;
    }
    process.exe = map.text("exe", process.path);
    process.args = map.texts("args");
    process.env = map.texts("env");
    process.exe_flags = read_inode_flags(map);
  }

  ScenarioProcess read_process(MapReader& map) {
    ScenarioProcess process;
    read_image(map, process);
    process.pid = map.number<uint32_t>("pid", 0);
    process.parent = map.number<uint32_t>("parent", 0);
    process.cwd = map.text("cwd", "/");
    process.cgroup = map.text("cgroup", "/");
    process.uid = map.number<uint32_t>("uid", 0);
    process.gid = map.number<uint32_t>("gid", process.uid);
    process.loginuid = map.number<uint32_t>("loginuid", UINT32_MAX);
    process.tty = map.number<uint32_t>("tty", 0);
    process.vpid = map.number<uint32_t>("vpid", process.pid);
    process.sid = map.number<uint32_t>("sid", process.pid);
    if (process.pid == 0 || process.name.empty()) {
      map.fail(map.node(), "a process needs 'pid' and 'name' or 'path'");
    }
    return process;
  }

  ScenarioEvent read_event(MapReader& map) {
    ScenarioEvent event;
    event.type = map.required_text("type");
    event.pid = map.number<uint32_t>("pid", 0);
    if (event.pid == 0) {
      map.fail(map.node(), "'pid' is missing");
    }
    if (event.type == "execve") {
      read_image(map, event.image);
      event.ret = read_return(map, 0);
    } else if (event.type == "clone") {
      event.child = map.number<uint32_t>("child", 0);
    } else if (event.type != "procexit") {
      read_call(map, event);
    }
    return event;
  }

  static int64_t read_return(MapReader& map, int64_t fallback) {
    const YamlNode* node = map.find("ret");
    if (node == nullptr) {
      return fallback;
    }
    const std::optional<int64_t> value = parse_return(node->text);
    if (!value) {
      map.fail(*node, "expected a number or the name of an errno");
    }
    return value.value_or(fallback);
  }

  static void read_call(MapReader& map, ScenarioEvent& event) {
    const ScenarioCall* call = find_call(event.type);
    if (call == nullptr) {
      const std::string_view near = closest(event.type, call_names());
      map.fail(map.node(), "scenarios do not know the event '" + event.type + "'",
               near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
      return;
    }
    event.ret = read_return(map, call->default_return);
    for (size_t i = 0; i < call->args.size() && !call->args[i].empty(); ++i) {
      if (call->args[i] == "addr") {
        event.addr = read_address(map);
        continue;
      }
      if (call->args[i].ends_with("dirfd")) {
        event.args[i] = *native_constant("AT_FDCWD");
      }
      if (const YamlNode* value = map.find(call->args[i])) {
        read_argument(map, *value, event, i);
      }
    }
    event.dir = map.text("dir");
    event.file_flags = read_inode_flags(map);
    if (map.has("file")) {
      event.file = map.text("file");
    }
    if (const YamlNode* socket = map.find("socket")) {
      MapReader reader = map.inner(*socket);
      event.socket = read_socket(reader);
    }
  }

  // A number, a constant, a list of constants; anything else is a text that the argument points to.
  static void read_argument(MapReader& map, const YamlNode& value, ScenarioEvent& event, size_t i) {
    if (value.is_sequence()) {
      for (const YamlNode* item : value.items) {
        const std::optional<uint64_t> bits = native_constant(item->text);
        if (!bits) {
          map.fail(*item, "scenarios do not know the constant '" + item->text + "'");
        }
        event.args[i] |= bits.value_or(0);
      }
    } else if (const std::optional<int64_t> number = parse_number(value.text)) {
      event.args[i] = static_cast<uint64_t>(*number);
    } else if (const std::optional<uint64_t> constant = native_constant(value.text)) {
      event.args[i] = *constant;
    } else {
      event.texts[i] = value.text;
    }
  }

  static std::string read_address(MapReader& map) {
    const YamlNode* node = map.find("addr");
    if (node == nullptr) {
      return {};
    }
    if (const std::optional<Endpoint> endpoint = parse_endpoint(node->text)) {
      return sockaddr_of(*endpoint);
    }
    if (!node->text.starts_with('/')) {
      map.fail(*node, "expected ADDRESS:PORT or the path of a unix socket");
      return {};
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    node->text.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return bytes_of(address);
  }

  static ScenarioSocket read_socket(MapReader& map) {
    ScenarioSocket result;
    ev_socket& socket = result.socket;
    socket.type = map.flag("datagram") ? SOCK_DGRAM : SOCK_STREAM;
    socket.protocol = socket.type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
    socket.flags = static_cast<__u8>((map.flag("bound") ? EV_SOCKF_BOUND_PORT : 0U) |
                                     (map.flag("listening") ? EV_SOCKF_LISTENING : 0U) |
                                     (map.has("remote") ? EV_SOCKF_CONNECTED : 0U));
    result.path = map.text("path");
    socket.family = AF_UNIX;
    const auto read_end = [&](std::string_view key, __u8* address, __u16& port) {
      const YamlNode* node = map.find(key);
      if (node == nullptr) {
        return;
      }
      const std::optional<Endpoint> end = parse_endpoint(node->text);
      if (!end) {
        map.fail(*node, "expected ADDRESS:PORT");
        return;
      }
      socket.family = end->family;
      std::memcpy(address, end->address.data(), end->address.size());
      port = end->port;
    };
    read_end("local", socket.local_addr, socket.local_port);
    read_end("remote", socket.remote_addr, socket.remote_port);
    return result;
  }

  static ScenarioAlert read_alert(MapReader& map) {
    ScenarioAlert alert;
    alert.rule = map.required_text("rule");
    if (const YamlNode* fields = map.find("fields")) {
      for (const auto& [key, value] : fields->fields) {
        alert.fields.emplace_back(key->text, value->text);
      }
    }
    return alert;
  }

  std::shared_ptr<const SourceText> source_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<Scenario> read_scenarios(const std::shared_ptr<const SourceText>& file,
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
  std::vector<Scenario> scenarios;
  if (diagnostics.has_errors()) {
    return scenarios;
  }
  ScenarioReader reader(file, diagnostics);
  for (const YamlNode* document : yaml.documents) {
    scenarios.push_back(reader.read(*document));
  }
  return scenarios;
}

}  // namespace saker::test
