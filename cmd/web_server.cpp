// SPDX-License-Identifier: Apache-2.0
#include "cmd/web_server.h"

#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/background_thread.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "outputs/setting_files.h"

namespace saker {
namespace {

// TLS 1.2 and up, as GnuTLS says it.
constexpr const char* kTlsPriorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

// Not left to the library: it does not say why it cannot listen.
Result<UniqueFd> listen_on(const WebServer::Options& options) {
  const std::string what =
      "cannot listen on " + options.address + " port " + std::to_string(options.port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options.address.c_str(), std::to_string(options.port).c_str(), &hints,
                    &found) != 0) {
    return Error{what, 0, "webserver.listen_address must be an IP address"};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, ::freeaddrinfo);
  UniqueFd fd(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(fd.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0) {
    return Error{what, errno, "set webserver.listen_port and webserver.listen_address"};
  }
  return fd;
}

// MHD_NO ends the connection.
MHD_Result queue(MHD_Connection* connection, HttpResponse response) {
  const std::unique_ptr<MHD_Response, void (*)(MHD_Response*)> reply(
      ::MHD_create_response_from_buffer(response.body.size(), response.body.data(),
                                        MHD_RESPMEM_MUST_COPY),
      ::MHD_destroy_response);
  if (reply == nullptr) {
    return MHD_NO;
  }
  const std::pair<const char*, std::string> headers[] = {
      {MHD_HTTP_HEADER_CONTENT_TYPE, std::string(response.content_type)},
      {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
      {MHD_HTTP_HEADER_CONNECTION, "close"},
  };
  for (const auto& [name, value] : headers) {
    ::MHD_add_response_header(reply.get(), name, value.c_str());
  }
  if (response.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    ::MHD_add_response_header(reply.get(), MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  }
  return ::MHD_queue_response(connection, static_cast<unsigned>(response.status), reply.get());
}

}  // namespace

HttpResponse plain_response(int status) {
  return {status, "text/plain",
          std::string(::MHD_get_reason_phrase_for(static_cast<unsigned>(status))) + '\n'};
}

struct WebServer::Impl {
  ~Impl() {
    if (daemon != nullptr) {
      ::MHD_stop_daemon(daemon);
    }
  }

  // False: the library does not want to, and does not say why.
  [[nodiscard]] bool start(UniqueFd listener);

  // Both are called on the daemon's thread, with the Impl as `self`.
  static MHD_Result answer(void* self, MHD_Connection* connection, const char* path,
                           const char* method, const char* /*version*/, const char* /*body*/,
                           size_t* /*body_size*/, void** /*request*/);
  static void note(void* self, MHD_Connection* connection, void** /*context*/,
                   MHD_ConnectionNotificationCode what);

  Handler handler;
  std::string pem;                // empty: no TLS
  std::vector<int> open_sockets;  // of connections that may go on; oldest first
  MHD_Daemon* daemon = nullptr;
};

// Queued at the first call, before any body: a request that has one is cut off behind the answer.
MHD_Result WebServer::Impl::answer(void* self, MHD_Connection* connection, const char* path,
                                   const char* method, const char* /*version*/,
                                   const char* /*body*/, size_t* /*body_size*/,
                                   void** /*request*/) {
  const std::string_view verb = method;
  if (verb != MHD_HTTP_METHOD_GET && verb != MHD_HTTP_METHOD_HEAD) {
    return queue(connection, plain_response(MHD_HTTP_METHOD_NOT_ALLOWED));
  }
  return queue(connection, static_cast<Impl*>(self)->handler(path));
}

// The library ends idle connections, but not one that brings a byte now and then.
void WebServer::Impl::note(void* self, MHD_Connection* connection, void** /*context*/,
                           MHD_ConnectionNotificationCode what) {
  std::vector<int>& open = static_cast<Impl*>(self)->open_sockets;
  const int fd =
      ::MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
    std::erase(open, fd);
    return;
  }
  open.push_back(fd);
  if (open.size() > kMaxConnections) {
    ::shutdown(open.front(), SHUT_RDWR);  // the library sees its end, and closes it
    open.erase(open.begin());
  }
}

bool WebServer::Impl::start(UniqueFd listener) {
  unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC;
  std::vector<MHD_OptionItem> tls;
  if (!pem.empty()) {
    flags |= MHD_USE_TLS;
    tls = {{MHD_OPTION_HTTPS_MEM_CERT, 0, pem.data()},
           {MHD_OPTION_HTTPS_MEM_KEY, 0, pem.data()},
           {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(kTlsPriorities)}};
  }
  tls.push_back({MHD_OPTION_END, 0, nullptr});
  const BlockedSignals blocked;
  daemon = ::MHD_start_daemon(flags, 0, nullptr, nullptr, &answer, this,     //
                              MHD_OPTION_LISTEN_SOCKET, listener.release(),  //
                              MHD_OPTION_NOTIFY_CONNECTION, &note, this,     //
                              // Those that were cut off count until they are closed.
                              MHD_OPTION_CONNECTION_LIMIT, unsigned{2 * kMaxConnections},  //
                              MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMaxRequestBytes,        //
                              MHD_OPTION_CONNECTION_TIMEOUT, unsigned{kTimeout.count()},   //
                              MHD_OPTION_STRICT_FOR_CLIENT, 1,                             //
                              MHD_OPTION_ARRAY, tls.data(),                                //
                              MHD_OPTION_END);
  return daemon != nullptr;
}

Result<std::unique_ptr<WebServer>> WebServer::start(const Options& options, Handler handler) {
  auto impl = std::make_unique<Impl>();
  impl->handler = std::move(handler);
  constexpr std::string_view kKey = "webserver.ssl_certificate";
  if (!options.certificate_path.empty()) {
    Result<std::string> pem = read_secret_file(options.certificate_path, kKey);
    if (!pem) {
      return std::move(pem).error();
    }
    impl->pem = std::move(*pem);
  }
  Result<UniqueFd> listener = listen_on(options);
  if (!listener) {
    return std::move(listener).error();
  }
  if (!impl->start(std::move(*listener))) {
    return impl->pem.empty() ? Error{"cannot start the web server", 0, ""}
                             : Error{std::string(kKey) + ": '" + options.certificate_path +
                                         "' holds no certificate with its private key in PEM",
                                     0, ""};
  }
  return std::unique_ptr<WebServer>(new WebServer(std::move(impl)));
}

WebServer::WebServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebServer::~WebServer() = default;

uint16_t WebServer::port() const noexcept {
  return ::MHD_get_daemon_info(impl_->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

}  // namespace saker
