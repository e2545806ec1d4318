// SPDX-License-Identifier: Apache-2.0
#include "cmd/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>

namespace saker {
namespace {

spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> instance = [] {
    // Colour only on a terminal that has it; spdlog looks at TERM.
    auto sink =
        std::make_shared<spdlog::sinks::stderr_color_sink_mt>(spdlog::color_mode::automatic);
    auto made = std::make_unique<spdlog::logger>("saker", std::move(sink));
    made->set_pattern(::isatty(STDERR_FILENO) == 1 ? "%H:%M:%S.%e %^%l%$: %v" : "%l: %v");
    return made;
  }();
  return *instance;
}

}  // namespace

void set_log_level(Priority least_severe) {
  if (least_severe <= Priority::kCritical) {
    logger().set_level(spdlog::level::critical);
  } else if (least_severe == Priority::kError) {
    logger().set_level(spdlog::level::err);
  } else if (least_severe == Priority::kWarning) {
    logger().set_level(spdlog::level::warn);
  } else if (least_severe == Priority::kDebug) {
    logger().set_level(spdlog::level::debug);
  } else {
    logger().set_level(spdlog::level::info);
  }
}

void log_error(const std::string& text) { logger().error("{}", text); }
void log_warning(const std::string& text) { logger().warn("{}", text); }
void log_info(const std::string& text) { logger().info("{}", text); }
void log_debug(const std::string& text) { logger().debug("{}", text); }

}  // namespace saker
