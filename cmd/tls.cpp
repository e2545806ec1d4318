// SPDX-License-Identifier: Apache-2.0
#include "cmd/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

namespace saker {
namespace {

struct SslDeleter {
  void operator()(SSL* ssl) const noexcept { ::SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, SslDeleter>;

struct ContextDeleter {
  void operator()(SSL_CTX* context) const noexcept { ::SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextDeleter>;

Error tls_error(std::string what) {
  std::array<char, 256> reason{};
  ::ERR_error_string_n(::ERR_peek_last_error(), reason.data(), reason.size());
  ::ERR_clear_error();
  return Error{std::move(what), 0, reason.data()};
}

class TlsStream final : public Stream {
 public:
  TlsStream(UniqueFd fd, Ssl ssl) noexcept : Stream(std::move(fd)), ssl_(std::move(ssl)) {
    ::SSL_set_fd(ssl_.get(), this->fd());
  }

  Moved read(std::span<char> buffer) noexcept override {
    ::ERR_clear_error();
    size_t bytes = 0;
    const int result = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes);
    return moved(result, bytes);
  }
  Moved write(std::string_view data) noexcept override {
    ::ERR_clear_error();
    size_t bytes = 0;
    const int result = ::SSL_write_ex(ssl_.get(), data.data(), data.size(), &bytes);
    return moved(result, bytes);
  }
  void end_writing() noexcept override {
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_.get());
    Stream::end_writing();
  }
  std::string problem() const override {
    const int64_t refused = ::SSL_get_verify_result(ssl_.get());
    return refused == X509_V_OK
               ? std::string()
               : "certificate: " +
                     std::string(::X509_verify_cert_error_string(static_cast<long>(refused)));
  }

 private:
  Moved moved(int result, size_t bytes) noexcept {
    if (result > 0) {
      return {Next::kGoOn, bytes};
    }
    switch (::SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {Next::kWaitForRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {Next::kWaitForWrite, 0};
      default:
        return {Next::kClosed, 0};
    }
  }

  Ssl ssl_;
};

Context make_context(const SSL_METHOD* method) {
  Context context(::SSL_CTX_new(method));
  if (context != nullptr) {
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    ::SSL_CTX_set_mode(context.get(),
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  return context;
}

}  // namespace

struct TlsContext::Impl {
  Context context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::for_server(const std::string& pem_path) {
  Context context = make_context(::TLS_server_method());
  if (context == nullptr ||
      ::SSL_CTX_use_certificate_chain_file(context.get(), pem_path.c_str()) != 1) {
    return tls_error("cannot read a certificate from '" + pem_path + "'");
  }
  if (::SSL_CTX_use_PrivateKey_file(context.get(), pem_path.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error("cannot read the certificate's private key from '" + pem_path + "'");
  }
  return std::unique_ptr<TlsContext>(
      new TlsContext(std::make_unique<Impl>(Impl{std::move(context)})));
}

Result<std::unique_ptr<TlsContext>> TlsContext::for_client() {
  Context context = make_context(::TLS_client_method());
  if (context == nullptr || ::SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    return tls_error("cannot prepare TLS");
  }
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return std::unique_ptr<TlsContext>(
      new TlsContext(std::make_unique<Impl>(Impl{std::move(context)})));
}

std::unique_ptr<Stream> TlsContext::accept(UniqueFd fd) const {
  Ssl ssl(::SSL_new(impl_->context.get()));
  if (ssl == nullptr) {
    return nullptr;
  }
  ::SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsStream>(std::move(fd), std::move(ssl));
}

std::unique_ptr<Stream> TlsContext::connect(UniqueFd fd, const std::string& host) const {
  Ssl ssl(::SSL_new(impl_->context.get()));
  if (ssl == nullptr) {
    return nullptr;
  }
  ::SSL_set_connect_state(ssl.get());
  X509_VERIFY_PARAM* wanted = ::SSL_get0_param(ssl.get());
  if (::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    ::SSL_set1_host(ssl.get(), host.c_str());
    ::SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(host.c_str()));
  }
  return std::make_unique<TlsStream>(std::move(fd), std::move(ssl));
}

}  // namespace saker
