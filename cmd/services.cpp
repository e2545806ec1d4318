// SPDX-License-Identifier: Apache-2.0
#include "cmd/services.h"

#include <string>
#include <string_view>
#include <utility>

#include "cmd/control_commands.h"
#include "cmd/dry_run.h"
#include "cmd/log.h"

namespace saker {

Result<std::unique_ptr<Services>> Services::start(const Parts& parts) {
  std::unique_ptr<Services> services(new Services(parts.source.generation()));
  auto reloader = Reloader::start({.options = parts.options,
                                   .source = &parts.source,
                                   .offer = &services->offer_,
                                   .manager = &parts.manager,
                                   .is_recording = parts.is_recording,
                                   .dry_run = parts.dry_run,
                                   .try_rules = try_rules},
                                  parts.setup);
  if (!reloader) {
    return std::move(reloader).error();
  }
  services->reloader_ = std::move(*reloader);
  services->signal_.emplace(*services->reloader_);
  if (Result<void> started = services->start_web_server(parts); !started) {
    return std::move(started).error();
  }
  services->start_control(parts.setup.config.control_socket);
  return services;
}

Services::~Services() {
  if (reloader_ != nullptr) {
    reloader_->on_end({});  // it outlives whom it would call
  }
}

Result<void> Services::start_web_server(const Parts& parts) {
  const WebServerConfig& config = parts.setup.config.web_server;
  if (!config.enabled) {
    return {};
  }
  endpoints_.emplace(parts.setup.config, metrics_, parts.dispatcher);
  auto server = WebServer::start(
      {.address = config.address,
       .port = config.port,
       .certificate_path = config.uses_tls ? config.certificate_path : std::string()},
      [this](const std::string& path) {
        return endpoints_->respond(path, Endpoints::Clock::now());
      });
  if (!server) {
    return std::move(server).error();
  }
  web_server_ = std::move(*server);
  log_info("listening on " + config.address + " port " + std::to_string(web_server_->port()) +
           (config.uses_tls ? " with TLS" : ""));
  return {};
}

void Services::start_control(const std::string& path) {
  if (path.empty()) {
    return;
  }
  const ControlParts parts{*reloader_, metrics_};
  auto server = ControlServer::start(
      path, [parts](std::string_view request) { return follow_request(parts, request); });
  if (!server) {
    log_warning("this sensor cannot be controlled: " + server.error().to_string());
    return;
  }
  control_ = std::move(*server);
  reloader_->on_end([control = control_.get()] { control->wake(); });
}

}  // namespace saker
