// SPDX-License-Identifier: Apache-2.0
// Services: what a running sensor offers beside alerts, on threads of its own: reloads, the control
// socket, the web server.
#ifndef SAKER_CMD_SERVICES_H
#define SAKER_CMD_SERVICES_H

#include <cstdint>
#include <memory>
#include <optional>

#include "cmd/control_server.h"
#include "cmd/dry_run_report.h"
#include "cmd/endpoints.h"
#include "cmd/metrics_snapshot.h"
#include "cmd/options.h"
#include "cmd/reloader.h"
#include "cmd/rule_switch.h"
#include "cmd/service_manager.h"
#include "cmd/setup.h"
#include "cmd/signals.h"
#include "cmd/web_server.h"
#include "engine/base/result.h"
#include "outputs/dispatcher.h"
#include "probes/live_source.h"

namespace saker {

class Services {
 public:
  // All borrowed.
  struct Parts {
    const Options& options;
    const Setup& setup;
    LiveSource& source;
    Dispatcher& dispatcher;
    const ServiceManager& manager;
    bool is_recording = false;
    std::shared_ptr<const DryRunReport> dry_run = nullptr;  // see Reloader::Parts
  };
  // Without the control socket where that cannot be had: the sensor does its work all the same.
  [[nodiscard]] static Result<std::unique_ptr<Services>> start(const Parts& parts);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  [[nodiscard]] RuleOffer& offer() noexcept { return offer_; }
  [[nodiscard]] Reloader& reloader() noexcept { return *reloader_; }
  [[nodiscard]] MetricsExchange& metrics() noexcept { return metrics_; }
  // Of the filter that the source began with.
  [[nodiscard]] uint8_t first_generation() const noexcept { return first_generation_; }
  // Figures are to be fresh, also when nothing happens.
  [[nodiscard]] bool is_monitored() const noexcept { return web_server_ != nullptr; }

 private:
  explicit Services(uint8_t generation) : first_generation_(generation) {}
  Result<void> start_web_server(const Parts& parts);
  void start_control(const std::string& path);

  uint8_t first_generation_;
  RuleOffer offer_;
  MetricsExchange metrics_;
  std::unique_ptr<Reloader> reloader_;
  std::optional<ReloadSignal> signal_;
  std::unique_ptr<ControlServer> control_;  // null: none
  std::optional<Endpoints> endpoints_;
  std::unique_ptr<WebServer> web_server_;  // null: none
};

}  // namespace saker

#endif  // SAKER_CMD_SERVICES_H
