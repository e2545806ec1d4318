// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_keys.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <system_error>

#include "engine/base/strings.h"
#include "engine/cases/endpoint.h"

namespace saker {
namespace {

constexpr int kHexBase = 16;
constexpr int kOctalBase = 8;

std::string digits_of(uint64_t number, int base) {
  std::array<char, 24> digits{};
  auto* const end = std::to_chars(digits.begin(), digits.end(), number, base).ptr;
  return {digits.begin(), end};
}

template <typename Integer>
void read_value(MapReader& map, const YamlNode& value, Integer& number)
  requires std::is_unsigned_v<Integer>
{
  // The largest numbers of 64 bits are not needed as decimal ones.
  constexpr auto kMax =
      static_cast<uint64_t>(std::min<uint64_t>(std::numeric_limits<Integer>::max(), INT64_MAX));
  const std::optional<int64_t> parsed = value.is_scalar() ? parse_number(value.text) : std::nullopt;
  if (!parsed || *parsed < 0 || static_cast<uint64_t>(*parsed) > kMax) {
    map.error(value, "expected a whole number from 0 to " + std::to_string(kMax));
    return;
  }
  number = static_cast<Integer>(*parsed);
}

template <typename Integer>
void read_value(MapReader& map, const YamlNode& value, std::optional<Integer>& number) {
  Integer read = 0;
  read_value(map, value, read);
  number = read;
}

std::string yaml_of(const std::string& text) { return yaml_scalar(text); }
std::string yaml_of(bool flag) { return flag ? "true" : "false"; }
std::string yaml_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + yaml_scalar(text);
  }
  return '[' + list + ']';
}
std::string yaml_of(uint32_t number) { return std::to_string(number); }
// Only sets of bits are that large.
std::string yaml_of(uint64_t bits) { return hex_text(bits); }
template <typename Integer>
std::string yaml_of(const std::optional<Integer>& number) {
  return yaml_of(*number);
}

template <typename T, typename Value>
T owner_of(Value T::*);

// The key of a plain member.
template <auto Member>
constexpr auto member(std::string_view name) {
  using T = decltype(owner_of(Member));
  using Value = std::remove_cvref_t<decltype(T().*Member)>;
  constexpr CaseShape kShape = [] {
    if constexpr (std::is_same_v<Value, bool>) {
      return CaseShape::kFlag;
    } else if constexpr (std::is_same_v<Value, std::string>) {
      return CaseShape::kText;
    } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
      return CaseShape::kTexts;
    } else {
      return CaseShape::kNumber;
    }
  }();
  return CaseKey<T>{
      name, kShape,
      [](MapReader& map, const YamlNode& value, T& object) {
        read_value(map, value, object.*Member);
      },
      [](const T& object) { return object.*Member == T().*Member ? "" : yaml_of(object.*Member); }};
}

// One that must be given.
template <auto Member>
constexpr auto required(std::string_view name) {
  auto key = member<Member>(name);
  key.is_required = true;
  key.write = [](const decltype(owner_of(Member))& object) { return yaml_of(object.*Member); };
  return key;
}

// The key of some bits of a member: all set, or none.
template <auto Member, uint32_t Bits>
constexpr auto bits(std::string_view name) {
  using T = decltype(owner_of(Member));
  return CaseKey<T>{
      name, CaseShape::kFlag,
      [](MapReader& map, const YamlNode& value, T& object) {
        bool flag = false;
        read_value(map, value, flag);
        object.*Member |= flag ? Bits : 0;
      },
      [](const T& object) { return (object.*Member & Bits) == 0 ? std::string() : "true"; }};
}

constexpr CaseKey<CaseImage> kImageKeys[] = {
    member<&CaseImage::path>("path"),
    member<&CaseImage::name>("name"),
    member<&CaseImage::exe>("exe"),
    member<&CaseImage::args>("args"),
    member<&CaseImage::env>("env"),
    bits<&CaseImage::flags, EV_INODEF_MEMFD>("memfd"),
    bits<&CaseImage::flags, EV_INODEF_UPPER_LAYER>("upper_layer"),
    bits<&CaseImage::flags, EV_INODEF_LOWER_LAYER>("lower_layer"),
};

constexpr CaseKey<CaseIdentity> kIdentityKeys[] = {
    member<&CaseIdentity::parent>("parent"), member<&CaseIdentity::uid>("uid"),
    member<&CaseIdentity::euid>("euid"),     member<&CaseIdentity::gid>("gid"),
    member<&CaseIdentity::egid>("egid"),     member<&CaseIdentity::loginuid>("loginuid"),
    member<&CaseIdentity::tty>("tty"),       member<&CaseIdentity::vpid>("vpid"),
    member<&CaseIdentity::sid>("sid"),       member<&CaseIdentity::pgid>("pgid"),
    member<&CaseIdentity::caps>("caps"),     member<&CaseIdentity::cgroup>("cgroup"),
};

constexpr CaseKey<CaseProcess> kProcessKeys[] = {
    member<&CaseProcess::cwd>("cwd"),
};

constexpr CaseKey<CaseUser> kUserKeys[] = {
    required<&CaseUser::uid>("uid"),
    required<&CaseUser::name>("name"),
    member<&CaseUser::home>("home"),
    member<&CaseUser::shell>("shell"),
};

constexpr CaseKey<CaseGroup> kGroupKeys[] = {
    required<&CaseGroup::gid>("gid"),
    required<&CaseGroup::name>("name"),
};

constexpr CaseKey<CaseContainer> kContainerKeys[] = {
    required<&CaseContainer::cgroup>("cgroup"),
    member<&CaseContainer::name>("name"),
    member<&CaseContainer::image>("image"),
    member<&CaseContainer::privileged>("privileged"),
};

constexpr CaseKey<CaseFile> kFileMode = [] {
  auto key = member<&CaseFile::mode>("file_mode");
  key.write = [](const CaseFile& file) {
    return file.mode == CaseFile().mode ? "" : octal_text(file.mode);
  };
  return key;
}();

constexpr CaseKey<CaseFile> kFileKeys[] = {
    member<&CaseFile::path>("file"),
    kFileMode,
    bits<&CaseFile::flags, EV_INODEF_MEMFD>("memfd"),
    bits<&CaseFile::flags, EV_INODEF_UPPER_LAYER>("upper_layer"),
    bits<&CaseFile::flags, EV_INODEF_LOWER_LAYER>("lower_layer"),
    bits<&CaseFile::flags, EV_INODEF_CREATED>("created"),
};

// One end of a socket; also sets its family.
template <auto AddressMember, auto PortMember, uint8_t Flag>
constexpr CaseKey<CaseSocket> end_of_socket(std::string_view name) {
  return {name, CaseShape::kText,
          [](MapReader& map, const YamlNode& value, CaseSocket& object) {
            const std::optional<Endpoint> end = parse_endpoint(value.text);
            if (!end) {
              map.error(value, "expected ADDRESS:PORT, as 10.0.0.1:80 or [::1]:80");
              return;
            }
            ev_socket& socket = object.socket;
            socket.family = end->family;
            std::memcpy(socket.*AddressMember, end->address.data(), end->address.size());
            socket.*PortMember = end->port;
            socket.flags = static_cast<__u8>(socket.flags | Flag);
          },
          [](const CaseSocket& object) {
            const ev_socket& socket = object.socket;
            Endpoint end{socket.family, {}, socket.*PortMember};
            std::memcpy(end.address.data(), socket.*AddressMember, end.address.size());
            const bool is_set = end.port != 0 || end.address != Endpoint().address;
            return is_set && socket.family != AF_UNIX ? yaml_scalar(to_text(end)) : "";
          }};
}

template <uint8_t Flag>
constexpr CaseKey<CaseSocket> socket_flag(std::string_view name) {
  return {name, CaseShape::kFlag,
          [](MapReader& map, const YamlNode& value, CaseSocket& object) {
            bool flag = false;
            read_value(map, value, flag);
            object.socket.flags = static_cast<__u8>(object.socket.flags | (flag ? Flag : 0));
          },
          [](const CaseSocket& object) {
            return (object.socket.flags & Flag) == 0 ? std::string() : "true";
          }};
}

constexpr CaseKey<CaseSocket> kSocketKeys[] = {
    end_of_socket<&ev_socket::local_addr, &ev_socket::local_port, 0>("local"),
    end_of_socket<&ev_socket::remote_addr, &ev_socket::remote_port, EV_SOCKF_CONNECTED>("remote"),
    member<&CaseSocket::path>("path"),
    {"datagram", CaseShape::kFlag,
     [](MapReader& map, const YamlNode& value, CaseSocket& object) {
       bool flag = false;
       read_value(map, value, flag);
       object.socket.type = flag ? SOCK_DGRAM : SOCK_STREAM;
     },
     [](const CaseSocket& object) {
       return object.socket.type == SOCK_DGRAM ? std::string("true") : "";
     }},
    socket_flag<EV_SOCKF_BOUND_PORT>("bound"),
    socket_flag<EV_SOCKF_LISTENING>("listening"),
};

void read_data(MapReader& map, const YamlNode& value, CaseEvent& event) {
  const std::string& text = value.text;
  event.data.assign(text.size() / 2, '\0');
  for (size_t i = 0; i < event.data.size(); ++i) {
    uint8_t byte = 0;
    const char* const end = text.data() + 2 * i + 2;
    if (std::from_chars(end - 2, end, byte, kHexBase).ptr != end) {
      event.data.clear();
    } else {
      event.data[i] = static_cast<char>(byte);
    }
  }
  if (event.data.empty() || text.size() % 2 != 0) {
    map.error(value, "expected bytes as hexadecimal digits, two for each");
  }
}

std::string write_data(const CaseEvent& event) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : event.data) {
    const auto byte = static_cast<uint8_t>(c);
    text += {kDigits[byte / kHexBase], kDigits[byte % kHexBase]};
  }
  return text.empty() ? text : '"' + text + '"';
}

constexpr CaseKey<CaseEvent> kCallKeys[] = {
    member<&CaseEvent::dir>("dir"),
    member<&CaseEvent::new_dir>("new_dir"),
    {"data", CaseShape::kText, read_data, write_data},
};

}  // namespace

std::span<const CaseKey<CaseImage>> image_keys() { return kImageKeys; }
std::span<const CaseKey<CaseIdentity>> identity_keys() { return kIdentityKeys; }
std::span<const CaseKey<CaseProcess>> process_keys() { return kProcessKeys; }
std::span<const CaseKey<CaseUser>> user_keys() { return kUserKeys; }
std::span<const CaseKey<CaseGroup>> group_keys() { return kGroupKeys; }
std::span<const CaseKey<CaseContainer>> container_keys() { return kContainerKeys; }
std::span<const CaseKey<CaseSocket>> socket_keys() { return kSocketKeys; }
std::span<const CaseKey<CaseFile>> file_keys() { return kFileKeys; }
std::span<const CaseKey<CaseEvent>> call_keys() { return kCallKeys; }

std::string hex_text(uint64_t number) { return "0x" + digits_of(number, kHexBase); }

std::string octal_text(uint64_t number) { return '0' + digits_of(number, kOctalBase); }

std::optional<int64_t> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  int base = 10;
  if (text.starts_with("0x")) {
    base = kHexBase;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = kOctalBase;
  }
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size() || number > INT64_MAX) {
    return std::nullopt;
  }
  return negative ? -static_cast<int64_t>(number) : static_cast<int64_t>(number);
}

void read_value(MapReader& map, const YamlNode& value, bool& flag) {
  if (!value.is_scalar() || (value.text != "true" && value.text != "false")) {
    map.error(value, "expected true or false");
    return;
  }
  flag = value.text == "true";
}

void read_value(MapReader& map, const YamlNode& value, std::string& text) {
  if (!value.is_scalar()) {
    map.error(value, "expected a text");
    return;
  }
  text = value.text;
}

void read_value(MapReader& map, const YamlNode& value, std::vector<std::string>& texts) {
  if (!value.is_sequence()) {
    map.error(value, "expected a list of texts, as in [-c, id]");
    return;
  }
  for (const YamlNode* item : value.items) {
    read_value(map, *item, texts.emplace_back());
  }
}

std::string yaml_scalar(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=@ ";
  const bool is_plain = !text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos &&
                        trim(text) == text && text != "-" && !text.starts_with("- ") &&
                        !text.starts_with("---") && !text.starts_with('=') &&
                        !text.starts_with('@');
  constexpr std::string_view kNulls[] = {"null", "Null", "NULL"};
  if (is_plain && std::ranges::find(kNulls, text) == std::end(kNulls)) {
    return std::string(text);
  }
  std::string quoted;
  for (const char c : text) {
    quoted += c == '"' || c == '\\' ? "\\" : "";
    quoted += c;
  }
  std::string escaped;
  append_escaped(escaped, quoted);
  return '"' + escaped + '"';
}

}  // namespace saker
