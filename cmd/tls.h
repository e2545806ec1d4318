// SPDX-License-Identifier: Apache-2.0
// TLS for streams: 1.2 and later, with the library's own choice of ciphers. Owner of OpenSSL.
#ifndef SAKER_CMD_TLS_H
#define SAKER_CMD_TLS_H

#include <memory>
#include <string>

#include "cmd/stream.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {

class TlsContext {
 public:
  // For a server: `pem_path` holds its key and its certificate chain.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> for_server(const std::string& pem_path);
  // For a client: trusts what the system trusts; OpenSSL's $SSL_CERT_FILE names another file.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> for_client();
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The handshake takes place in the first reads and writes. Null when there is no memory.
  [[nodiscard]] std::unique_ptr<Stream> accept(UniqueFd fd) const;
  // Refuses a server whose certificate is not for `host`, a name or an address.
  [[nodiscard]] std::unique_ptr<Stream> connect(UniqueFd fd, const std::string& host) const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_CMD_TLS_H
