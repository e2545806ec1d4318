// SPDX-License-Identifier: Apache-2.0
#include "cmd/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>
#include <string_view>

#include "engine/base/journal.h"

namespace saker {
namespace {

// %*: what the journal has in front of a line.
class JournalPrefix : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& line) override {
    const std::string prefix = journal_prefix(priority_of(message.level));
    line.append(prefix.data(), prefix.data() + prefix.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JournalPrefix>();
  }

 private:
  static Priority priority_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::err:
        return Priority::kError;
      case spdlog::level::warn:
        return Priority::kWarning;
      case spdlog::level::debug:
        return Priority::kDebug;
      default:
        return Priority::kInformational;
    }
  }
};

// Whoever collects lines adds the time.
std::unique_ptr<spdlog::formatter> make_formatter() {
  if (is_journal(STDERR_FILENO)) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<JournalPrefix>('*').set_pattern("%*%l: %v");
    return formatter;
  }
  return std::make_unique<spdlog::pattern_formatter>(
      ::isatty(STDERR_FILENO) == 1 ? "%H:%M:%S.%e %^%l%$: %v" : "%l: %v");
}

spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> instance = [] {
    // Colour only on a terminal that has it; spdlog looks at TERM.
    auto sink =
        std::make_shared<spdlog::sinks::stderr_color_sink_mt>(spdlog::color_mode::automatic);
    auto made = std::make_unique<spdlog::logger>("saker", std::move(sink));
    made->set_formatter(make_formatter());
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
