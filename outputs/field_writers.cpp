// SPDX-License-Identifier: Apache-2.0
#include "outputs/field_writers.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "outputs/alert_members.h"
#include "outputs/json.h"
#include "outputs/output_value.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

void put_text(Members& members, std::string_view path, std::string_view text) {
  if (!text.empty()) {
    members.at(path).text(text);
  }
}

void put_list(Members& members, std::string_view path, std::string_view text) {
  if (!text.empty()) {
    members.at(path).texts(std::array{text});
  }
}

bool is_ip(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> address{};
  if (text.size() >= address.size() || text.find('\0') != std::string_view::npos) {
    return false;
  }
  std::ranges::copy(text, address.begin());
  in6_addr parsed{};
  return ::inet_pton(AF_INET, address.data(), &parsed) == 1 ||
         ::inet_pton(AF_INET6, address.data(), &parsed) == 1;
}

struct End {
  std::string_view ip;  // empty: there is no such end
  uint16_t port = 0;
};

// "10.1.2.3:443", "2001:db8::9:443": the port is what stands behind the last colon.
End parse_end(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_ip(text.substr(0, colon))) {
    return {};
  }
  uint16_t number = 0;
  const std::string_view port = text.substr(colon + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_port = error == std::errc() && rest == port.data() + port.size();
  return is_port ? End{text.substr(0, colon), number} : End{};
}

// Whether fd.name is a connection with ports. A process may name a file like one; and the ends of
// other protocols have no port, which an IPv6 address does not show.
bool has_ports(const Alert& alert) {
  const std::string_view protocol = find_text(alert, "fd.l4proto");
  return protocol == "tcp" || protocol == "udp";
}

// Both or none.
struct Ends {
  End client;
  End server;
};

Ends ends_of(const MemberSource& source) {
  constexpr std::string_view kArrow = "->";
  const std::string_view text = source.text();
  const size_t arrow = text.find(kArrow);
  if (arrow == std::string_view::npos || !has_ports(source.alert)) {
    return {};
  }
  const Ends ends = {parse_end(text.substr(0, arrow)),
                     parse_end(text.substr(arrow + kArrow.size()))};
  return ends.client.ip.empty() || ends.server.ip.empty() ? Ends() : ends;
}

void put_port(Members& members, std::string_view path, const End& end) {
  if (!end.ip.empty()) {
    members.at(path).integer(end.port);
  }
}

}  // namespace

void write_text(Members& members, std::string_view path, const MemberSource& source) {
  put_text(members, path, source.text());
}

void write_text_list(Members& members, std::string_view path, const MemberSource& source) {
  put_list(members, path, source.text());
}

void write_container_text(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view text = source.text(); text != "host") {
    put_text(members, path, text);
  }
}

void write_id(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto number = source.integer()) {
    members.at(path).text(std::to_string(*number));
  }
}

void write_integer(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto number = source.integer()) {
    members.at(path).integer(*number);
  }
}

void write_port(Members& members, std::string_view path, const MemberSource& source) {
  constexpr int64_t kMaxPort = 65535;
  if (const auto number = source.integer(); number && *number >= 0 && *number <= kMaxPort) {
    members.at(path).integer(*number);
  }
}

void write_boolean(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto* flag = std::get_if<bool>(&source.value->value)) {
    members.at(path).boolean(*flag);
  }
}

void write_ip(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view text = source.text(); is_ip(text)) {
    members.at(path).text(text);
  }
}

void write_ip_list(Members& members, std::string_view path, const MemberSource& source) {
  if (is_ip(source.text())) {
    put_list(members, path, source.text());
  }
}

void write_path(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view text = source.text(); text.starts_with('/')) {
    members.at(path).text(text);
  }
}

void write_base_name(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view text = source.text(); text.starts_with('/')) {
    const std::string_view name = text.substr(text.rfind('/') + 1);
    members.at(path).text(name.empty() ? text : name);
  }
}

void write_client_ip(Members& members, std::string_view path, const MemberSource& source) {
  put_text(members, path, ends_of(source).client.ip);
}

void write_client_port(Members& members, std::string_view path, const MemberSource& source) {
  put_port(members, path, ends_of(source).client);
}

void write_server_ip(Members& members, std::string_view path, const MemberSource& source) {
  put_text(members, path, ends_of(source).server.ip);
}

void write_server_port(Members& members, std::string_view path, const MemberSource& source) {
  put_port(members, path, ends_of(source).server);
}

void write_alert_id(Members& members, std::string_view path, const MemberSource& source) {
  put_text(members, path, source.alert.id);
}

void write_rule(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(source.alert.rule);
}

void write_message(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(source.alert.message);
}

void write_priority(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(to_string(source.alert.priority));
}

void write_source(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(source.alert.source);
}

void write_hostname(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(source.alert.hostname);
}

void write_time_text(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).text(utc_time(source.alert.time_ns));
}

void write_seq(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).unsigned_integer(source.seq);
}

void write_repeat_count(Members& members, std::string_view path, const MemberSource& source) {
  if (source.alert.repeat_count > 1) {
    members.at(path).unsigned_integer(source.alert.repeat_count);
  }
}

void write_tags(Members& members, std::string_view path, const MemberSource& source) {
  if (!source.alert.tags.empty()) {
    members.at(path).texts(source.alert.tags);
  }
}

void write_fields(Members& members, std::string_view path, const MemberSource& source) {
  JsonWriter& json = members.at(path);
  json.begin_object();
  for (const auto& [name, value] : source.alert.fields) {
    json.key(name);
    write_value(json, value);
  }
  json.end_object();
}

}  // namespace saker
