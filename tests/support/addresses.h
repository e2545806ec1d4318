// SPDX-License-Identifier: Apache-2.0
// Socket addresses for tests that connect, bind and send.
#ifndef SAKER_TESTS_SUPPORT_ADDRESSES_H
#define SAKER_TESTS_SUPPORT_ADDRESSES_H

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>

namespace saker::test {

inline sockaddr_in address4(const char* text, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

inline sockaddr_in6 address6(const char* text, uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  ::inet_pton(AF_INET6, text, &address.sin6_addr);
  return address;
}

inline sockaddr_in loopback(uint16_t port) { return address4("127.0.0.1", port); }

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_ADDRESSES_H
