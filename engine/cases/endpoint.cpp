// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

namespace saker {
namespace {

template <typename T>
std::string bytes_of(const T& object) {
  return {reinterpret_cast<const char*>(&object), sizeof(object)};
}

// False when there are not enough bytes.
template <typename T>
bool copy_to(T& object, std::string_view bytes) {
  if (bytes.size() < sizeof(object)) {
    return false;
  }
  std::memcpy(&object, bytes.data(), sizeof(object));
  return true;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  Endpoint endpoint;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text_end, endpoint.port);
  if (error != std::errc() || end != text_end) {
    return std::nullopt;
  }
  std::string host(text.substr(0, colon));
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  if (is_v6) {
    host = host.substr(1, host.size() - 2);
  }
  endpoint.family = is_v6 ? AF_INET6 : AF_INET;
  if (::inet_pton(endpoint.family, host.c_str(), endpoint.address.data()) != 1) {
    return std::nullopt;
  }
  return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
  char host[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(endpoint.family, endpoint.address.data(), host, sizeof(host));
  const std::string port = ':' + std::to_string(endpoint.port);
  return endpoint.family == AF_INET6 ? '[' + std::string(host) + ']' + port : host + port;
}

std::optional<std::string> parse_sockaddr(std::string_view text) {
  if (text.starts_with('/')) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    text.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return bytes_of(address);
  }
  const std::optional<Endpoint> endpoint = parse_endpoint(text);
  if (!endpoint) {
    return std::nullopt;
  }
  if (endpoint->family == AF_INET6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint->port);
    std::memcpy(&address.sin6_addr, endpoint->address.data(), sizeof(address.sin6_addr));
    return bytes_of(address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint->port);
  std::memcpy(&address.sin_addr, endpoint->address.data(), sizeof(address.sin_addr));
  return bytes_of(address);
}

std::string sockaddr_text(std::string_view bytes) {
  sa_family_t family = AF_UNSPEC;
  if (!copy_to(family, bytes)) {
    return {};
  }
  Endpoint endpoint{family, {}, 0};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (family == AF_INET && copy_to(v4, bytes)) {
    endpoint.port = ntohs(v4.sin_port);
    std::memcpy(endpoint.address.data(), &v4.sin_addr, sizeof(v4.sin_addr));
    return to_text(endpoint);
  }
  if (family == AF_INET6 && copy_to(v6, bytes)) {
    endpoint.port = ntohs(v6.sin6_port);
    std::memcpy(endpoint.address.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
    return to_text(endpoint);
  }
  if (family == AF_UNIX) {
    const std::string_view path = bytes.substr(sizeof(family));
    return std::string(path.starts_with('/') ? path.substr(0, path.find('\0')) : "");
  }
  return {};
}

}  // namespace saker
